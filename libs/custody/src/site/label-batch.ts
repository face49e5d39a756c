import { type BatchLabelled, type LabelRemoved } from '../events.js';
import { refuseBefore } from '../occurred-at.js';
import { accept, refusal, refuse } from '../refusal.js';
import { batchAtHand } from './custody-rules.js';
import { documentsOf, nothing, type Slice } from './slice.js';

export type LabelBatch = BatchLabelled;
export type RemoveLabel = LabelRemoved;

/** Refuses what {@link batchAtHand} refuses, and `id-taken` for a label id that is on the batch already. */
export const labelBatch: Slice<LabelBatch, 'BatchLabelled'> = {
  records: 'BatchLabelled',
  takes: nothing,
  needs: nothing,
  decide(body, account, _facts, moment) {
    const { batchId, labelId, standard, carrier, value } = body;
    const { batch, problem } = batchAtHand(account, batchId, moment, 'batchId');
    if (problem) return refuse(problem);
    if (batch.labels.has(labelId)) {
      return refuse(refusal('id-taken', `Label ${labelId} is on ${batchId} already.`, 'labelId'));
    }
    const data = { batchId, labelId, standard, carrier, value, ...documentsOf(body) };
    return accept({ type: 'BatchLabelled', data });
  },
};

/** Refuses what {@link batchAtHand} refuses, `not-found` for a label that is not on the batch, and before it was put on. */
export const removeLabel: Slice<RemoveLabel, 'LabelRemoved'> = {
  records: 'LabelRemoved',
  takes: nothing,
  needs: nothing,
  decide(body, account, _facts, moment) {
    const { batchId, labelId, reason } = body;
    const { batch, problem } = batchAtHand(account, batchId, moment, 'batchId');
    if (problem) return refuse(problem);
    const since = batch.labels.get(labelId);
    if (since === undefined) {
      return refuse(refusal('not-found', `Label ${labelId} is not on ${batchId}.`, 'labelId'));
    }
    const early = refuseBefore(moment, since, `label ${labelId} was put on`);
    if (early) return refuse(early);
    return accept({ type: 'LabelRemoved', data: { batchId, labelId, reason, ...documentsOf(body) } });
  },
};
