import { batchRef, documents, text } from '#vocabulary';
import { contentGrams } from '../custody-fields.js';
import { accept, refuse } from '../refusal.js';
import { batchAtHand, refuseContentOverGross } from './custody-rules.js';
import { refuseContentOverStoichiometry } from './table-rules.js';
import { siteFact } from './slice.js';

/**
 * An assay may find more than was known: the ledger takes what is found beyond it as `undeclared`, and the claims judge.
 * Refuses what {@link batchAtHand} refuses, `content-over-gross` and `content-over-stoichiometry`.
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
      if (found.problem) return refuse(found.problem);
      const { grossGrams, material } = found.batch;
      const problem =
        refuseContentOverGross(body.contentGrams, grossGrams, 'contentGrams') ??
        refuseContentOverStoichiometry(body.contentGrams, grossGrams, material, 'contentGrams');
      return problem ? refuse(problem) : accept({});
    },
  },
);
