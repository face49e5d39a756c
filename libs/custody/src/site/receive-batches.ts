import { documents, shipmentRef, siteRef, type SentOf } from '#vocabulary';
import { receivedBatches, tradeTerms, type DispatchedBatch, type ReceivedBatch } from '../custody-fields.js';
import { takeContent, WEIGHING_TOLERANCE, withinTolerance } from '../masses.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { firstRefusal, refuseRepeated } from './custody-rules.js';
import { arrivingShipment } from './shipment-rules.js';
import { siteFact } from './slice.js';

const RECEIPT = {
  shipmentId: shipmentRef(),
  consignorSiteId: siteRef({ only: 'record' }),
  batches: receivedBatches(),
  tradeTerms: tradeTerms(),
  documents: documents(),
};
/** No labels given: none was looked for, or there is none. */
type ReceivedWeighing = SentOf<typeof RECEIPT>['batches'][number];

/**
 * A receipt accounts for every batch of the dispatch, with 0 grams for one that did not arrive: custody of each ends
 * somewhere. A label that the receipt does not mention was not seen, and counts as missing.
 * Refuses what {@link arrivingShipment} refuses, `heavier-than-dispatched`, a batch that was not sent
 * (`not-addressed-here`), a batch left out, a label that was not on it, repetitions (`invalid-request`).
 */
export const receiveBatches = siteFact('BatchesReceived', 'receipts', RECEIPT, {
  summary: 'Receive a shipment',
  example: {
    site: 'seto-anode',
    body: {
      occurredAt: '2026-11-06T00:30:00.000Z',
      shipmentId: 'laoshan-sea-c',
      batches: [
        { batchId: 'spg-c-3', grossGrams: 799_500, labels: [{ labelId: 'label-spg-c-3', condition: 'intact' }] },
      ],
    },
  },
  takes: ({ shipmentId }) => [{ kind: 'receipt', id: shipmentId }],
  needs: ({ shipmentId }) => [{ fact: 'dispatch', shipmentId }],
  decide({ shipmentId, batches }, account, facts, moment) {
    const { shipment, problem } = arrivingShipment(shipmentId, account, facts, moment);
    if (problem) return refuse(problem);

    const sent = new Map(shipment.data.batches.map((batch) => [batch.batchId, batch]));
    const listed = new Set(batches.map(({ batchId }) => batchId));
    const mismatch =
      refuseRepeated(
        batches.map(({ batchId }) => batchId),
        (index) => `batches[${index}].batchId`,
      ) ??
      firstRefusal(batches, (batch, index) => refuseWeighing(batch, sent.get(batch.batchId), `batches[${index}]`)) ??
      firstRefusal([...sent.keys()], (batchId) =>
        listed.has(batchId)
          ? undefined
          : refusal('invalid-request', `${batchId} is left out: with 0 grams if it did not arrive.`, 'batches'),
      );
    if (mismatch) return refuse(mismatch);
    return accept({
      consignorSiteId: shipment.consignorSiteId,
      batches: batches.flatMap((batch) => asReceived(batch, sent.get(batch.batchId))),
    });
  },
});

function refuseWeighing(batch: ReceivedWeighing, sent: DispatchedBatch | undefined, path: string): Refusal | undefined {
  const { batchId, grossGrams, labels = [] } = batch;
  if (!sent) return refusal('not-addressed-here', `${batchId} is not in this shipment.`, `${path}.batchId`);
  if (!withinTolerance(grossGrams, sent.grossGrams, WEIGHING_TOLERANCE)) {
    const detail = `${batchId} left with ${sent.grossGrams} g and cannot arrive with ${grossGrams} g.`;
    return refusal('heavier-than-dispatched', detail, `${path}.grossGrams`);
  }
  return (
    refuseRepeated(
      labels.map(({ labelId }) => labelId),
      (index) => `${path}.labels[${index}].labelId`,
    ) ??
    firstRefusal(labels, ({ labelId }, index) =>
      sent.labels.includes(labelId)
        ? undefined
        : refusal('invalid-request', `${batchId} left without label ${labelId}.`, `${path}.labels[${index}].labelId`),
    )
  );
}

/** Lighter: the content that mass carries. Heavier within the tolerance: water or the scales, not more mineral. */
function asReceived(
  { batchId, grossGrams, labels = [] }: ReceivedWeighing,
  sent: DispatchedBatch | undefined,
): ReceivedBatch[] {
  if (!sent) return [];
  const arrived = Math.min(grossGrams, sent.grossGrams);
  const { taken: contentGrams } = takeContent(sent.contentGrams, arrived, sent.grossGrams);
  const { material, otherMaterial, product } = sent;
  return [
    {
      batchId,
      material,
      ...(otherMaterial !== undefined && { otherMaterial }),
      grossGrams,
      contentGrams,
      ...(product && { product }),
      labels,
    },
  ];
}
