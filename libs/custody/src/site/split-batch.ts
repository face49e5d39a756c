import { batchRef, documents, list } from '#vocabulary';
import { BATCH_MASS } from '../custody-fields.js';
import { accept, refuse } from '../refusal.js';
import {
  batchAtHand,
  firstRefusal,
  refuseNothing,
  refuseOverdraw,
  refuseProduct,
  refuseRepeated,
  refuseTaken,
} from './custody-rules.js';
import { siteFact } from './slice.js';

/**
 * The parts are taken one after the other; what they leave stays in the batch, with its labels. Parts come without labels:
 * a label is on a package, and only whoever sees it there can record it.
 * Refuses what {@link batchAtHand} refuses, `not-enough-left`, `id-taken`, repeated parts (`invalid-request`).
 */
export const splitBatch = siteFact(
  'BatchSplit',
  'splits',
  {
    batchId: batchRef(),
    parts: list('BatchMass', BATCH_MASS, {
      description: 'Content follows mass; what is not split off stays in the batch',
    }),
    documents: documents(),
  },
  {
    summary: 'Split parts off a batch',
    example: {
      body: {
        occurredAt: '2026-11-04T00:30:00.000Z',
        batchId: 'kurobe-black-mass-1',
        parts: [{ batchId: 'kurobe-black-mass-2', grossGrams: 50_000 }],
      },
    },
    takes: ({ parts }) => parts.map(({ batchId }) => ({ kind: 'batch' as const, id: batchId })),
    decide({ batchId, parts }, account, facts, moment) {
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
        refuseProduct(batchId, found.batch, 'batchId') ??
        refuseOverdraw(batchId, partsGrams, found.batch.grossGrams, 'parts');
      return problem ? refuse(problem) : accept({});
    },
  },
);
