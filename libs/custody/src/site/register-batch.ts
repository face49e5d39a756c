import { batchRef, documents, flag, grams } from '#vocabulary';
import { type SiteAccount } from '../account/site-account.js';
import {
  contentGrams,
  MATERIAL,
  origin,
  type ContentGrams,
  type MaterialName,
  type Origin,
} from '../custody-fields.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { refuseContentOverGross, refuseNothing, refuseTaken } from './custody-rules.js';
import { refuseContentOverStoichiometry, refuseNoWaste, refuseOtherText } from './table-rules.js';
import { siteFact } from './slice.js';

/** Refuses `id-taken`, `activity-mismatch`, `not-waste`, `content-over-gross`, `content-over-stoichiometry`. */
export const registerBatch = siteFact(
  'BatchRegistered',
  'batches',
  {
    batchId: batchRef(),
    ...MATERIAL,
    grossGrams: grams({ min: 1 }),
    contentGrams: contentGrams({ description: 'Grams of each mineral contained; {} while it is unknown' }),
    provisional: flag({ optional: true, description: 'The content is an estimate until the first assay' }),
    origin: origin(),
    documents: documents(),
  },
  {
    summary: 'Register a batch that enters the ledger at this site',
    example: {
      body: {
        occurredAt: '2026-11-02T00:30:00.000Z',
        batchId: 'kurobe-cells-1',
        material: 'end-of-life-batteries',
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
        refuseRegistered(body, account, '');
      return problem ? refuse(problem) : accept({});
    },
    refuseReplacement: (data, account) => refuseRegistered(data, account, 'replacement.'),
  },
);

function refuseRegistered(
  data: MaterialName & { grossGrams: number; contentGrams: ContentGrams; origin: Origin },
  account: SiteAccount,
  prefix: string,
): Refusal | undefined {
  const { material, otherMaterial, grossGrams, contentGrams, origin } = data;
  return (
    refuseOtherText(material, otherMaterial, `${prefix}otherMaterial`) ??
    refuseOrigin(origin, account, `${prefix}origin.kind`) ??
    (origin.kind === 'end-of-life' ? refuseNoWaste(data, `${prefix}material`) : undefined) ??
    refuseContentOverGross(contentGrams, grossGrams, `${prefix}contentGrams`) ??
    refuseContentOverStoichiometry(contentGrams, grossGrams, material, `${prefix}contentGrams`)
  );
}

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
