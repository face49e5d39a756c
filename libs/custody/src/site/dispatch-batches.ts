import { addressee, documents, ids, shipmentRef, text } from '#vocabulary';
import { type SiteAccount } from '../account/site-account.js';
import { dispatchedBatches, tradeTerms, type DispatchedBatch } from '../custody-fields.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { batchAtHand, firstRefusal, refuseRepeated, refuseTaken } from './custody-rules.js';
import { siteFact, type Facts } from './slice.js';

/**
 * Whole batches leave; to send part of one, split it first.
 * Refuses what {@link batchAtHand} refuses of each batch, `not-addressed-here` (to itself, to an unknown site), `id-taken`,
 * repeated batches (`invalid-request`).
 */
export const dispatchBatches = siteFact(
  'BatchesDispatched',
  'dispatches',
  {
    shipmentId: shipmentRef(),
    consigneeSiteId: addressee(),
    batchIds: ids('batch', {
      only: 'command',
      idsOf: 'batches',
      description: 'Whole batches: split first to send a part',
    }),
    batches: dispatchedBatches(),
    transport: text({ optional: true, example: 'sea', withholdable: true }),
    tradeTerms: tradeTerms(),
    documents: documents(),
  },
  {
    summary: 'Send batches to another site',
    example: {
      body: {
        occurredAt: '2026-11-05T00:30:00.000Z',
        shipmentId: 'kurobe-1',
        consigneeSiteId: 'seto-anode',
        batchIds: ['kurobe-black-mass-2'],
        transport: 'road',
        tradeTerms: { exportDuty: false, quantitativeRestriction: false },
      },
    },
    takes: ({ shipmentId }) => [{ kind: 'shipment', id: shipmentId }],
    needs: ({ consigneeSiteId }) => [{ fact: 'site', siteId: consigneeSiteId }],
    decide({ shipmentId, consigneeSiteId, batchIds }, account, facts, moment) {
      const problem =
        refuseRepeated(batchIds, (index) => `batchIds[${index}]`) ??
        refuseTaken({ kind: 'shipment', id: shipmentId }, facts, 'shipmentId') ??
        refuseConsignee(consigneeSiteId, account, facts) ??
        firstRefusal(batchIds, (batchId, index) => batchAtHand(account, batchId, moment, `batchIds[${index}]`).problem);
      if (problem) return refuse(problem);
      return accept({ batches: batchIds.flatMap((batchId) => asDispatched(batchId, account)) });
    },
  },
);

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
  const { material, otherMaterial, grossGrams, contentGrams, product, labels } = batch;
  return [
    {
      batchId,
      material,
      ...(otherMaterial !== undefined && { otherMaterial }),
      grossGrams,
      contentGrams: { ...contentGrams },
      ...(product && { product: { ...product } }),
      labels: [...labels.keys()],
    },
  ];
}
