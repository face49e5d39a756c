/**
 * Where content came from, in integer milligrams per key, and the rule by which it is apportioned (`docs/claims.md`,
 * Composition). Content is whole grams: the milligrams of a mineral add up to 1,000 times its grams. Nothing here rounds:
 * every milligram of a pool ends in exactly one place.
 */
import { MINERALS, type ContentGrams, type Mineral } from '#custody';
import { type BatchNode, type Composition, type ContentClass, type Pool } from './graph.types.js';

export const MILLIGRAMS_PER_GRAM = 1000;

/** Content that nobody has accounted for: of unknown country and undeclared class. */
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

/** Milligrams of all keys. */
export function poolTotal(pool: Pool): number {
  let total = 0;
  for (const key in pool) total += pool[key] ?? 0;
  return total;
}

export function addToPool(pool: Pool, key: string, milligrams: number): void {
  if (milligrams > 0) pool[key] = (pool[key] ?? 0) + milligrams;
}

/**
 * Shares `amount` milligrams out over a pool: each key gets floor(amount × pool[k] ÷ Σ pool), the milligrams still missing go one
 * each to the largest remainders, ties in ascending order of the key's UTF-16 code units. No key gets more than the pool
 * has of it, and all of the pool is the most there is to get.
 */
export function apportion(amount: number, pool: Pool): Pool {
  const total = poolTotal(pool);
  if (amount >= total) return { ...pool };
  const shared: Pool = {};
  if (amount <= 0) return shared;
  let missing = amount;
  // Whole grams are shared out by grams: the same quotients, and products that seldom need BigInt.
  const isOfGrams = amount % MILLIGRAMS_PER_GRAM === 0 && total % MILLIGRAMS_PER_GRAM === 0;
  const [part, whole] = isOfGrams ? [amount / MILLIGRAMS_PER_GRAM, total / MILLIGRAMS_PER_GRAM] : [amount, total];
  const remainders: { key: string; remainder: number }[] = [];
  for (const key in pool) {
    const { quotient, remainder } = multiplyDivide(part, pool[key] ?? 0, whole);
    if (quotient > 0) shared[key] = quotient;
    missing -= quotient;
    // A key without a remainder is never topped up: the milligrams missing are fewer than the remainders above zero.
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

/** Takes `amount` milligrams of one mineral out of a composition, apportioned; at most what is there. */
export function takeOfMineral(from: Composition, mineral: Mineral, amount: number): Pool {
  const pool = from[mineral];
  if (pool === undefined || amount <= 0) return {};
  const taken = apportion(amount, pool);
  if (amount >= poolTotal(pool)) delete from[mineral];
  else from[mineral] = without(pool, taken);
  return taken;
}

/** Keeps what is in a batch whose last gram is about to go; one without mass keeps what it had. */
export function keepLastComposition(batch: BatchNode): void {
  if (batch.grossGrams > 0) batch.lastComposition = { ...batch.composition };
}

/** The composition that a batch is judged by: its present one or, once it is used up, the one when the last of it was used. */
export function judgedComposition(batch: BatchNode): Composition {
  return batch.grossGrams > 0 ? batch.composition : (batch.lastComposition ?? batch.composition);
}

/**
 * What was in a batch when it was used: a later assay of the rest says nothing about what was passed on. Exact except for
 * the milligrams by which uses round.
 * @param logIndex of the use
 */
export function compositionAt(batch: BatchNode, logIndex: number): Composition {
  return batch.given?.find(({ until }) => until > logIndex)?.composition ?? judgedComposition(batch);
}

/** Keeps what was in a batch before an assay changes it, if any of that was passed on. */
export function keepGiven(batch: BatchNode, logIndex: number): void {
  const { used, given = [] } = batch;
  if (used === undefined || (given.at(-1)?.until ?? -1) > used.last) return;
  batch.given = [...given, { until: logIndex, composition: batch.composition }];
}

/**
 * Takes a use of `grossGrams` out of a batch: of each mineral floor(content × g ÷ G) grams, apportioned; everything when g
 * reaches G. Asked for more than there is, it gives what there is: the caller notes the contradiction. From then on an
 * assay is measured against what is left, for what an earlier one found has been handed on.
 */
export function takeFromBatch(batch: BatchNode, grossGrams: number): Composition {
  const held = batch.grossGrams;
  batch.derived = undefined;
  if (grossGrams >= held) {
    const all = batch.composition;
    keepLastComposition(batch);
    batch.composition = {};
    batch.grossGrams = 0;
    return all;
  }
  const taken: Composition = {};
  for (const mineral of MINERALS) {
    const pool = batch.composition[mineral];
    if (pool === undefined) continue;
    const { quotient } = multiplyDivide(poolTotal(pool) / MILLIGRAMS_PER_GRAM, grossGrams, held);
    if (quotient > 0) taken[mineral] = takeOfMineral(batch.composition, mineral, quotient * MILLIGRAMS_PER_GRAM);
  }
  batch.grossGrams = held - grossGrams;
  return taken;
}

/** Grams of each mineral in a composition; a mineral of which there is none has no entry. */
export function contentOf(composition: Composition): ContentGrams {
  const content: ContentGrams = {};
  for (const mineral of MINERALS) {
    const pool = composition[mineral];
    if (pool !== undefined) content[mineral] = poolTotal(pool) / MILLIGRAMS_PER_GRAM;
  }
  return content;
}

/** True when the data says what is contained, even if that is nothing: `{}` says nothing at all. */
export function saysContent(contentGrams: ContentGrams): boolean {
  return MINERALS.some((mineral) => contentGrams[mineral] !== undefined);
}

/** A composition of one key. */
export function compositionOf(contentGrams: ContentGrams, key: string): Composition {
  const composition: Composition = {};
  for (const mineral of MINERALS) {
    const grams = contentGrams[mineral] ?? 0;
    if (grams > 0) composition[mineral] = { [key]: grams * MILLIGRAMS_PER_GRAM };
  }
  return composition;
}

/** What a key says of its milligrams. */
export interface KeyParts {
  /** Where it was mined, ISO 3166-1 alpha-2; `ZZ`: nobody knows. */
  readonly country: string;
  readonly class: ContentClass;
  /** The site that recycled it first; collected waste has none yet. */
  readonly recycler?: string;
  /** Of manufacturing waste: the site and the process that made it. */
  readonly maker?: { readonly siteId: string; readonly process: string };
  /** Manufacturing waste that came back to the site and process that made it. */
  readonly returned?: true;
}

/** `returned` last: no site's id can be mistaken for it, since the class says how many parts come before. */
const RETURNED = 'returned';

/** Ids may contain a slash (GS1 URIs do), and a key is told apart by its slashes. */
function inKey(id: string): string {
  return id.replaceAll('%', '%25').replaceAll('/', '%2F');
}
function outOfKey(part: string): string {
  return part.replaceAll('%2F', '/').replaceAll('%25', '%');
}

export function formatKey({ country, class: contentClass, recycler, maker, returned }: KeyParts): string {
  let key = `${country}/${contentClass}`;
  if (maker !== undefined) key += `/${inKey(maker.siteId)}/${inKey(maker.process)}`;
  if (recycler !== undefined) key += `/${inKey(recycler)}`;
  return returned === true ? `${key}/${RETURNED}` : key;
}

/**
 * A key's parts: `country/primary`, `country/undeclared`, `country/post-consumer[/recyclerSite]`,
 * `country/manufacturing-waste/makerSite/process/recyclerSite[/returned]`.
 */
export function parseKey(key: string): KeyParts {
  const [country = 'ZZ', contentClass, ...rest] = key.split('/');
  const of = { country, class: contentClass as ContentClass };
  if (rest.length === 0) return of;
  if (contentClass !== 'manufacturing-waste') return { ...of, recycler: outOfKey(rest[0]!) };
  const [siteId = '', process = '', recycler = '', returned] = rest.map(outOfKey);
  const parts = { ...of, maker: { siteId, process }, recycler };
  return returned === undefined ? parts : { ...parts, returned: true };
}

export interface CompositionEntry {
  country: string;
  class: ContentClass;
  /** Country of the site that recycled it, `ZZ` when the site is not known; absent for what nobody recycled. */
  recycledIn?: string;
  milligrams: number;
  /** The milligrams in whole grams that add up to the content: the largest remainders are rounded up. */
  grams: number;
}

/**
 * The composition as the API shows it: summed over sites and processes, ascending by country, class and country of the
 * recycler.
 * @param countryOf the country of a site that recycled
 */
export function compositionSummary(
  { composition }: Pick<BatchNode, 'composition'>,
  countryOf: (siteId: string) => string | undefined,
): Partial<Record<Mineral, CompositionEntry[]>> {
  const summary: Partial<Record<Mineral, CompositionEntry[]>> = {};
  for (const mineral of MINERALS) {
    const pool = composition[mineral];
    if (pool !== undefined) summary[mineral] = entriesOf(pool, countryOf);
  }
  return summary;
}

function entriesOf(pool: Pool, countryOf: (siteId: string) => string | undefined): CompositionEntry[] {
  const milligrams: Pool = {};
  const parts = new Map<string, Pick<CompositionEntry, 'country' | 'class' | 'recycledIn'>>();
  for (const key in pool) {
    const { country, class: contentClass, recycler } = parseKey(key);
    const recycledIn = recycler === undefined ? undefined : (countryOf(recycler) ?? 'ZZ');
    const sum = recycledIn === undefined ? `${country}/${contentClass}` : `${country}/${contentClass}/${recycledIn}`;
    addToPool(milligrams, sum, pool[key] ?? 0);
    parts.set(sum, { country, class: contentClass, ...(recycledIn === undefined ? {} : { recycledIn }) });
  }
  const grams = apportion(poolTotal(pool) / MILLIGRAMS_PER_GRAM, milligrams);
  return [...parts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sum, part]) => ({ ...part, milligrams: milligrams[sum] ?? 0, grams: grams[sum] ?? 0 }));
}
