/** The refusals that the commands on products have in common. */
import { isDay, MAX_GRAMS } from '#vocabulary';
import { type HeldBatch, type SiteAccount } from '../account/site-account.js';
import { evenShare, totalContentGrams } from '../masses.js';
import { type Moment } from '../occurred-at.js';
import { ASSEMBLY_PROCESS, type SentAssembly } from '../product-fields.js';
import { readProductId } from '../product-ids.js';
import { refusal, type Refusal } from '../refusal.js';
import { type ReservedId } from '../reservation.js';
import { type ProductKind } from '../terms.js';
import { ingredientsOf } from '../account/assembling.js';
import { batchAtHand, batchForUse, firstRefusal, refuseRepeated, refuseTaken } from './custody-rules.js';
import { type Facts } from './slice.js';
import { refuseProcess } from './table-rules.js';

/** A product's node in the graph is made by a transformation of the same id, or of the id of its run. */
export function takenByAssembly(runId: string, productIds: readonly string[]): ReservedId[] {
  return [{ kind: 'transformation', id: runId }, ...productIds.map((id): ReservedId => ({ kind: 'batch', id }))];
}

/**
 * An id that is taken (`id-taken`), or is a GTIN with a serial number that is invalid or not in its canonical form
 * (`invalid-request`).
 */
export function refuseProductId(id: string, facts: Facts, path: string): Refusal | undefined {
  const read = readProductId(id);
  if (read.form === 'not-gs1') return refusal('invalid-request', `${read.problem}.`, path);
  if (read.id !== id) return refusal('invalid-request', `Must be written ${read.id}.`, path);
  return refuseTaken({ kind: 'batch', id }, facts, path);
}

/** The product as in {@link batchAtHand}; `not-a-product` of a batch that is none. */
export function productAtHand(
  account: SiteAccount,
  productId: string,
  moment: Moment,
  path: string,
): { product: HeldBatch & Required<Pick<HeldBatch, 'product'>>; problem?: undefined } | { problem: Refusal } {
  const { batch, problem } = batchAtHand(account, productId, moment, path);
  if (problem) return { problem };
  const { product } = batch;
  if (!product) return { problem: refusal('not-a-product', `${productId} is a batch of ${batch.material}.`, path) };
  return { product: { ...batch, product } };
}

/** {@link productAtHand} of each, once; `invalid-request` of one that was taken back from the market where none may be. */
export function refuseProducts(
  account: SiteAccount,
  productIds: readonly string[],
  moment: Moment,
  returned: boolean,
): Refusal | undefined {
  return (
    refuseRepeated(productIds, (index) => `products[${index}]`) ??
    firstRefusal(productIds, (productId, index) => {
      const path = `products[${index}]`;
      const found = productAtHand(account, productId, moment, path);
      if (found.problem) return found.problem;
      if ((found.product.product.returned === true) === returned) return undefined;
      return refusal(
        'invalid-request',
        returned
          ? `${productId} was not taken back from the market.`
          : `${productId} was taken back from the market: it is repurposed or wasted.`,
        path,
      );
    })
  );
}

/**
 * Refuses what {@link batchForUse} and {@link refuseProducts} refuse, `activity-mismatch`, `content-over-gross`, a battery
 * without a category, products of nothing or of less than a gram (`invalid-request`).
 * @param process code of the table of processes
 * @param returned whether its products must have been taken back from the market, or must not
 */
export function refuseAssembly(
  assembly: SentAssembly,
  count: number,
  account: SiteAccount,
  moment: Moment,
  { process, returned }: { readonly process: string; readonly returned: boolean },
): Refusal | undefined {
  const { inputs = [], products = [] } = assembly;
  return (
    (inputs.length + products.length === 0
      ? refusal('invalid-request', 'A product must be made of something.', 'inputs')
      : undefined) ??
    refuseProductTerms(assembly, '') ??
    refuseProcess(process, account, 'kind') ??
    refuseRepeated(
      inputs.map(({ batchId }) => batchId),
      (index) => `inputs[${index}].batchId`,
    ) ??
    firstRefusal(inputs, (input, index) => batchForUse(account, input, moment, `inputs[${index}].`).problem) ??
    refuseProducts(account, products, moment, returned) ??
    refuseMasses(assembly, count, account)
  );
}

export function assemblyProcess({ kind }: { readonly kind: ProductKind }): string {
  return ASSEMBLY_PROCESS[kind];
}

/** What is wrong with the terms of products by themselves. */
export function refuseProductTerms(
  { kind, category }: Pick<SentAssembly, 'kind' | 'category'>,
  prefix: string,
): Refusal | undefined {
  if (kind !== 'battery' || category !== undefined) return undefined;
  return refusal('invalid-request', 'A battery must have a category.', `${prefix}category`);
}

function refuseMasses(assembly: SentAssembly, count: number, account: SiteAccount): Refusal | undefined {
  const { inputs = [], products = [], grossGrams } = assembly;
  const into = ingredientsOf(account, { inputs, products });
  const total: number = into.grossGrams;
  if (total > MAX_GRAMS) return refusal('invalid-request', 'It weighs too much.', 'inputs');
  const each = grossGrams ?? evenShare(total, 0, count);
  if (each < 1) {
    return refusal('invalid-request', `${total} g are too little for ${count} products.`, 'inputs');
  }
  const content = totalContentGrams(into.contentGrams);
  if (content <= BigInt(each) * BigInt(count) || grossGrams === undefined) return undefined;
  return refusal('content-over-gross', `${content} g of content in ${count} products of ${each} g.`, 'grossGrams');
}

/** A day that does not exist (`invalid-request`), lies ahead of the ledger's, or before the product was here. */
export function refuseMarketDate(date: string, arrivedAt: string, moment: Moment, path: string): Refusal | undefined {
  if (!isDay(date)) return refusal('invalid-request', 'There is no such day.', path);
  if (date > moment.now.slice(0, 10)) return refusal('occurred-out-of-order', `${date} lies in the future.`, path);
  const here = arrivedAt.slice(0, 10);
  return date < here ? refusal('occurred-out-of-order', `${date} is before it was here (${here}).`, path) : undefined;
}
