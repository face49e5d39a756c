import { batchRef, documents, grams, term } from '#vocabulary';
import { type SiteAccount } from '../account/site-account.js';
import { contentGrams, origin, type Origin } from '../custody-fields.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { refuseContentOverGross, refuseNothing, refuseTaken } from './custody-rules.js';
import { siteFact } from './slice.js';

/** Refuses `id-taken`, `activity-mismatch`, `content-over-gross`. */
export const registerBatch = siteFact(
  'BatchRegistered',
  'batches',
  {
    batchId: batchRef(),
    material: term(),
    grossGrams: grams({ min: 1 }),
    contentGrams: contentGrams({ description: 'Grams of each mineral contained; {} while it is unknown' }),
    origin: origin(),
    documents: documents(),
  },
  {
    summary: 'Register a batch that enters the ledger at this site',
    example: {
      body: {
        occurredAt: '2026-11-02T00:30:00.000Z',
        batchId: 'kurobe-cells-1',
        material: 'end-of-life cells',
        grossGrams: 1_000_000,
        contentGrams: { cobalt: 60_000, lithium: 25_000, nickel: 180_000 },
        origin: { kind: 'end-of-life', feedstock: 'traction batteries' },
      },
    },
    takes: ({ batchId }) => [{ kind: 'batch', id: batchId }],
    decide(body, account, facts) {
      const problem =
        refuseNothing(body.grossGrams, 'grossGrams') ??
        refuseTaken({ kind: 'batch', id: body.batchId }, facts, 'batchId') ??
        refuseOrigin(body.origin, account, 'origin.kind') ??
        refuseContentOverGross(body.contentGrams, body.grossGrams, 'contentGrams');
      return problem ? refuse(problem) : accept({});
    },
    refuseReplacement: (data, account) =>
      refuseOrigin(data.origin, account, 'replacement.origin.kind') ??
      refuseContentOverGross(data.contentGrams, data.grossGrams, 'replacement.contentGrams'),
  },
);

/** Only a mine extracts, only a recycler takes in what has reached its end of life: `activity-mismatch`. */
function refuseOrigin({ kind }: Origin, { siteId, activities }: SiteAccount, path: string): Refusal | undefined {
  if (kind === 'extracted' && !activities.includes('mining')) {
    return refusal('activity-mismatch', `${siteId} does not mine.`, path);
  }
  if (kind === 'end-of-life' && !activities.includes('recycling')) {
    return refusal('activity-mismatch', `${siteId} does not recycle.`, path);
  }
  return undefined;
}
