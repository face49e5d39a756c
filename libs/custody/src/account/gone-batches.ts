import { type ContentGrams, type DispatchedBatch } from '../custody-fields.js';
import { forgetOldest } from './forget-oldest.js';
import { type GoneBatch, type HeldBatch, type SiteAccount } from './site-account.js';

/**
 * Batches remembered that left the site lately, or were used up there: what was forgotten to be recorded of them while they
 * were there can be recorded late. Of older ones it is refused, for their chain must be looked up elsewhere.
 */
export const GONE_BATCHES_KEPT = 1024;

/** Remembers a batch that is no more at the site, and forgets the one that is gone longest. */
export function rememberGone({ gone }: SiteAccount, batchId: string, batch: GoneBatch): void {
  gone.delete(batchId);
  gone.set(batchId, batch);
  if (gone.size > GONE_BATCHES_KEPT) forgetOldest(gone);
}

/** A batch as it was when it left, or the last of it was used. */
export function goneFrom(
  { heldBy: _, ...batch }: HeldBatch,
  leftAt: string,
  how: Pick<GoneBatch, 'shipmentId' | 'spent'>,
): GoneBatch {
  return { ...batch, leftAt, ...how };
}

/**
 * The batch as it was when it left, if it is what something dated then is about: the batch is not at the site, or came back
 * after that.
 */
export function goneThen({ batches, gone }: SiteAccount, batchId: string, occurredAt: string): GoneBatch | undefined {
  const left = gone.get(batchId);
  if (left === undefined || occurredAt < left.arrivedAt || occurredAt > left.leftAt) return undefined;
  const here = batches.get(batchId);
  return here !== undefined && occurredAt >= here.arrivedAt ? undefined : left;
}

/**
 * All that the account has of a batch and that what is dated then is about, to be changed: what came back as it had left is
 * both.
 */
export function recordsToChange(account: SiteAccount, batchId: string, occurredAt: string): HeldBatch[] {
  const here = account.batches.get(batchId);
  const left = goneThen(account, batchId, occurredAt);
  if (left === undefined) return here ? [here] : [];
  // What is still added to it keeps it from being forgotten before it has arrived.
  rememberGone(account, batchId, left);
  return here && left.back ? [left, here] : [left];
}

/**
 * What is known of a batch that comes back as it had left.
 * @param shipmentId by which it had left; undefined: it had been placed on the market
 */
export function backAgain(
  { gone }: SiteAccount,
  batchId: string,
  shipmentId: string | undefined,
): Pick<HeldBatch, 'usedAt' | 'assayedAt'> {
  const left = gone.get(batchId);
  if (left === undefined || left.spent === true || left.shipmentId !== shipmentId) return {};
  left.back = true;
  const { usedAt, assayedAt } = left;
  return { ...(usedAt !== undefined && { usedAt }), ...(assayedAt !== undefined && { assayedAt }) };
}

/** The data of a dispatch, with what its site has recorded late of the batches since. */
export function asDispatched<Data extends { readonly shipmentId: string; readonly batches: DispatchedBatch[] }>(
  account: SiteAccount,
  data: Data,
): Data {
  const { shipmentId } = data;
  return { ...data, batches: data.batches.map((batch) => asItLeft(account, batch.batchId, shipmentId, batch)) };
}

interface AsItLeft {
  readonly contentGrams: ContentGrams;
  readonly labels: string[];
}

/**
 * What left a site, with what was recorded late of it.
 * @param shipmentId by which it was dispatched; undefined: it was placed on the market
 */
export function asItLeft<Left extends AsItLeft>(
  { gone }: SiteAccount,
  batchId: string,
  shipmentId: string | undefined,
  recorded: Left,
): Left {
  const left = gone.get(batchId);
  if (left === undefined || left.spent === true || left.shipmentId !== shipmentId) return recorded;
  return { ...recorded, contentGrams: { ...left.contentGrams }, labels: [...left.labels.keys()] };
}
