import { type Recorded } from '#vocabulary';
import { MINERALS } from '../terms.js';
import { type ContentGrams, type HeldProduct, type MaterialName } from '../custody-fields.js';
import { PRODUCT_MATERIAL, type RecordedAssembly } from '../product-fields.js';
import { evenShare, takeContent } from '../masses.js';
import { assayBatch } from '../site/assay-batch.js';
import { assembleProduct, assembleProducts } from '../site/assemble-products.js';
import { consumeBatch } from '../site/consume-batch.js';
import { declareRecycledContent } from '../site/declare-recycled-content.js';
import { dispatchBatches } from '../site/dispatch-batches.js';
import { disposeBatch } from '../site/dispose-batch.js';
import { holdBatch, releaseBatch } from '../site/hold-batch.js';
import { holdShipment, releaseShipment } from '../site/hold-shipment.js';
import { holdSite, releaseSite } from '../site/hold-site.js';
import { labelBatch, removeLabel } from '../site/label-batch.js';
import { receiveBatches } from '../site/receive-batches.js';
import { placeProduct, returnProduct } from '../site/place-product.js';
import { refuseShipment } from '../site/refuse-shipment.js';
import { registerBatch } from '../site/register-batch.js';
import { returnShipment } from '../site/return-shipment.js';
import { type Slice } from '../site/slice.js';
import { OTHER } from '../tables/table-file.js';
import { repurposeProducts, wasteProducts } from '../site/rework-products.js';
import { splitBatch } from '../site/split-batch.js';
import { transformBatches } from '../site/transform-batches.js';
import { ingredientsOf } from './assembling.js';
import { backAgain, goneFrom, recordsToChange, rememberGone } from './gone-batches.js';
import { type GoneBatch, type HeldBatch, type SiteAccount } from './site-account.js';

/** Of the parts of a batch that a later correction says was never here. */
const UNKNOWN_MATERIAL: MaterialName = { material: OTHER, otherMaterial: 'unknown' };

interface HopOf<S extends Pick<Slice, 'type' | 'fields'>> {
  readonly slice: S;
  readonly evolve: (account: SiteAccount, data: Recorded<S>, occurredAt: string) => void;
}

function hop<S extends Pick<Slice, 'type' | 'fields'>>(slice: S, evolve: HopOf<S>['evolve']): HopOf<S> {
  return { slice, evolve };
}

/** The account stays as it is. */
const unchanged = (): void => undefined;

/**
 * Everything that happens to batches at a site, and what it does to the account. A new custody hop is entered here, once.
 *
 * A fold never refuses: after a correction the past may have used more than there was, or what was not there; then all that
 * is there is taken, and the claims say that the masses do not add up.
 */
