/** What becomes of products that are not on the market any more, or never were. */
import { batchRef, documents, grams, ids, oneOf, text } from '#vocabulary';
import { MATERIAL } from '../custody-fields.js';
import { ingredientsOf } from '../account/assembling.js';
import { totalContentGrams } from '../masses.js';
import { PRODUCT, productRef, REPURPOSING_PROCESS, TAKE_BACK_PROCESS } from '../product-fields.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { PROCESS_CODES } from '../tables/processes.js';
import { type SiteAccount } from '../account/site-account.js';
import { refuseTaken } from './custody-rules.js';
import {
  refuseAssembly,
  refuseProductId,
  refuseProducts,
  refuseProductTerms,
  takenByAssembly,
} from './product-rules.js';
import { siteFact } from './slice.js';
import { refuseNoWaste, refuseOtherText, refuseProcess } from './table-rules.js';

/**
 * What was taken back becomes a product of a second life, with an id of its own (Regulation (EU) 2023/1542, Art. 3(1),
 * points (29) to (32), and Art. 77(7)). Refuses what assembling refuses, and products that were not taken back
 * (`invalid-request`).
 */
export const repurposeProducts = siteFact(
  'ProductRepurposed',
  'repurposings',
  {
    productId: productRef({ description: 'The new product, of a second life' }),
    ...PRODUCT,
    serial: text({ optional: true, withholdable: true }),
    products: ids('batch', {
      identity: true,
      reliance: 'inputs',
      description: 'Taken back from the market, and used up',
    }),
    documents: documents(),
  },
  {
    summary: 'Make products that were taken back into one of a second life',
    example: {
      body: {
        occurredAt: '2026-11-13T00:30:00.000Z',
        productId: 'kurobe-home-store-1',
        kind: 'battery',
        model: 'KH-10',
        category: 'industrial',
        capacityWh: 10_000,
        products: ['JKBPK60E0TB000001'],
      },
    },
    takes: ({ productId }) => takenByAssembly(productId, [productId]),
    decide(body, account, facts, moment) {
      const { productId } = body;
      const problem =
        refuseProductId(productId, facts, 'productId') ??
        refuseTaken({ kind: 'transformation', id: productId }, facts, 'productId') ??
        refuseAssembly(body, 1, account, moment, { process: REPURPOSING_PROCESS, returned: true });
      return problem ? refuse(problem) : accept({});
    },
    refuseReplacement: (data) => refuseProductTerms(data, 'replacement.'),
  },
);

/**
 * The matter of products comes back as a batch. Of products that were taken back from the market it is collected end-of-life
 * material, which only a recycler takes in; of products that never left it is production scrap of the site that rejects them.
 * Refuses `id-taken`, `not-waste`, `activity-mismatch`, what {@link refuseProducts} refuses, products of both kinds together
 * (`invalid-request`), `content-over-gross`.
 */
export const wasteProducts = siteFact(
  'ProductWasted',
  'product-wastes',
  {
    batchId: batchRef({ description: 'The batch that their matter becomes' }),
    ...MATERIAL,
    products: ids('batch', { identity: true, reliance: 'inputs', description: 'Used up in it' }),
    process: oneOf(PROCESS_CODES, {
      only: 'record',
      identity: true,
      description: `\`${TAKE_BACK_PROCESS}\`, or the process that they are scrap of`,
    }),
    grossGrams: grams({ min: 1, optional: true, description: 'As weighed; default: what the products weigh' }),
    documents: documents(),
  },
  {
    summary: 'Turn products into waste',
    example: {
      body: {
        occurredAt: '2026-11-14T00:30:00.000Z',
        batchId: 'kurobe-rejects-1',
        material: 'battery-scrap',
        products: ['https://id.gs1.org/01/09521234543213/21/KM-0001'],
      },
    },
    takes: ({ batchId }) => [
      { kind: 'transformation', id: batchId },
      { kind: 'batch', id: batchId },
    ],
    decide(body, account, facts, moment) {
      const { batchId, material, otherMaterial, products } = body;
      const returned = account.batches.get(products[0] ?? '')?.product?.returned === true;
      const process = returned ? TAKE_BACK_PROCESS : scrapProcess(account, products);
      const problem =
        refuseTaken({ kind: 'batch', id: batchId }, facts, 'batchId') ??
        refuseTaken({ kind: 'transformation', id: batchId }, facts, 'batchId') ??
        refuseOtherText(material, otherMaterial, 'otherMaterial') ??
        refuseNoWaste(body, 'material') ??
        refuseProducts(account, products, moment, returned) ??
        refuseProcess(process, account, 'products') ??
        refuseLight(body, account);
      return problem ? refuse(problem) : accept({ process });
    },
    refuseReplacement: (data) =>
      refuseOtherText(data.material, data.otherMaterial, 'replacement.otherMaterial') ??
      refuseNoWaste(data, 'replacement.material'),
  },
);

/** Cells that a cell plant rejects are scrap of cells; all else, and what a pack plant rejects, is scrap of batteries. */
function scrapProcess({ batches, activities }: SiteAccount, products: readonly string[]): string {
  const areCells = products.every((productId) => batches.get(productId)?.product?.kind === 'cell');
  return areCells && activities.includes('cell') ? 'cell' : 'battery';
}

function refuseLight(
  { products, grossGrams }: { readonly products: readonly string[]; readonly grossGrams?: number },
  account: SiteAccount,
): Refusal | undefined {
  if (grossGrams === undefined) return undefined;
  const content = totalContentGrams(ingredientsOf(account, { inputs: [], products }).contentGrams);
  if (content <= grossGrams) return undefined;
  return refusal('content-over-gross', `${content} g of content in ${grossGrams} g of material.`, 'grossGrams');
}
