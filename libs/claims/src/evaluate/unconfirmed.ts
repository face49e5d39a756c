import { type Mineral } from '#custody';
import { type Reliance } from '#vocabulary';
import { type BatchNode, type EventMark, type ProvenanceGraph } from '../graph/index.js';
import { type Claim, type Rule } from '../programmes/index.js';
import { hopsOf, type Chain, type Link } from './chain.js';
import { wrong, type Part } from './part.js';
import { mayContain } from './shares.js';

/** What a claim about a chain rests on; `hop`: where the sites of a hop are. */
type Rest = Reliance | 'hop';

/** A correction that nobody has confirmed, at a batch of a chain. */
export interface UnconfirmedAt {
  readonly rest: Rest;
  readonly node: BatchNode;
  readonly part: Part;
}

const COMPOSITION: readonly Rest[] = ['place', 'origin', 'process', 'inputs'];
/** The batches that something was made from decide its chain, so everything judged on the chain rests on them. */
const RESTS_ON: Readonly<Record<Claim, readonly Rest[]>> = {
  'recycled-content': COMPOSITION,
  'recycled-declared': COMPOSITION,
  origin: COMPOSITION,
  control: COMPOSITION,
  'chain-of-custody': ['origin', 'process', 'custody-model', 'inputs'],
  custody: ['origin', 'inputs'],
  'trade-terms': ['hop', 'inputs'],
  labelling: ['inputs'],
  labour: ['inputs'],
  environment: ['inputs'],
  conduct: ['inputs'],
  documented: [],
  // A corrected mass needs no confirmation.
  'mass-balance': [],
};

const NONE: readonly Part[] = [];
const PLACES: readonly Rest[] = ['place', 'hop'];

/** Everything unconfirmed in a chain, link by link. */
export function unconfirmedIn(chain: Chain, graph: ProvenanceGraph): readonly UnconfirmedAt[] {
  return chain.each(unconfirmedIn, (link) => unconfirmedAt(link, graph));
}

/**
 * The parts of a claim that rest on corrections which nobody else has confirmed: they take effect but prove nothing. For
 * content, only the minerals judged matter.
 *
 * Shortest: each correction is a part of its own.
 */
export function unconfirmedParts(
  unconfirmed: readonly UnconfirmedAt[],
  rule: Rule,
  mineral: Mineral | undefined,
): readonly Part[] {
  if (unconfirmed.length === 0) return NONE;
  const { rests, minerals } = restsOf(rule, mineral);
  return unconfirmed
    .filter(({ rest, node }) => rests.includes(rest) && (minerals === undefined || mayContain(node, minerals)))
    .map(({ part }) => part);
}

/** What a rule rests on, and for which minerals; undefined: for any. */
export function restsOf(
  rule: Rule,
  mineral: Mineral | undefined,
): { readonly rests: readonly Rest[]; readonly minerals: readonly Mineral[] | undefined } {
  if (rule.claim === 'labelling' && rule.on === 'batch') return { rests: [], minerals: undefined };
  const minerals = rule.claim === 'origin' ? rule.minerals : mineral === undefined ? undefined : [mineral];
  // Where a site is decides whether such a rule judges it.
  const rests = 'sitesIn' in rule ? [...RESTS_ON[rule.claim], ...PLACES] : RESTS_ON[rule.claim];
  return { rests, minerals };
}

/** What is unconfirmed at one link of a chain. */
export function unconfirmedAt(link: Link, graph: ProvenanceGraph): UnconfirmedAt[] {
  const { node } = link;
  const { bornBy, batchId } = node;
  const found: UnconfirmedAt[] = [];
  const note = (rest: Rest, mark: EventMark | undefined, siteId: string): void => {
    if (mark !== undefined)
      found.push({ rest, node, part: wrong('unproven', 'correction-unconfirmed', mark, { batchId, siteId }) });
  };
  if (bornBy !== undefined && bornBy.kind !== 'split') {
    const { siteId, unconfirmed } = bornBy;
    note('place', graph.sites.get(siteId)?.opened.unconfirmed?.place, siteId);
    for (const rest of ['origin', 'process', 'custody-model', 'inputs'] as const)
      note(rest, unconfirmed?.[rest], siteId);
  }
  for (const { consignorSiteId, consigneeSiteId } of hopsOf(link)) {
    for (const siteId of [consignorSiteId, consigneeSiteId])
      note('hop', graph.sites.get(siteId)?.opened.unconfirmed?.place, siteId);
  }
  return found;
}
