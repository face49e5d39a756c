import { batchRef, documents, labelRef, labelText, oneOf, term, text } from '#vocabulary';
import { refuseBefore } from '../occurred-at.js';
import { accept, refusal, refuse } from '../refusal.js';
import { LABEL_CARRIERS } from '../terms.js';
import { batchAtHand, batchThen } from './custody-rules.js';
import { siteFact } from './slice.js';

/**
 * May be recorded late, and dated before the batch left. Refuses what {@link batchThen} refuses, and `id-taken` for a label id
 * that is on the batch already, or was when it left.
 */
export const labelBatch = siteFact(
  'BatchLabelled',
  'labels',
  {
    batchId: batchRef(),
    labelId: labelRef(),
    standard: term({ example: 'gs1-digital-link' }),
    carrier: oneOf(LABEL_CARRIERS),
    value: labelText({ withholdable: true }),
    documents: documents(),
  },
  {
    summary: 'Put a label on a batch',
    example: {
      body: {
        batchId: 'kurobe-black-mass-1',
        labelId: 'kurobe-label-1',
        standard: 'gs1-digital-link',
        carrier: 'qr',
        value: 'https://id.example.org/01/09521234543213/10/kurobe-black-mass-1',
      },
    },
    decide({ batchId, labelId }, account, _facts, moment) {
      const { batch, problem } = batchThen(account, batchId, moment, 'batchId');
      if (problem) return refuse(problem);
      return batch.labels.has(labelId) || account.batches.get(batchId)?.labels.has(labelId)
        ? refuse(refusal('id-taken', `Label ${labelId} is on ${batchId} already.`, 'labelId'))
        : accept({});
    },
  },
);

/** Refuses what {@link batchAtHand} refuses, `not-found` for a label that is not on the batch, and before it was put on. */
export const removeLabel = siteFact(
  'LabelRemoved',
  'label-removals',
  { batchId: batchRef(), labelId: labelRef(), reason: text({ withholdable: true }), documents: documents() },
  {
    summary: 'Remove a label',
    example: {
      body: { batchId: 'kurobe-black-mass-1', labelId: 'kurobe-label-1', reason: 'Relabelled after repacking' },
    },
    decide({ batchId, labelId }, account, _facts, moment) {
      const { batch, problem } = batchAtHand(account, batchId, moment, 'batchId');
      if (problem) return refuse(problem);
      const since = batch.labels.get(labelId);
      if (since === undefined) {
        return refuse(refusal('not-found', `Label ${labelId} is not on ${batchId}.`, 'labelId'));
      }
      const early = refuseBefore(moment, since, `label ${labelId} was put on`);
      return early ? refuse(early) : accept({});
    },
  },
);
