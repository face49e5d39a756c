import { batchRef, documents, text } from '#vocabulary';
import { refuseBefore } from '../occurred-at.js';
import { accept, refusal, refuse } from '../refusal.js';
import { batchAtHand, refuseAbsent } from './custody-rules.js';
import { siteFact } from './slice.js';

/**
 * An authority forbids every act on the batch until it is released. Who holds a batch is not for its custodian to say.
 * Refuses what {@link batchAtHand} refuses.
 */
export const holdBatch = siteFact(
  'BatchHeld',
  'holds',
  {
    batchId: batchRef(),
    authority: text({ only: 'record', identity: true }),
    reason: text({ withholdable: true }),
    documents: documents(),
  },
  {
    summary: 'Hold a batch by authority',
    capability: 'hold-batches',
    example: { body: { batchId: 'kurobe-black-mass-1', reason: 'Customs asks for the waybill' } },
    decide({ batchId }, account, _facts, moment) {
      const { problem } = batchAtHand(account, batchId, moment, 'batchId');
      return problem ? refuse(problem) : accept({ authority: moment.authority });
    },
  },
);

/** Refuses `batch-not-here`, `not-enough-left`, `occurred-out-of-order`, a batch that is not held (`invalid-request`). */
export const releaseBatch = siteFact(
  'BatchReleased',
  'releases',
  { batchId: batchRef(), documents: documents() },
  {
    summary: 'Release a held batch',
    capability: 'hold-batches',
    example: { body: { batchId: 'kurobe-black-mass-1' } },
    decide({ batchId }, account, _facts, moment) {
      const batch = account.batches.get(batchId);
      if (!batch) return refuse(refuseAbsent(account, batchId, 'batchId'));
      if (!batch.heldBy) return refuse(refusal('invalid-request', `${batchId} is not held.`, 'batchId'));
      const early = refuseBefore(moment, batch.heldBy.since, `${batchId} was held`);
      return early ? refuse(early) : accept({});
    },
  },
);
