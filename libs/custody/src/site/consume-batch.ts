import { type BatchConsumed } from '../events.js';
import { accept, refuse } from '../refusal.js';
import { batchForUse } from './custody-rules.js';
import { documentsOf, nothing, type Slice } from './slice.js';

export type ConsumeBatch = BatchConsumed;

/** Grams that leave the ledger in a product. Refuses what {@link batchForUse} refuses. */
export const consumeBatch: Slice<ConsumeBatch, 'BatchConsumed'> = {
  records: 'BatchConsumed',
  takes: nothing,
  needs: nothing,
  decide(body, account, _facts, moment) {
    const { batchId, grossGrams, productId } = body;
    const { problem } = batchForUse(account, body, moment);
    if (problem) return refuse(problem);
    return accept({ type: 'BatchConsumed', data: { batchId, grossGrams, productId, ...documentsOf(body) } });
  },
};
