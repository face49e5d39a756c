import { batchRef, documents, grams, id } from '#vocabulary';
import { accept, refuse } from '../refusal.js';
import { batchForUse } from './custody-rules.js';
import { siteFact } from './slice.js';

/** Grams that leave the ledger in a product. Refuses what {@link batchForUse} refuses. */
export const consumeBatch = siteFact(
  'BatchConsumed',
  'consumptions',
  {
    batchId: batchRef(),
    grossGrams: grams({ min: 1 }),
    productId: id('product', { identity: false }),
    documents: documents(),
  },
  {
    summary: 'Use a batch, all or part, in a product',
    example: { body: { batchId: 'kurobe-black-mass-1', grossGrams: 1_000, productId: 'reference-sample-7' } },
    decide(body, account, _facts, moment) {
      const { problem } = batchForUse(account, body, moment);
      return problem ? refuse(problem) : accept({});
    },
  },
);
