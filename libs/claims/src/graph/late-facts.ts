/**
 * Facts recorded late: a label or an assay dated while the batch was at a site that it has since left. The fact was true of
 * the batch when it left; whatever others recorded about it afterwards, they recorded without knowing the fact.
 */
import { batchAtSite, batchNode, lastSite, type FoldMoment } from './batch-node.js';
import {
  type BatchNode,
  type GraphEvent,
  type Hop,
  type Label,
  type LabelSeen,
  type ProvenanceGraph,
} from './graph.types.js';

interface BatchThen {
  readonly node: BatchNode;
  /** Log index of the event by which the batch has left since. */
  readonly left?: number;
}

/** The batch that an event at a site is about, noted when the site did not have it at that moment either. */
export function batchThen(graph: ProvenanceGraph, at: FoldMoment, batchId: string): BatchThen {
  const node = batchNode(graph, batchId);
  const { siteId, mark } = at;
  const last = node.stays.at(-1);
  if (lastSite(node) === siteId && (last === undefined || last.arrived.occurredAt <= mark.occurredAt)) return { node };
  const left = leftSince(node, siteId, mark.occurredAt);
  return left === undefined ? { node: batchAtSite(graph, at, batchId) } : { node, left };
}

/** The event by which the batch left a site where it was at that moment: the last dispatch or placing on the market. */
function leftSince({ hops, product }: BatchNode, siteId: string, moment: string): number | undefined {
  const wasThere = ({ occurredAt, since }: { occurredAt: string; since?: string | undefined }): boolean =>
    since !== undefined && since <= moment && moment <= occurredAt;
  const hop = hops.findLast(({ consignorSiteId, dispatched }) => consignorSiteId === siteId && wasThere(dispatched));
  const placed = product?.placed;
  const market = placed?.siteId === siteId && wasThere(placed) ? placed.logIndex : undefined;
  const sent = hop?.dispatched.logIndex;
  return market === undefined || (sent !== undefined && sent > market) ? sent : market;
}

/** Shipments of the batch from the event by which it left on. */
export function hopsSince({ hops }: BatchNode, left: number): Hop[] {
  return hops.filter(({ dispatched }) => dispatched.logIndex >= left);
}

/**
 * Shows a label that was put on late wherever it was: at each dispatch up to the first receipt, which saw what it recorded and
 * nothing else; its mention of the label, if a correction has it, counts.
 */
export function showLate(node: BatchNode, label: Label, left: number): void {
  const { labelId, labelled } = label;
  // One that was put on under the same id after that is the later one, whenever it was recorded.
  const later = node.labels.findIndex(
    (each) => each.labelId === labelId && each.labelled.occurredAt > labelled.occurredAt,
  );
  node.labels = node.labels.toSpliced(later < 0 ? node.labels.length : later, 0, label);
  let isOn = true;
  for (const hop of hopsSince(node, left)) {
    const { dispatched, received } = hop;
    if (!describe(dispatched.labels, label) && isOn) dispatched.labels = [...dispatched.labels, seenAs(label)];
    if (received === undefined) continue;
    const { eventId, logIndex, occurredAt } = received;
    const mark = { eventId, logIndex, occurredAt };
    const found = describe(received.labels, label)?.condition;
    if (found !== undefined) {
      label.condition = { ...mark, found };
      label.unseen = undefined;
    } else if (isOn) label.unseen = mark;
    isOn = false;
  }
}

/** Says what the label is where it was named before anybody had put it on. @returns the label as seen there */
function describe<Seen extends LabelSeen>(seen: Seen[], { labelId, standard, carrier }: Label): Seen | undefined {
  const named = seen.find((each) => each.labelId === labelId);
  if (named !== undefined && named.standard === undefined) Object.assign(named, { standard, carrier });
  return named;
}

function seenAs({ labelId, standard, carrier }: Label): LabelSeen {
  return { labelId, standard, carrier };
}

/**
 * A label that was recorded after the receipt that could not mention it, and that nobody has seen since: it is on record where
 * it was put on, and says nothing about the batch as it arrived.
 */
export function isUnlooked({ labelled, unseen }: Label): boolean {
  return unseen !== undefined && unseen.logIndex < labelled.logIndex;
}

/** Whether a label or an assay, once folded, is of a time before the batch came where it is or was used up: its past is another then. */
export function isOfPast({ batches }: Pick<ProvenanceGraph, 'batches'>, event: GraphEvent): boolean {
  if (event.type !== 'BatchLabelled' && event.type !== 'BatchAssayed') return false;
  const last = batches.get((event.data as { batchId: string }).batchId)?.stays.at(-1);
  if (last === undefined || last.departed !== undefined || event.stream !== `site-${last.siteId}`) return true;
  return event.metadata.occurredAt < last.arrived.occurredAt;
}
