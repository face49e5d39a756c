/** What every step of the fold does with a batch: find it, note what contradicts the record, let it arrive and depart. */
import { isWithheld, type Withholdable } from '#custody';
import { type DocumentKind } from '#vocabulary';
import {
  type AnomalyCode,
  type ArrivalHow,
  type BatchNode,
  type Birth,
  type DepartureHow,
  type EventMark,
  type Label,
  type ProvenanceGraph,
  type RestingMark,
  type Stay,
  type Use,
  type UnconfirmedMarks,
  type UseKind,
} from './graph.types.js';

/** The event being folded: which, when, and at which site. */
export interface FoldMoment {
  readonly mark: EventMark;
  readonly unconfirmed?: UnconfirmedMarks | undefined;
  readonly siteId: string;
}

function unbornNode(batchId: string): BatchNode {
  return {
    batchId,
    material: '',
    otherMaterial: undefined,
    product: undefined,
    status: 'unborn',
    siteId: undefined,
    grossGrams: 0,
    contentKnown: false,
    provisional: undefined,
    composition: {},
    lastComposition: undefined,
    derived: undefined,
    given: undefined,
    rootKey: undefined,
    scrap: undefined,
    graphiteMade: undefined,
    bornBy: undefined,
    parents: [],
    originSites: [],
    originUnknown: true,
    used: undefined,
    uses: [],
    stays: [],
    hops: [],
    labels: [],
    declarations: {},
    documented: undefined,
    held: undefined,
    released: undefined,
    assays: [],
    anomalies: [],
  };
}

/** The batch's node, created if there is none. */
export function batchNode(graph: ProvenanceGraph, batchId: string): BatchNode {
  let node = graph.batches.get(batchId);
  if (node === undefined) {
    node = unbornNode(batchId);
    graph.batches.set(batchId, node);
  }
  return node;
}

function noteAnomaly(
  node: BatchNode,
  at: FoldMoment,
  code: AnomalyCode,
  grams?: { askedGrams: number; heldGrams: number },
): void {
  node.anomalies.push({ ...at.mark, code, siteId: at.siteId, ...grams });
}

/** The last site of the batch; a spent batch still belongs to its site. */
export function lastSite(node: BatchNode): string | undefined {
  return node.status === 'in-transit' || node.status === 'on-market' ? undefined : node.stays.at(-1)?.siteId;
}

/** The batch that an event at a site is about; an anomaly is noted when the site does not have it. */
export function batchAtSite(graph: ProvenanceGraph, at: FoldMoment, batchId: string): BatchNode {
  const node = batchNode(graph, batchId);
  if (lastSite(node) !== at.siteId) noteAnomaly(node, at, 'used-before-arrival');
  return node;
}

/**
 * The batch that an event brings to a site from elsewhere; an anomaly is noted when it did not leave by that shipment.
 */
export function batchUnderWay(graph: ProvenanceGraph, at: FoldMoment, batchId: string, shipmentId: string): BatchNode {
  const node = batchNode(graph, batchId);
  if (node.status !== 'in-transit' || node.hops.at(-1)?.shipmentId !== shipmentId) {
    noteAnomaly(node, at, 'received-unsent');
  }
  return node;
}

/** The product that an event brings back from the market; an anomaly is noted when it was not there. */
export function productOnMarket(graph: ProvenanceGraph, at: FoldMoment, productId: string): BatchNode {
  const node = batchNode(graph, productId);
  if (node.status !== 'on-market') noteAnomaly(node, at, 'received-unsent');
  return node;
}

/**
 * Makes a batch. Undefined if an event has made it before: the first one counts. An `unborn` batch keeps what was recorded of it.
 */
export function giveBirth(
  graph: ProvenanceGraph,
  at: FoldMoment,
  made: {
    batchId: string;
    material: string;
    otherMaterial: string | undefined;
    birth: Omit<Birth, keyof RestingMark | 'siteId'>;
    how: ArrivalHow;
  },
): BatchNode | undefined {
  const node = batchNode(graph, made.batchId);
  if (node.bornBy !== undefined) {
    noteAnomaly(node, at, 'made-twice');
    return undefined;
  }
  const { unconfirmed } = at;
  const born = birthOf(at, made.birth);
  node.bornBy = unconfirmed === undefined ? born : { ...born, unconfirmed };
  node.material = made.material;
  node.otherMaterial = made.otherMaterial;
  node.grossGrams = made.birth.grossGrams;
  node.originUnknown = false;
  arrive(node, at, made.how);
  return node;
}

