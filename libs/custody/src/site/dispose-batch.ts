import { batchRef, documents, grams, text } from '#vocabulary';
import { accept, refuse } from '../refusal.js';
import { batchForUse } from './custody-rules.js';
import { siteFact } from './slice.js';

/** Grams that leave the ledger as waste. Refuses what {@link batchForUse} refuses. */
export const disposeBatch = siteFact(
  'BatchDisposed',
  'disposals',
  {
    batchId: batchRef(),
    grossGrams: grams({ min: 1 }),
    reason: text({ withholdable: true }),
    documents: documents(),
  },
  {
    summary: 'Dispose of a batch, all or part',
    example: { body: { batchId: 'kurobe-black-mass-1', grossGrams: 500, reason: 'Contaminated sweepings' } },
    decide(body, account, _facts, moment) {
      const { problem } = batchForUse(account, body, moment);
      return problem ? refuse(problem) : accept({});
    },
  },
);
