/** The refusals that several commands have in common. Each returns the refusal, or undefined when there is none. */
import { goneThen } from '../account/gone-batches.js';
import { type GoneBatch, type HeldBatch, type Holder, type SiteAccount } from '../account/site-account.js';
import { type ContentGrams } from '../custody-fields.js';
import { totalContentGrams } from '../masses.js';
import { refuseBefore, type Moment } from '../occurred-at.js';
import { refusal, type Refusal } from '../refusal.js';
import { reservationStream, type ReservedId } from '../reservation.js';
import { type Facts } from './slice.js';

/**
 * The batch, if it is in this site's custody and nothing keeps it from being acted upon at that moment; else the refusal:
 * `batch-not-here`, `not-enough-left` (used up here lately), `batch-held`, `occurred-out-of-order`.
 */
export function batchAtHand(
  account: SiteAccount,
  batchId: string,
  moment: Moment,
  path: string,
): { batch: HeldBatch; problem?: undefined } | { batch?: undefined; problem: Refusal } {
  const batch = account.batches.get(batchId);
  if (!batch) return { problem: refuseAbsent(account, batchId, path) };
  if (batch.heldBy) return { problem: refuseHeld(batchId, batch.heldBy, path) };
  const early = refuseBefore(moment, batch.arrivedAt, `${batchId} came to ${account.siteId}`);
  return early ? { problem: early } : { batch };
}

/**
 * The batch as the site had it at that moment, for what changes neither mass nor place and may be recorded late: at hand, or
 * as it left since. `left`: it is no more there, or came back since. Refuses what {@link batchAtHand} refuses; a batch that
 * has left the site before its last {@link GONE_BATCHES_KEPT} did is not here.
 */
export function batchThen(
  account: SiteAccount,
  batchId: string,
  moment: Moment,
  path: string,
): { batch: HeldBatch; left?: GoneBatch; problem?: undefined } | { batch?: undefined; problem: Refusal } {
  const left = goneThen(account, batchId, moment.occurredAt);
  if (left === undefined) return batchAtHand(account, batchId, moment, path);
  const heldBy = account.batches.get(batchId)?.heldBy;
  return heldBy === undefined ? { batch: left, left } : { problem: refuseHeld(batchId, heldBy, path) };
}

/** `not-enough-left` for a batch used up here lately, `batch-not-here` for any other that is not here. */
export function refuseAbsent({ siteId, gone }: SiteAccount, batchId: string, path: string): Refusal {
  const left = gone.get(batchId);
  if (left?.spent === true) return refusal('not-enough-left', `Nothing is left of ${batchId}.`, path);
  const was = left === undefined ? '' : `: it left at ${left.leftAt}`;
  return refusal('batch-not-here', `${batchId} is not at ${siteId}${was}.`, path);
}

function refuseHeld(batchId: string, { authority }: Holder, path: string): Refusal {
  return refusal('batch-held', `${batchId} is held by ${authority}.`, path);
}

/** The batch as in {@link batchAtHand}, if `grossGrams` of it can be used; also `invalid-request` for a use of nothing. */
export function batchForUse(
  account: SiteAccount,
  use: { batchId: string; grossGrams: number },
  moment: Moment,
  prefix = '',
): ReturnType<typeof batchAtHand> {
  const path = `${prefix}grossGrams`;
  const found = batchAtHand(account, use.batchId, moment, `${prefix}batchId`);
  if (found.problem) return found;
  const problem =
    refuseProduct(use.batchId, found.batch, `${prefix}batchId`) ??
    refuseNothing(use.grossGrams, path) ??
    refuseOverdraw(use.batchId, use.grossGrams, found.batch.grossGrams, path);
  return problem ? { problem } : found;
}

/** A product is used, placed on the market or wasted whole, and by commands of its own: `not-a-batch`. */
export function refuseProduct(batchId: string, { product }: HeldBatch, path: string): Refusal | undefined {
  return product && refusal('not-a-batch', `${batchId} is a product: a ${product.kind}.`, path);
}

/** `not-enough-left`. */
export function refuseOverdraw(
  batchId: string,
  wanted: number | bigint,
  left: number,
  path: string,
): Refusal | undefined {
  if (wanted <= left) return undefined;
  return refusal('not-enough-left', `${left} g are left of ${batchId}, not ${wanted} g.`, path);
}

/** A batch of 0 grams is no batch, a use of 0 grams no use: `invalid-request`. */
export function refuseNothing(grossGrams: number, path: string): Refusal | undefined {
  return grossGrams > 0 ? undefined : refusal('invalid-request', 'Must be more than 0 grams.', path);
}

/** Declared content that adds up to more than the gross mass: `content-over-gross`. */
export function refuseContentOverGross(content: ContentGrams, grossGrams: number, path: string): Refusal | undefined {
  const total = totalContentGrams(content);
  if (total <= grossGrams) return undefined;
  return refusal('content-over-gross', `${total} g of content in ${grossGrams} g of material.`, path);
}

/** The same id twice in a list: `invalid-request` at the second. */
export function refuseRepeated(ids: readonly string[], pathOf: (index: number) => string): Refusal | undefined {
  const seen = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) return refusal('invalid-request', `${id} is listed twice.`, pathOf(index));
    seen.add(id);
  }
  return undefined;
}

/** An id used before, anywhere in the ledger: `id-taken`. */
export function refuseTaken(id: ReservedId, facts: Facts, path: string): Refusal | undefined {
  if (!facts.taken.has(reservationStream(id))) return undefined;
  return refusal('id-taken', `The ${id.kind} id ${id.id} is already used.`, path);
}

/** The first refusal over a list. */
export function firstRefusal<T>(
  items: readonly T[],
  check: (item: T, index: number) => Refusal | undefined,
): Refusal | undefined {
  for (const [index, item] of items.entries()) {
    const problem = check(item, index);
    if (problem) return problem;
  }
  return undefined;
}
