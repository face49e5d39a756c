import { type BatchSplit } from '../events.js';
import { accept, refuse } from '../refusal.js';
import {
  batchAtHand,
  firstRefusal,
  refuseNothing,
  refuseOverdraw,
  refuseRepeated,
  refuseTaken,
} from './custody-rules.js';
import { documentsOf, nothing, type Slice } from './slice.js';

export type SplitBatch = BatchSplit;

/**
 * The parts are taken one after the other; what they leave stays in the batch, with its labels. Parts come without labels:
 * a label is a thing on a package, and only who sees it there can record it.
 * Refuses what {@link batchAtHand} refuses, `not-enough-left`, `id-taken`, repeated parts (`invalid-request`).
 */
export const splitBatch: Slice<SplitBatch, 'BatchSplit'> = {
  records: 'BatchSplit',
  takes: ({ parts }) => parts.map(({ batchId }) => ({ kind: 'batch' as const, id: batchId })),
  needs: nothing,
  decide(body, account, facts, moment) {
    const { batchId, parts } = body;
    const partsGrams = parts.reduce((sum, { grossGrams }) => sum + BigInt(grossGrams), 0n);
    const found = batchAtHand(account, batchId, moment, 'batchId');
    const problem =
      refuseRepeated(
        parts.map((part) => part.batchId),
        (index) => `parts[${index}].batchId`,
      ) ??
      firstRefusal(
        parts,
        (part, index) =>
          refuseNothing(part.grossGrams, `parts[${index}].grossGrams`) ??
          refuseTaken({ kind: 'batch', id: part.batchId }, facts, `parts[${index}].batchId`),
      ) ??
      found.problem ??
      refuseOverdraw(batchId, partsGrams, found.batch.grossGrams, 'parts');
    if (problem) return refuse(problem);
    return accept({ type: 'BatchSplit', data: { batchId, parts, ...documentsOf(body) } });
  },
};
