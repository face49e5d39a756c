import { batchRef, documents, text } from '#vocabulary';
import { contentGrams } from '../custody-fields.js';
import { accept, refuse } from '../refusal.js';
import { batchAtHand, refuseContentOverGross } from './custody-rules.js';
import { siteFact } from './slice.js';

/**
 * An assay may find more than was known: the ledger takes what is found beyond it as `undeclared`, and the claims judge.
 * Refuses what {@link batchAtHand} refuses, and `content-over-gross`.
 */
export const assayBatch = siteFact(
  'BatchAssayed',
  'assays',
  {
    batchId: batchRef(),
    contentGrams: contentGrams(),
    method: text({ example: 'ICP-OES', withholdable: true }),
    laboratory: text({ optional: true, withholdable: true }),
    documents: documents(),
  },
  {
    summary: 'Record an assay of a batch',
    example: {
      body: {
        batchId: 'kurobe-black-mass-1',
        contentGrams: { cobalt: 17_200, lithium: 6_700, nickel: 52_400 },
        method: 'ICP-OES',
        laboratory: 'Toyama Assay',
      },
    },
    decide(body, account, _facts, moment) {
      const found = batchAtHand(account, body.batchId, moment, 'batchId');
      const problem =
        found.problem ?? refuseContentOverGross(body.contentGrams, found.batch.grossGrams, 'contentGrams');
      return problem ? refuse(problem) : accept({});
    },
  },
);
