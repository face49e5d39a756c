import { type Mineral } from '#custody';
import { type BatchNode, type ProvenanceGraph } from '../graph/index.js';
import { compareShare, MILLION } from '../programmes/share.js';
import { type Chain } from './chain.js';
import { lacking, type Part } from './part.js';
import { assaysOf, fewestBringing, sourcesOf, type Source } from './sources.js';
import { type Because } from './verdict.types.js';

/** proven ≤ what the share really is ≤ proven + undecided + unvouched; all in milligrams of one batch. */
export interface Bounds {
  readonly proven: bigint;
  /** Undeclared. */
  readonly undecided: bigint;
  /** Only its custodians say that it counts. */
  readonly unvouched: bigint;
  readonly total: bigint;
}

interface Explanation {
  readonly because: Because;
  readonly canMend: (source: Source) => boolean;
}

interface Explanations {
  readonly minerals: readonly Mineral[];
  readonly below: Explanation;
  readonly between: Explanation;
  /** The acts whose content would count if somebody vouched for them. */
  readonly unvouched: () => Part[];
}

/** The parts of a claim about a share: none when what is proven reaches the share asked for. */
export function shareParts(
  chain: Chain,
  graph: ProvenanceGraph,
  bounds: Bounds,
  asks: bigint,
  { minerals, below, between, unvouched }: Explanations,
): Part[] {
  const { proven, total } = bounds;
  const isReachedBy = (milligrams: bigint): boolean => compareShare(milligrams, total, asks) >= 0;
  const sourcesFor = (from: bigint, explanation: Explanation, verdict: Part['verdict']): Part[] =>
    sourceParts(chain, graph, asks * total - MILLION * from, minerals, explanation, verdict);
  if (isReachedBy(proven)) return [];
  if (!isReachedBy(upperOf(bounds))) return sourcesFor(upperOf(bounds), below, 'broken');
  if (isReachedBy(proven + bounds.unvouched)) return unvouched();
  if (isReachedBy(proven + bounds.undecided)) return sourcesFor(proven, between, 'unproven');
  return [...unvouched(), ...sourcesFor(proven + bounds.unvouched, between, 'unproven')];
}

/** @param needed nanograms between the bound and the threshold */
function sourceParts(
  chain: Chain,
  graph: ProvenanceGraph,
  needed: bigint,
  minerals: readonly Mineral[],
  { because, canMend }: Explanation,
  verdict: Part['verdict'],
): Part[] {
  const known = sourcesOf(chain, graph, minerals).filter(canMend);
  const explained = known.reduce((sum, { nanogramShare }) => sum + nanogramShare, 0n);
  const others = verdict === 'unproven' && explained < needed ? assaysOf(chain).slice(0, 1) : [];
  const sources = fewestBringing([...known, ...others], needed);
  const place = placeOf(chain.asked);
  if (sources.length === 0)
    return [{ ...lacking(because, chain.asked.bornBy === undefined ? [] : [chain.asked.bornBy], place), verdict }];
  const isWithheld = sources.some(({ countryWithheld }) => countryWithheld);
  const fix = { because: isWithheld ? ('withheld' as const) : because, events: sources.map(({ event }) => event) };
  return [{ verdict, ...place, fixes: [fix] }];
}

/** Acts that nobody vouches for; where the graph holds none to name, the batch that lacks them. */
export function namedActs({ asked }: Chain, acts: Part[]): Part[] {
  return acts.length > 0
    ? acts
    : [lacking('not-vouched', asked.bornBy === undefined ? [] : [asked.bornBy], placeOf(asked))];
}

export function upperOf({ proven, undecided, unvouched }: Bounds): bigint {
  return proven + undecided + unvouched;
}

export function placeOf({ batchId, siteId }: BatchNode): { batchId: string; siteId?: string } {
  return siteId === undefined ? { batchId } : { batchId, siteId };
}
