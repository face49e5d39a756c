import { type SiteAccount } from '../account/site-account.js';
import { type BatchesDispatched, type DispatchedBatch } from '../events.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { batchAtHand, firstRefusal, refuseRepeated, refuseTaken } from './custody-rules.js';
import { documentsOf, type Facts, type Slice } from './slice.js';

export type DispatchBatches = Omit<BatchesDispatched, 'batches'> & { batchIds: string[] };

/**
 * Whole batches leave; to send part of one, split it first.
 * Refuses what {@link batchAtHand} refuses of each batch, `not-addressed-here` (to itself, to an unknown site), `id-taken`,
 * repeated batches (`invalid-request`).
 */
export const dispatchBatches: Slice<DispatchBatches, 'BatchesDispatched'> = {
  records: 'BatchesDispatched',
  takes: ({ shipmentId }) => [{ kind: 'shipment', id: shipmentId }],
  needs: ({ consigneeSiteId }) => [{ fact: 'site', siteId: consigneeSiteId }],
  decide(body, account, facts, moment) {
    const { shipmentId, consigneeSiteId, batchIds, transport, tradeTerms } = body;
    const problem =
      refuseRepeated(batchIds, (index) => `batchIds[${index}]`) ??
      refuseTaken({ kind: 'shipment', id: shipmentId }, facts, 'shipmentId') ??
      refuseConsignee(consigneeSiteId, account, facts) ??
      firstRefusal(batchIds, (batchId, index) => batchAtHand(account, batchId, moment, `batchIds[${index}]`).problem);
    if (problem) return refuse(problem);
    return accept({
      type: 'BatchesDispatched',
      data: {
        shipmentId,
        consigneeSiteId,
        batches: batchIds.flatMap((batchId) => asDispatched(batchId, account)),
        ...(transport === undefined ? {} : { transport }),
        ...(tradeTerms === undefined ? {} : { tradeTerms }),
        ...documentsOf(body),
      },
    });
  },
};

function refuseConsignee(consigneeSiteId: string, { siteId }: SiteAccount, { sites }: Facts): Refusal | undefined {
  if (consigneeSiteId === siteId) {
    return refusal('not-addressed-here', `${siteId} cannot send to itself.`, 'consigneeSiteId');
  }
  if (!sites.has(consigneeSiteId)) {
    return refusal('not-addressed-here', `There is no site ${consigneeSiteId}.`, 'consigneeSiteId');
  }
  return undefined;
}

function asDispatched(batchId: string, { batches }: SiteAccount): DispatchedBatch[] {
  const batch = batches.get(batchId);
  if (!batch) return [];
  const { material, grossGrams, contentGrams, labels } = batch;
  return [{ batchId, material, grossGrams, contentGrams: { ...contentGrams }, labels: [...labels.keys()] }];
}