export const HOPS = [
  hop(registerBatch, (account, data, occurredAt) => {
    arrive(account, data.batchId, newBatch(data, data, occurredAt));
  }),
  hop(transformBatches, (account, { inputs, outputs }, occurredAt) => {
    for (const { batchId, grossGrams } of inputs) take(account, batchId, grossGrams, occurredAt);
    for (const output of outputs) arrive(account, output.batchId, newBatch(output, output, occurredAt));
  }),
  hop(splitBatch, (account, { batchId, parts }, occurredAt) => {
    const material = account.batches.get(batchId) ?? UNKNOWN_MATERIAL;
    for (const part of parts) {
      const contentGrams = take(account, batchId, part.grossGrams, occurredAt);
      arrive(account, part.batchId, newBatch(material, { grossGrams: part.grossGrams, contentGrams }, occurredAt));
    }
  }),
  hop(dispatchBatches, (account, { shipmentId, batches }, occurredAt) => {
    for (const { batchId, ...left } of batches) leave(account, batchId, left, occurredAt, { shipmentId });
  }),
  hop(holdShipment, ({ heldShipments }, { shipmentId, batchIds, authority }, occurredAt) => {
    heldShipments.set(shipmentId, { authority, since: occurredAt, batchIds });
  }),
  hop(releaseShipment, ({ heldShipments }, { shipmentId }) => {
    heldShipments.delete(shipmentId);
  }),
  hop(receiveBatches, (account, { batches }, occurredAt) => {
    for (const batch of batches) {
      const present = batch.labels.filter(({ condition }) => condition !== 'missing').map(({ labelId }) => labelId);
      arrive(account, batch.batchId, { ...newBatch(batch, batch, occurredAt, present), ...ofProduct(batch) });
    }
  }),
  // The shipment was never in this site's custody.
  hop(refuseShipment, unchanged),
  hop(returnShipment, (account, { shipmentId, batches }, occurredAt) => {
    for (const batch of batches) {
      const back = { ...newBatch(batch, batch, occurredAt, batch.labels), ...ofProduct(batch) };
      arrive(account, batch.batchId, { ...back, ...backAgain(account, batch.batchId, shipmentId) });
    }
  }),
  hop(labelBatch, (account, { batchId, labelId }, occurredAt) => {
    for (const batch of recordsToChange(account, batchId, occurredAt)) batch.labels.set(labelId, occurredAt);
  }),
  hop(removeLabel, (account, { batchId, labelId }) => {
    account.batches.get(batchId)?.labels.delete(labelId);
  }),
  hop(assayBatch, (account, { batchId, contentGrams }, occurredAt) => {
    for (const batch of recordsToChange(account, batchId, occurredAt)) assay(batch, contentGrams, occurredAt);
  }),
  // A claim about the batch, judged by its composition; custody is as before.
  hop(declareRecycledContent, unchanged),
  hop(consumeBatch, (account, { batchId, grossGrams }, occurredAt) => {
    take(account, batchId, grossGrams, occurredAt);
  }),
  hop(disposeBatch, (account, { batchId, grossGrams }, occurredAt) => {
    take(account, batchId, grossGrams, occurredAt);
  }),
  hop(assembleProduct, (account, data, occurredAt) => {
    assemble(account, [data.productId], data, occurredAt);
  }),
  hop(assembleProducts, (account, data, occurredAt) => {
    assemble(account, data.productIds, data, occurredAt);
  }),
  hop(placeProduct, (account, { productId, grossGrams, contentGrams, labels }, occurredAt) => {
    leave(account, productId, { grossGrams, contentGrams, labels }, occurredAt);
  }),
  hop(returnProduct, (account, { productId, kind, labels, ...data }, occurredAt) => {
    const batch = newBatch({ material: PRODUCT_MATERIAL[kind] }, data, occurredAt, labels);
    const back = backAgain(account, productId, undefined);
    arrive(account, productId, { ...batch, product: { kind, returned: true }, ...back });
  }),
  hop(repurposeProducts, (account, data, occurredAt) => {
    assemble(account, [data.productId], { ...data, inputs: [] }, occurredAt);
  }),
  hop(wasteProducts, (account, { batchId, products, ...data }, occurredAt) => {
    const made = ingredientsOf(account, { inputs: [], products });
    takeWhole(account, products, occurredAt);
    const weighed = { contentGrams: made.contentGrams, grossGrams: data.grossGrams ?? made.grossGrams };
    arrive(account, batchId, newBatch(data, weighed, occurredAt));
  }),
  hop(holdBatch, (account, { batchId, authority }, occurredAt) => {
    const batch = account.batches.get(batchId);
    if (batch) batch.heldBy = { authority, since: occurredAt };
  }),
  hop(releaseBatch, (account, { batchId }) => {
    delete account.batches.get(batchId)?.heldBy;
  }),
  hop(holdSite, (account, { authority }, occurredAt) => {
    account.heldBy = { authority, since: occurredAt };
  }),
  hop(releaseSite, (account) => {
    delete account.heldBy;
  }),
];
export type Hop = (typeof HOPS)[number];

