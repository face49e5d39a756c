import { type SiteAccount } from '../account/site-account.js';
import { type BatchRegistered, type Origin } from '../events.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { refuseContentOverGross, refuseNothing, refuseTaken } from './custody-rules.js';
import { documentsOf, nothing, type Slice } from './slice.js';

export type RegisterBatch = BatchRegistered;

/** Refuses `id-taken`, `activity-mismatch`, `content-over-gross`. */
export const registerBatch: Slice<RegisterBatch, 'BatchRegistered'> = {
  records: 'BatchRegistered',
  takes: ({ batchId }) => [{ kind: 'batch', id: batchId }],
  needs: nothing,
  decide(body, account, facts) {
    const { batchId, material, grossGrams, contentGrams, origin } = body;
    const problem =
      refuseNothing(grossGrams, 'grossGrams') ??
      refuseTaken({ kind: 'batch', id: batchId }, facts, 'batchId') ??
      refuseOrigin(origin, account, 'origin.kind') ??
      refuseContentOverGross(contentGrams, grossGrams, 'contentGrams');
    if (problem) return refuse(problem);
    return accept({
      type: 'BatchRegistered',
      data: { batchId, material, grossGrams, contentGrams, origin, ...documentsOf(body) },
    });
  },
};

/** Only a mine extracts, only a recycler takes in what has reached its end of life: `activity-mismatch`. */
export function refuseOrigin({ kind }: Origin, { siteId, activities }: SiteAccount, path: string): Refusal | undefined {
  if (kind === 'extracted' && !activities.includes('mining')) {
    return refusal('activity-mismatch', `${siteId} does not mine.`, path);
  }
  if (kind === 'end-of-life' && !activities.includes('recycling')) {
    return refusal('activity-mismatch', `${siteId} does not recycle.`, path);
  }
  return undefined;
}
