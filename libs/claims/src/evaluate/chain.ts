import { upstreamOf, type BatchNode, type EventMark, type Hop, type ProvenanceGraph } from '../graph/index.js';

/** A batch of a chain, and up to when it matters there. */
export interface Link {
  readonly node: BatchNode;
  /**
   * The last use of it that leads, by flow, to the batch asked about: what happens to the rest of it afterwards is another
   * chain's. Absent for the batch asked about itself. `logIndex` tells what came before in the fold, `occurredAt` (the
   * latest of such uses) when custody ended.
   */
  readonly lastUse?: Pick<EventMark, 'logIndex' | 'occurredAt'>;
}

/** The upstream chain of a batch. */
export interface Chain {
  readonly asked: BatchNode;
  /** The batch asked about first. */
  readonly links: readonly Link[];
  /** Named as an origin by a batch of the chain, and unknown to the graph. */
  readonly missing: readonly string[];
}

/** [from, until) of one batch in one site's custody, not empty. */
export interface CustodyInterval {
  readonly batchId: string;
  readonly siteId: string;
  readonly from: string;
  readonly until: string;
  readonly arrived: EventMark;
}

/** The chain of a batch, or undefined when the graph does not know the batch. Iterative, and at ease with cycles. */
export function chainOf(graph: ProvenanceGraph, batchId: string): Chain | undefined {
  const asked = graph.batches.get(batchId);
  if (asked === undefined) return undefined;
  const ids = upstreamOf(graph, batchId);
  const makings = makingsOf(graph, ids);
  const links: Link[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    const node = graph.batches.get(id);
    if (node === undefined) missing.push(id);
    else if (node === asked) links.push({ node });
    else links.push(linkOf(node, makings));
  }
  return { asked, links, missing };
}

/**
 * Log indexes of the events that name a batch of the chain as one they make, followed or not: a use leads into the chain
 * when it is of one of those, and none of its products need be looked at.
 */
function makingsOf(graph: ProvenanceGraph, ids: readonly string[]): Set<number> {
  const makings = new Set<number>();
  for (const id of ids) {
    const node = graph.batches.get(id);
    if (node?.bornBy !== undefined) makings.add(node.bornBy.logIndex);
    for (const { code, logIndex } of node?.anomalies ?? []) if (code === 'made-twice') makings.add(logIndex);
  }
  return makings;
}

function linkOf(node: BatchNode, makings: ReadonlySet<number>): Link {
  let logIndex = -1;
  let occurredAt = '';
  for (const use of node.uses) {
    if (!makings.has(use.logIndex)) continue;
    if (use.logIndex > logIndex) logIndex = use.logIndex;
    if (use.occurredAt > occurredAt) occurredAt = use.occurredAt;
  }
  return logIndex < 0 ? { node } : { node, lastUse: { logIndex, occurredAt } };
}

/** Whether an event of the batch came before the last use that matters. */
export function concerns({ lastUse }: Link, { logIndex }: EventMark): boolean {
  return lastUse === undefined || logIndex < lastUse.logIndex;
}

/** Hops of the batch that are part of the chain. */
export function hopsOf(link: Link): readonly Hop[] {
  return link.node.hops.filter((hop) => concerns(link, hop.dispatched));
}

/**
 * The custody of a chain, cut off at `validAt`. A use in the instant of the arrival leaves an empty interval, of which
 * there is nothing to cover.
 */
export function custodyOf(chain: Chain, validAt: string): CustodyInterval[] {
  const intervals: CustodyInterval[] = [];
  for (const link of chain.links) {
    for (const { siteId, arrived, departed } of link.node.stays) {
      if (!concerns(link, arrived)) continue;
      const left = departed !== undefined && concerns(link, departed) ? departed.occurredAt : link.lastUse?.occurredAt;
      const until = left === undefined || left > validAt ? validAt : left;
      const { occurredAt: from } = arrived;
      if (from < until) intervals.push({ batchId: link.node.batchId, siteId, from, until, arrived });
    }
  }
  return intervals;
}
