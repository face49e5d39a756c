import { type ContentGrams } from './custody-fields.js';
import { MINERALS } from './terms.js';

/** A ratio of integers: tolerances are compared exactly, never through a float. */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

/** What an assay may find above what went in: 0.5 % of the mineral, the repeatability of a routine assay. */
export const ASSAY_TOLERANCE: Ratio = { numerator: 5, denominator: 1000 };

/**
 * What a receipt may weigh above its dispatch: 0.5 % of the mass. Two weighbridges of OIML R 76 class III disagree by a
 * few divisions, moist material takes up water on the way; more than that is other material.
 */
export const WEIGHING_TOLERANCE: Ratio = { numerator: 5, denominator: 1000 };

/**
 * floor(amount × part ÷ whole), exact.
 * @param amount grams, a safe integer ≥ 0
 * @param part 0 ≤ part ≤ whole
 * @param whole > 0
 */
export function proportion(amount: number, part: number, whole: number): number {
  const product = amount * part;
  // Below 2^53 the product and its remainder are exact as numbers; this spares the BigInt on nearly every real mass.
  if (product <= Number.MAX_SAFE_INTEGER) return (product - (product % whole)) / whole;
  return Number((BigInt(amount) * BigInt(part)) / BigInt(whole));
}

/**
 * What the `index`-th of `count` equals gets of an amount: shares differ by at most one, and add up to the amount.
 * @param index from 0
 */
export function evenShare(amount: number, index: number, count: number): number {
  return proportion(amount, index + 1, count) - proportion(amount, index, count);
}

/**
 * Takes `takenGrams` of a batch of `ofGrams`: of each mineral floor(content × taken ÷ of), all of it when the whole batch
 * is taken; the rest stays. Minerals keep their entry at 0 grams, since no entry at all means that the content is unknown.
 * @throws RangeError when more is taken than there is, which a decider has refused before
 */
export function takeContent(
  content: ContentGrams,
  takenGrams: number,
  ofGrams: number,
): { taken: ContentGrams; rest: ContentGrams } {
  if (takenGrams < 0 || takenGrams > ofGrams) throw new RangeError(`${takenGrams} g taken of ${ofGrams} g`);
  const taken: ContentGrams = {};
  const rest: ContentGrams = {};
  for (const mineral of MINERALS) {
    const grams = content[mineral];
    if (grams === undefined) continue;
    const share = takenGrams === ofGrams ? grams : proportion(grams, takenGrams, ofGrams);
    taken[mineral] = share;
    rest[mineral] = grams - share;
  }
  return { taken, rest };
}

/** Whether `outGrams` exceeds `inGrams` by no more than the tolerance; the bound itself passes. */
export function withinTolerance(
  outGrams: bigint | number,
  inGrams: bigint | number,
  tolerance: Ratio = ASSAY_TOLERANCE,
): boolean {
  const scale = BigInt(tolerance.denominator);
  return BigInt(outGrams) * scale <= BigInt(inGrams) * (scale + BigInt(tolerance.numerator));
}

/** Whether nothing is known of what the batch contains. */
export function isContentUnknown(content: ContentGrams): boolean {
  return MINERALS.every((mineral) => content[mineral] === undefined);
}

/** Grams of all minerals together; a bigint, since the sum of safe integers need not be one. */
export function totalContentGrams(content: ContentGrams): bigint {
  return MINERALS.reduce((sum, mineral) => sum + BigInt(content[mineral] ?? 0), 0n);
}