function assemble(
  account: SiteAccount,
  ids: readonly string[],
  { kind, inputs, products, grossGrams }: Pick<RecordedAssembly, 'kind' | 'inputs' | 'products' | 'grossGrams'>,
  occurredAt: string,
): void {
  const into = ingredientsOf(account, { inputs, products });
  for (const input of inputs) take(account, input.batchId, input.grossGrams, occurredAt);
  takeWhole(account, products, occurredAt);
  const product: HeldProduct = { kind };
  for (const [index, id] of ids.entries()) {
    const contentGrams: ContentGrams = {};
    for (const mineral of MINERALS) {
      const grams = into.contentGrams[mineral];
      if (grams !== undefined) contentGrams[mineral] = evenShare(grams, index, ids.length);
    }
    const masses = { grossGrams: grossGrams ?? evenShare(into.grossGrams, index, ids.length), contentGrams };
    arrive(account, id, { ...newBatch({ material: PRODUCT_MATERIAL[kind] }, masses, occurredAt), product });
  }
}

function takeWhole(account: SiteAccount, productIds: readonly string[], occurredAt: string): void {
  for (const productId of productIds) {
    take(account, productId, account.batches.get(productId)?.grossGrams ?? 0, occurredAt);
  }
}

function newBatch(
  { material, otherMaterial }: MaterialName,
  { grossGrams, contentGrams }: { readonly grossGrams: number; readonly contentGrams: ContentGrams },
  arrivedAt: string,
  labels: readonly string[] = [],
): HeldBatch {
  return {
    material,
    ...(otherMaterial === undefined ? {} : { otherMaterial }),
    grossGrams,
    contentGrams: { ...contentGrams },
    arrivedAt,
    labels: new Map(labels.map((labelId) => [labelId, arrivedAt])),
  };
}

function ofProduct({ product }: { readonly product?: HeldProduct }): Pick<HeldBatch, 'product'> {
  return product ? { product: { ...product } } : {};
}

/** Nothing of it arrived: the receipt records its loss, and the batch is spent. */
function arrive(account: SiteAccount, batchId: string, batch: HeldBatch): void {
  if (batch.grossGrams > 0) account.batches.set(batchId, batch);
  else rememberGone(account, batchId, goneFrom(batch, '', { spent: true }));
}

/** @param left as the record says that it left, which a correction may make differ from what the account has */
function leave(
  account: SiteAccount,
  batchId: string,
  { labels, ...left }: Pick<HeldBatch, 'grossGrams' | 'contentGrams'> & { readonly labels: readonly string[] },
  leftAt: string,
  how: Pick<GoneBatch, 'shipmentId'> = {},
): void {
  const batch = account.batches.get(batchId);
  if (!batch) return;
  account.batches.delete(batchId);
  const { grossGrams, contentGrams } = left;
  const on = new Map(labels.map((labelId) => [labelId, batch.labels.get(labelId) ?? leftAt]));
  const gone = { ...batch, grossGrams, contentGrams: { ...contentGrams }, labels: on };
  rememberGone(account, batchId, goneFrom(gone, leftAt, how));
}

/** The last assay counts: one of before another, or of before a use, changes nothing. */
function assay(batch: HeldBatch, contentGrams: ContentGrams, occurredAt: string): void {
  const { usedAt = '', assayedAt = '' } = batch;
  if (occurredAt < usedAt || occurredAt < assayedAt) return;
  batch.contentGrams = { ...contentGrams };
  batch.assayedAt = occurredAt;
}

/** Takes grams of a batch, or all that is left if that is less; returns what it took of each mineral. */
function take(account: SiteAccount, batchId: string, grossGrams: number, occurredAt: string): ContentGrams {
  const batch = account.batches.get(batchId);
  if (!batch) return {};
  const { taken, rest } = takeContent(batch.contentGrams, Math.min(grossGrams, batch.grossGrams), batch.grossGrams);
  batch.grossGrams = Math.max(0, batch.grossGrams - grossGrams);
  batch.contentGrams = rest;
  if (occurredAt > (batch.usedAt ?? '')) batch.usedAt = occurredAt;
  delete batch.assayedAt;
  if (batch.grossGrams === 0) {
    account.batches.delete(batchId);
    rememberGone(account, batchId, goneFrom(batch, occurredAt, { spent: true }));
  }
  return taken;
}
