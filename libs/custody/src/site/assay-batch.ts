import { type BatchAssayed } from '../events.js';
import { accept, refuse } from '../refusal.js';
import { batchAtHand, refuseContentOverGross } from './custody-rules.js';
import { documentsOf, nothing, type Slice } from './slice.js';

export type AssayBatch = BatchAssayed;

/**
 * An assay may find more than was known: the ledger takes what is found beyond it as `undeclared`, and the claims judge.
 * Refuses what {@link batchAtHand} refuses, and `content-over-gross`.
 */
export const assayBatch: Slice<AssayBatch, 'BatchAssayed'> = {
  records: 'BatchAssayed',
  takes: nothing,
  needs: nothing,
  decide(body, account, _facts, moment) {
    const { batchId, contentGrams, method, laboratory } = body;
    const found = batchAtHand(account, batchId, moment, 'batchId');
    const problem = found.problem ?? refuseContentOverGross(contentGrams, found.batch.grossGrams, 'contentGrams');
    if (problem) return refuse(problem);
    return accept({
      type: 'BatchAssayed',
      data: {
        batchId,
        contentGrams,
        method,
        ...(laboratory === undefined ? {} : { laboratory }),
        ...documentsOf(body),
      },
    });
  },
};
