import { batchRef, documents, text } from '#vocabulary';
import { contentGrams } from '../custody-fields.js';
import { type HeldBatch } from '../account/site-account.js';
import { refuseBefore, type Moment } from '../occurred-at.js';
import { accept, refuse, type Refusal } from '../refusal.js';
import { batchThen, refuseAbsent, refuseContentOverGross } from './custody-rules.js';
import { refuseContentOverStoichiometry } from './table-rules.js';
import { siteFact } from './slice.js';

/**
 * An assay may find more than was known: the ledger takes what is found beyond it as `undeclared`, and the claims judge. It
 * may be recorded late, and dated before the batch left; not before a use, for what was used has gone on with the content
 * that was known then. Refuses what {@link batchThen} refuses, `occurred-out-of-order`, `content-over-gross` and
 * `content-over-stoichiometry`.
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
      const { batchId } = body;
      const found = batchThen(account, batchId, moment, 'batchId');
      if (found.problem) return refuse(found.problem);
      if (found.left?.spent === true) return refuse(refuseAbsent(account, batchId, 'batchId'));
      const { grossGrams, material } = found.batch;
      const problem =
        refuseUsedSince(batchId, found.batch, moment) ??
        refuseUsedSince(batchId, account.batches.get(batchId), moment) ??
        refuseContentOverGross(body.contentGrams, grossGrams, 'contentGrams') ??
        refuseContentOverStoichiometry(body.contentGrams, grossGrams, material, 'contentGrams');
      return problem ? refuse(problem) : accept({});
    },
  },
);

function refuseUsedSince(
  batchId: string,
  batch: Pick<HeldBatch, 'usedAt'> | undefined,
  moment: Moment,
): Refusal | undefined {
  return batch?.usedAt === undefined ? undefined : refuseBefore(moment, batch.usedAt, `${batchId} was last used`);
}
