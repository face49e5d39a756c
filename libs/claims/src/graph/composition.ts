/**
 * Where content came from, in integer grams per key, and the one rule by which it is shared out (`docs/claims.md`,
 * Composition). Nothing here rounds: every gram of a pool ends in exactly one place.
 */
import { MINERALS, type ContentGrams, type Mineral } from '#custody';
import type { BatchNode, Composition, ContentClass, Pool } from './graph.types.js';

/** Content nobody accounted for: of unknown country and undeclared class. */
export const UNDECLARED_KEY = 'ZZ/undeclared';

/**
 * floor(a × b ÷ c) and its remainder, exact. A product of two safe integers beyond 2^53 − 1 cannot come out of floating
 * point as less than 2^53, so the comparison decides rightly; only such products need BigInt.
 */
function multiplyDivide(a: number, b: number, c: number): { quotient: number; remainder: number } {
  const product = a * b;
  if (product <= Number.MAX_SAFE_INTEGER) {
    const remainder = product % c;
    return { quotient: (product - remainder) / c, remainder };
  }
  const exact = BigInt(a) * BigInt(b);
  const divisor = BigInt(c);
  return { quotient: Number(exact / divisor), remainder: Number(exact % divisor) };
}

export function poolTotal(pool: Pool): number {
  let total = 0;
  for (const key in pool) total += pool[key] ?? 0;
  return total;
}

export function addToPool(pool: Pool, key: string, grams: number): void {
  if (grams > 0) pool[key] = (pool[key] ?? 0) + grams;
}

/**
 * Shares `amount` grams out over a pool: each key gets floor(amount × pool[k] ÷ Σ pool), the grams still missing go one
 * each to the largest remainders, ties in ascending order of the key's UTF-16 code units. No key gets more than the pool
 * has of it, and all of the pool is the most there is to get.
 */
export function apportion(amount: number, pool: Pool): Pool {
  const total = poolTotal(pool);
  if (amount >= total) return { ...pool };
  const shared: Pool = {};
  if (amount <= 0) return shared;
  let missing = amount;
  const remainders: { key: string; remainder: number }[] = [];
  for (const key in pool) {
    const { quotient, remainder } = multiplyDivide(amount, pool[key] ?? 0, total);
    if (quotient > 0) shared[key] = quotient;
    missing -= quotient;
    // A key without a remainder is never topped up: the grams missing are fewer than the remainders above zero.
    if (remainder > 0) remainders.push({ key, remainder });
  }
  if (missing > 0) {
    remainders.sort((a, b) => b.remainder - a.remainder || (a.key < b.key ? -1 : 1));
    for (const { key } of remainders.slice(0, missing)) addToPool(shared, key, 1);
  }
  return shared;
}

/** What remains of a pool once `taken`, a part of it, is gone. */
function without(pool: Pool, taken: Pool): Pool {
  const rest: Pool = {};
  for (const key in pool) addToPool(rest, key, (pool[key] ?? 0) - (taken[key] ?? 0));
  return rest;
}

/** Takes `amount` grams of one mineral out of a composition, apportioned; at most what is there. */
export function takeOfMineral(from: Composition, mineral: Mineral, amount: number): Pool {
  const pool = from[mineral];
  if (pool === undefined || amount <= 0) return {};
  const taken = apportion(amount, pool);
  if (amount >= poolTotal(pool)) delete from[mineral];
  else from[mineral] = without(pool, taken);
  return taken;
}

/** Keeps which minerals are in a batch whose last gram is about to go; one without mass keeps what it had. */
export function noteLastMinerals(batch: BatchNode): void {
  if (batch.grossGrams > 0) batch.lastMinerals = MINERALS.filter((mineral) => batch.composition[mineral] !== undefined);
}

/**
 * Takes a use of `grossGrams` out of a batch: of each mineral floor(content × g ÷ G), apportioned; everything when g
 * reaches G. Asked for more than there is, it gives what there is: the caller notes the contradiction.
 */
