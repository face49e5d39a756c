import { type BatchReleased, type Documented } from '../events.js';
import { refuseBefore } from '../occurred-at.js';
import { accept, refusal, refuse } from '../refusal.js';
import { batchAtHand, refuseAbsent } from './custody-rules.js';
import { documentsOf, nothing, type Slice } from './slice.js';

export interface HoldBatch extends Documented {
  batchId: string;
  reason: string;
}
export type ReleaseBatch = BatchReleased;

/** An authority forbids every act on the batch until it is released. Refuses what {@link batchAtHand} refuses. */
export const holdBatch: Slice<HoldBatch, 'BatchHeld'> = {
  records: 'BatchHeld',
  takes: nothing,
  needs: nothing,
  decide(body, account, _facts, moment) {
    const { batchId, reason } = body;
    const { problem } = batchAtHand(account, batchId, moment, 'batchId');
    if (problem) return refuse(problem);
    const data = { batchId, authority: moment.authority, reason, ...documentsOf(body) };
    return accept({ type: 'BatchHeld', data });
  },
};

/** Refuses `batch-not-here`, `not-enough-left`, `occurred-out-of-order`, a batch that is not held (`invalid-request`). */
export const releaseBatch: Slice<ReleaseBatch, 'BatchReleased'> = {
  records: 'BatchReleased',
  takes: nothing,
  needs: nothing,
  decide(body, account, _facts, moment) {
    const { batchId } = body;
    const batch = account.batches.get(batchId);
    if (!batch) return refuse(refuseAbsent(account, batchId, 'batchId'));
    if (!batch.heldBy) return refuse(refusal('invalid-request', `${batchId} is not held.`, 'batchId'));
    const early = refuseBefore(moment, batch.heldBy.since, `${batchId} was held`);
    if (early) return refuse(early);
    return accept({ type: 'BatchReleased', data: { batchId, ...documentsOf(body) } });
  },
};