/** Written out field by field, like everything that a replay makes by the million: a spread is far slower. */
function birthOf({ mark, siteId }: FoldMoment, birth: Omit<Birth, keyof RestingMark | 'siteId'>): Birth {
  const { eventId, logIndex, occurredAt } = mark;
  const { kind, grossGrams, transformationId, origin } = birth;
  if (transformationId !== undefined)
    return { eventId, logIndex, occurredAt, siteId, kind, grossGrams, transformationId };
  if (origin !== undefined) return { eventId, logIndex, occurredAt, siteId, kind, grossGrams, origin };
  return { eventId, logIndex, occurredAt, siteId, kind, grossGrams };
}

/** Most lists of a node stay as short as this. */
const SHORT = 4;

/** A list with one more item. Most lists of a node end with one or two: the first `push` makes room for seventeen. */
export function appended<Item>(list: Item[], item: Item): Item[] {
  if (list.length < SHORT) return [...list, item];
  list.push(item);
  return list;
}

export function arrive(node: BatchNode, at: FoldMoment, how: ArrivalHow): void {
  depart(node, at, 'unrecorded');
  const { eventId, logIndex, occurredAt } = at.mark;
  const stay = { siteId: at.siteId, arrived: { eventId, logIndex, occurredAt, how }, departed: undefined };
  node.stays = appended<Stay>(node.stays, stay);
  node.status = 'at-site';
  node.siteId = at.siteId;
}

/** Ends the present stay of the batch, if any. @returns when it had arrived, if it was at the site of the event */
export function depart(node: BatchNode, at: FoldMoment, how: DepartureHow): string | undefined {
  const stay = node.stays.at(-1);
  if (stay === undefined || stay.departed !== undefined) return undefined;
  const { eventId, logIndex, occurredAt } = at.mark;
  stay.departed = { eventId, logIndex, occurredAt, how };
  return stay.siteId === at.siteId ? stay.arrived.occurredAt : undefined;
}

/** Records a use, with an anomaly where it asked for more than `heldGrams`, the mass before it; a batch without mass is spent. */
export function recordUse(
  node: BatchNode,
  at: FoldMoment,
  use: { kind: UseKind; grossGrams: number; heldGrams: number; to: string[]; transformationId?: string },
): void {
  const { kind, grossGrams, heldGrams, to, transformationId } = use;
  const { eventId, logIndex, occurredAt } = at.mark;
  const { siteId } = at;
  const recorded: Use =
    transformationId === undefined
      ? { eventId, logIndex, occurredAt, siteId, kind, grossGrams, to }
      : { eventId, logIndex, occurredAt, siteId, kind, grossGrams, to, transformationId };
  node.uses = appended(node.uses, recorded);
  const { latest = '' } = node.used ?? {};
  node.used = { last: logIndex, latest: occurredAt > latest ? occurredAt : latest };
  if (grossGrams > heldGrams) noteAnomaly(node, at, 'overdrawn', { askedGrams: grossGrams, heldGrams });
  if (node.grossGrams === 0 && node.status !== 'unborn' && node.status !== 'spent') {
    depart(node, at, kind);
    node.status = 'spent';
    node.siteId = undefined;
  }
}

/** Notes documents of the kinds that a law requires; withheld ones prove nothing. */
export function noteDocuments(
  node: BatchNode,
  { mark }: FoldMoment,
  documents: Withholdable<readonly { kind?: DocumentKind }[]> | undefined,
): void {
  if (documents === undefined || isWithheld(documents)) return;
  for (const { kind } of documents) if (kind !== undefined) node.documented = { ...node.documented, [kind]: mark };
}

/** The label last put on under that id. */
export function labelOf(node: Pick<BatchNode, 'labels'>, labelId: string): Label | undefined {
  return node.labels.findLast((label) => label.labelId === labelId);
}

/**
 * The labels on a batch now: put on, not removed since, and neither found missing nor left unmentioned by a receipt. An
 * illegible one is still on it.
 */
export function labelsOn(node: Pick<BatchNode, 'labels'>): Label[] {
  return node.labels.filter(
    (label) =>
      label.removed === undefined &&
      label.unseen === undefined &&
      label.condition?.found !== 'missing' &&
      labelOf(node, label.labelId) === label,
  );
}