export function takeFromBatch(batch: BatchNode, grossGrams: number): Composition {
  const held = batch.grossGrams;
  if (grossGrams >= held) {
    const all = batch.composition;
    noteLastMinerals(batch);
    batch.composition = {};
    batch.grossGrams = 0;
    return all;
  }
  const taken: Composition = {};
  for (const mineral of MINERALS) {
    const pool = batch.composition[mineral];
    if (pool === undefined) continue;
    const { quotient } = multiplyDivide(poolTotal(pool), grossGrams, held);
    if (quotient > 0) taken[mineral] = takeOfMineral(batch.composition, mineral, quotient);
  }
  batch.grossGrams = held - grossGrams;
  return taken;
}

/** Grams of each mineral in a composition; a mineral of which there is none has no entry. */
export function contentOf(composition: Composition): ContentGrams {
  const content: ContentGrams = {};
  for (const mineral of MINERALS) {
    const pool = composition[mineral];
    if (pool !== undefined) content[mineral] = poolTotal(pool);
  }
  return content;
}

/** True when the data says what is contained, be it nothing: `{}` says nothing at all. */
export function saysContent(contentGrams: ContentGrams): boolean {
  return MINERALS.some((mineral) => contentGrams[mineral] !== undefined);
}

/** A composition of one key. */
export function compositionOf(contentGrams: ContentGrams, key: string): Composition {
  const composition: Composition = {};
  for (const mineral of MINERALS) {
    const grams = contentGrams[mineral] ?? 0;
    if (grams > 0) composition[mineral] = { [key]: grams };
  }
  return composition;
}

/** `country` of a key, its `class`, and for pre-consumer content the `maker` as `siteId/process`. */
export function parseKey(key: string): { country: string; class: ContentClass; maker?: string } {
  const afterCountry = key.indexOf('/');
  const afterClass = key.indexOf('/', afterCountry + 1);
  const country = key.slice(0, afterCountry);
  if (afterClass < 0) return { country, class: key.slice(afterCountry + 1) as ContentClass };
  return {
    country,
    class: key.slice(afterCountry + 1, afterClass) as ContentClass,
    maker: key.slice(afterClass + 1),
  };
}

export interface RecycledShare {
  /** Pre-consumer and post-consumer (ISO 14021): the lower bound of what is recycled. */
  recycledGrams: number;
  /** May be recycled or not: the upper bound counts it. */
  undeclaredGrams: number;
  totalGrams: number;
}

/** The recycled share of one mineral in a batch. All zero when it contains none, or its content is unknown. */
export function recycledShare(batch: Pick<BatchNode, 'composition'>, mineral: Mineral): RecycledShare {
  return recycledShareOf(batch.composition[mineral] ?? {});
}

export function recycledShareOf(pool: Pool): RecycledShare {
  const share: RecycledShare = { recycledGrams: 0, undeclaredGrams: 0, totalGrams: 0 };
  for (const key in pool) {
    const grams = pool[key] ?? 0;
    share.totalGrams += grams;
    const contentClass = parseKey(key).class;
    if (contentClass === 'undeclared') share.undeclaredGrams += grams;
    else if (contentClass !== 'primary') share.recycledGrams += grams;
  }
  return share;
}

export interface CompositionEntry {
  country: string;
  class: ContentClass;
  grams: number;
}

/** The composition as the API shows it: summed over the makers of scrap, ascending by country, then class. */
export function compositionSummary(
  batch: Pick<BatchNode, 'composition'>,
): Partial<Record<Mineral, CompositionEntry[]>> {
  const summary: Partial<Record<Mineral, CompositionEntry[]>> = {};
  for (const mineral of MINERALS) {
    const pool = batch.composition[mineral];
    if (pool === undefined) continue;
    const entries = new Map<string, CompositionEntry>();
    for (const key in pool) {
      const { country, class: contentClass } = parseKey(key);
      const entry = entries.get(`${country}/${contentClass}`) ?? { country, class: contentClass, grams: 0 };
      entry.grams += pool[key] ?? 0;
      entries.set(`${country}/${contentClass}`, entry);
    }
    summary[mineral] = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  }
  return summary;
}
