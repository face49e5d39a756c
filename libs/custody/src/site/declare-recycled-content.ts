import { type RecycledContentDeclared } from '../events.js';
import { accept, refuse } from '../refusal.js';
import { batchAtHand } from './custody-rules.js';
import { documentsOf, nothing, type Slice } from './slice.js';

export type DeclareRecycledContent = RecycledContentDeclared;

/** Whether the declared share is true is a claim (`recycled-declared`). Refuses what {@link batchAtHand} refuses. */
export const declareRecycledContent: Slice<DeclareRecycledContent, 'RecycledContentDeclared'> = {
  records: 'RecycledContentDeclared',
  takes: nothing,
  needs: nothing,
  decide(body, account, _facts, moment) {
    const { batchId, mineral, share } = body;
    const { problem } = batchAtHand(account, batchId, moment, 'batchId');
    if (problem) return refuse(problem);
    return accept({ type: 'RecycledContentDeclared', data: { batchId, mineral, share, ...documentsOf(body) } });
  },
};
