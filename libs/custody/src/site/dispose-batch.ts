import { type BatchDisposed } from '../events.js';
import { accept, refuse } from '../refusal.js';
import { batchForUse } from './custody-rules.js';
import { documentsOf, nothing, type Slice } from './slice.js';

export type DisposeBatch = BatchDisposed;

/** Grams that leave the ledger as waste. Refuses what {@link batchForUse} refuses. */
export const disposeBatch: Slice<DisposeBatch, 'BatchDisposed'> = {
  records: 'BatchDisposed',
  takes: nothing,
  needs: nothing,
  decide(body, account, _facts, moment) {
    const { batchId, grossGrams, reason } = body;
    const { problem } = batchForUse(account, body, moment);
    if (problem) return refuse(problem);
    return accept({ type: 'BatchDisposed', data: { batchId, grossGrams, reason, ...documentsOf(body) } });
  },
};
