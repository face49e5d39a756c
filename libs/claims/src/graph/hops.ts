/** Fold cases that move batches: dispatch, receipt, refusal, return. */
import {
  isWithheld,
  type BatchesDispatched,
  type BatchesReceived,
  type LabelCondition,
  type ShipmentHeld,
  type ShipmentRefused,
  type ShipmentReleased,
  type ShipmentReturned,
  type TradeTerms,
} from '#custody';
import {
  appended,
  arrive,
  batchAtSite,
  batchUnderWay,
  depart,
  labelOf,
  labelsOn,
  type FoldMoment,
} from './batch-node.js';
import { keepLastComposition, takeFromBatch } from './composition.js';
import { type BatchNode, type Hop, type LabelSeen, type ProvenanceGraph } from './graph.types.js';

export function foldDispatch(graph: ProvenanceGraph, at: FoldMoment, data: BatchesDispatched): void {
  const { shipmentId, consigneeSiteId, tradeTerms } = data;
  const { eventId, logIndex, occurredAt } = at.mark;
  for (const { batchId, labels } of data.batches) {
    const node = batchAtSite(graph, at, batchId);
    const since = depart(node, at, 'dispatch');
    node.status = 'in-transit';
    node.siteId = undefined;
    const hop: Hop = {
      shipmentId,
      consignorSiteId: at.siteId,
      consigneeSiteId,
      dispatched: {
        eventId,
        logIndex,
        occurredAt,
        grossGrams: node.grossGrams,
        labels: labels.map((labelId) => labelSeen(node, labelId)),
        since,
      },
      received: undefined,
    };
    if (isWithheld(tradeTerms)) hop.termsWithheld = true;
    else if (tradeTerms !== undefined) hop.tradeTerms = termsOf(tradeTerms);
    node.hops = appended(node.hops, hop);
  }
  graph.shipments.set(shipmentId, {
    shipmentId,
    consignorSiteId: at.siteId,
    consigneeSiteId,
    batchIds: data.batches.map((batch) => batch.batchId),
    dispatched: at.mark,
    received: undefined,
  });
}

/**
 * The mass weighed by the receiver counts. If it is lower, that much of the batch arrived, as if by a use, and the rest is
 * lost; if it is higher, the content stays. The content is derived here, whatever the receipt's copy of the dispatch says.
 */
export function foldReceipt(graph: ProvenanceGraph, at: FoldMoment, data: BatchesReceived): void {
  const { eventId, logIndex, occurredAt } = at.mark;
  for (const { batchId, grossGrams, labels } of data.batches) {
    const node = batchUnderWay(graph, at, batchId, data.shipmentId);
    lookAtLabels(node, at, labels);
    const hop = openHop(node, data.shipmentId);
    if (hop !== undefined) {
      const seen = labels.map(({ labelId, condition }) => conditionSeen(node, labelId, condition));
      hop.received = { eventId, logIndex, occurredAt, grossGrams, labels: seen };
      const { tradeTerms } = data;
      if (isWithheld(tradeTerms)) hop.termsWithheld = true;
      else if (tradeTerms !== undefined) hop.receivedTerms = termsOf(tradeTerms);
    }
    if (grossGrams === 0) keepLastComposition(node);
    if (grossGrams < node.grossGrams) node.composition = takeFromBatch(node, grossGrams);
    node.grossGrams = grossGrams;
    arrive(node, at, 'receipt');
    if (grossGrams === 0) {
      depart(node, at, 'lost');
      node.status = 'spent';
      node.siteId = undefined;
    }
  }
  const shipment = graph.shipments.get(data.shipmentId);
  if (shipment !== undefined) shipment.received = at.mark;
}

function lookAtLabels(node: BatchNode, at: FoldMoment, seen: BatchesReceived['batches'][number]['labels']): void {
  if (node.labels.length === 0) return;
  const { eventId, logIndex, occurredAt } = at.mark;
  const conditions = new Map(seen.map(({ labelId, condition }) => [labelId, condition]));
  for (const label of labelsOn(node)) {
    if (!conditions.has(label.labelId)) label.unseen = at.mark;
  }
  for (const [labelId, found] of conditions) {
    const label = labelOf(node, labelId);
    if (label === undefined) continue;
    label.condition = { eventId, logIndex, occurredAt, found };
    label.unseen = undefined;
  }
}

export function foldRefusal(graph: ProvenanceGraph, at: FoldMoment, data: ShipmentRefused): void {
  const shipment = graph.shipments.get(data.shipmentId);
  if (shipment !== undefined) shipment.refused = { ...at.mark, reason: data.reason };
}

export function foldReturn(graph: ProvenanceGraph, at: FoldMoment, data: ShipmentReturned): void {
  const shipment = graph.shipments.get(data.shipmentId);
  for (const { batchId } of data.batches) {
    const node = batchUnderWay(graph, at, batchId, data.shipmentId);
    const hop = openHop(node, data.shipmentId);
    if (hop !== undefined) {
      if (shipment?.refused !== undefined) {
        const { eventId, logIndex, occurredAt } = shipment.refused;
        hop.refused = { eventId, logIndex, occurredAt };
      }
      hop.returned = at.mark;
    }
    arrive(node, at, 'return');
  }
  if (shipment !== undefined) shipment.returned = at.mark;
}

function termsOf({ exportDuty, quantitativeRestriction }: TradeTerms): TradeTerms {
  return { exportDuty, quantitativeRestriction };
}

function labelSeen(node: BatchNode, labelId: string): LabelSeen {
  const label = labelOf(node, labelId);
  return label === undefined ? { labelId } : { labelId, standard: label.standard, carrier: label.carrier };
}

function conditionSeen(
  node: BatchNode,
  labelId: string,
  condition: LabelCondition,
): LabelSeen & { condition: LabelCondition } {
  const label = labelOf(node, labelId);
  return label === undefined
    ? { labelId, condition }
    : { labelId, standard: label.standard, carrier: label.carrier, condition };
}

/** The last hop of that shipment that is not settled yet. */
function openHop(node: BatchNode, shipmentId: string): Hop | undefined {
  const hop = node.hops.findLast((each) => each.shipmentId === shipmentId);
  return hop?.received === undefined && hop?.returned === undefined ? hop : undefined;
}

export function foldShipmentHold(graph: ProvenanceGraph, at: FoldMoment, data: ShipmentHeld): void {
  holdHops(graph, data, { held: at.mark });
}

export function foldShipmentRelease(graph: ProvenanceGraph, at: FoldMoment, data: ShipmentReleased): void {
  holdHops(graph, data, { held: undefined, released: at.mark });
}

function holdHops(
  graph: ProvenanceGraph,
  { shipmentId, batchIds }: ShipmentReleased,
  hold: Pick<Hop, 'held' | 'released'>,
): void {
  for (const batchId of batchIds) {
    const node = graph.batches.get(batchId);
    const hop = node && openHop(node, shipmentId);
    if (hop !== undefined) Object.assign(hop, hold);
  }
  const shipment = graph.shipments.get(shipmentId);
  if (shipment !== undefined) shipment.held = hold.held;
}
