import { isWithheld, type Mineral } from '#custody';
import {
  judgedComposition,
  parentsOf,
  type BatchNode,
  type Birth,
  type EventMark,
  type ProvenanceGraph,
} from '../graph/index.js';
import { type Chain } from './chain.js';

/** An event that brought content into the chain, and how much of it is in the batch asked about. */
export interface Source {
  readonly event: EventMark;
  /** `gain`: an assay, or a transformation whose outputs contain more than went in, within the tolerance. */
  readonly kind: 'extracted' | 'end-of-life' | 'undocumented' | 'gain';
  /** Where an extracted source was mined, when known. */
  readonly country?: string;
  /** Its record withholds the country. */
  readonly countryWithheld?: true;
  readonly batchId: string;
  readonly siteId: string;
  /** Millionths of a milligram, in proportion to the flows: where the fold rounds to milligrams, this does not. */
  readonly nanogramShare: bigint;
}

const SCALE = 1_000_000n;

/**
 * Where the content of the batch asked about was brought in, largest first, summed over the minerals. The flow is followed
 * upstream: what an output passed on came from the inputs of its transformation in proportion to what each gave.
 * What an assay found is not told apart from the rest of its batch by the graph; the caller asks for it by
 * {@link assaysOf}. Linear in the chain.
 */
export function sourcesOf(chain: Chain, graph: ProvenanceGraph, minerals: readonly Mineral[]): Source[] {
  const sources = new Map<string, Source>();
  for (const mineral of minerals) addSources(sources, chain, graph, mineral);
  return [...sources.values()].sort(
    (a, b) => sign(b.nanogramShare - a.nanogramShare) || a.event.logIndex - b.event.logIndex,
  );
}

function sign(difference: bigint): number {
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function addSources(sources: Map<string, Source>, chain: Chain, graph: ProvenanceGraph, mineral: Mineral): void {
  // A batch is made after its inputs: from the last made to the first, each is met after all that it flowed into.
  const nodes = chain.links.map(({ node }) => node).sort((a, b) => bornAt(b) - bornAt(a));
  const flows = new Map<string, bigint>([[chain.asked.batchId, SCALE * milligramsOf(chain.asked, mineral)]]);
  const add = (batchId: string, flow: bigint): void => {
    flows.set(batchId, (flows.get(batchId) ?? 0n) + flow);
  };
  for (const node of nodes) {
    const flow = flows.get(node.batchId) ?? 0n;
    const { bornBy } = node;
    if (bornBy === undefined || flow === 0n) continue;
    if (bornBy.kind === 'registered') {
      put(sources, registeredSource(node, bornBy, graph, flow));
    } else if (bornBy.kind === 'split') {
      for (const parent of parentsOf(graph, node).slice(0, 1)) add(parent, flow);
    } else if (bornBy.transformationId !== undefined) {
      const made = graph.transformations.get(bornBy.transformationId);
      if (made === undefined) continue;
      const gain = made.gainGrams[mineral] ?? 0;
      const whole = BigInt((made.pooledGrams[mineral] ?? 0) + gain);
      if (whole === 0n) continue;
      for (const input of made.inputs) add(input.batchId, (flow * BigInt(input.contentGrams[mineral] ?? 0)) / whole);
      if (gain > 0) {
        const share = (flow * BigInt(gain)) / whole;
        put(sources, { event: made, kind: 'gain', batchId: node.batchId, siteId: made.siteId, nanogramShare: share });
      }
    }
  }
}

function registeredSource(node: BatchNode, born: Birth, graph: ProvenanceGraph, nanogramShare: bigint): Source {
  const { siteId, origin } = born;
  const siteCountry = graph.sites.get(siteId)?.country;
  const kind = origin?.kind ?? 'undocumented';
  const source = { event: born, kind, batchId: node.batchId, siteId, nanogramShare };
  // Where collected or undocumented content was mined is not known.
  if (kind !== 'extracted') return source;
  if (isWithheld(origin?.country)) return { ...source, countryWithheld: true };
  const country = origin?.country ?? siteCountry;
  return country === undefined ? source : { ...source, country };
}

function put(sources: Map<string, Source>, source: Source): void {
  const { eventId } = source.event;
  const before = sources.get(eventId);
  const nanogramShare = source.nanogramShare + (before?.nanogramShare ?? 0n);
  sources.set(eventId, { ...source, nanogramShare });
}

/** Assays of the chain, the latest first: content without an origin that no source explains was found by one of them. */
export function assaysOf(chain: Chain): Source[] {
  return chain.links
    .flatMap(({ node }) =>
      node.assays.map((event) => ({
        event,
        kind: 'gain' as const,
        batchId: node.batchId,
        siteId: event.siteId,
        nanogramShare: 0n,
      })),
    )
    .sort((a, b) => b.event.logIndex - a.event.logIndex);
}

/** The fewest of the sources, largest first, that bring the grams needed; all of them when they do not. */
export function fewestBringing(sources: readonly Source[], needed: bigint): Source[] {
  const chosen: Source[] = [];
  let brought = 0n;
  for (const source of sources) {
    if (brought >= needed && chosen.length > 0) break;
    chosen.push(source);
    brought += source.nanogramShare;
  }
  return chosen;
}

function bornAt({ bornBy }: BatchNode): number {
  return bornBy?.logIndex ?? -1;
}

function milligramsOf(batch: BatchNode, mineral: Mineral): bigint {
  let milligrams = 0;
  const pool = judgedComposition(batch)[mineral];
  for (const key in pool) milligrams += pool[key] ?? 0;
  return BigInt(milligrams);
}
