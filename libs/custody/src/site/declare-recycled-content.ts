import { batchRef, documents, oneOf, share } from '#vocabulary';
import { accept, refuse } from '../refusal.js';
import { MINERALS } from '../terms.js';
import { batchAtHand } from './custody-rules.js';
import { siteFact } from './slice.js';

/** Whether the declared share is true is a claim (`recycled-declared`). Refuses what {@link batchAtHand} refuses. */
export const declareRecycledContent = siteFact(
  'RecycledContentDeclared',
  'declarations',
  { batchId: batchRef(), mineral: oneOf(MINERALS), share: share({ example: '0.16' }), documents: documents() },
  {
    summary: 'Declare the recycled share of a mineral in a batch',
    example: { body: { batchId: 'kurobe-black-mass-1', mineral: 'cobalt', share: '0.98' } },
    decide({ batchId }, account, _facts, moment) {
      const { problem } = batchAtHand(account, batchId, moment, 'batchId');
      return problem ? refuse(problem) : accept({});
    },
  },
);
