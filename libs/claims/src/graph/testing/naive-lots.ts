/** Amounts as a table of lots, shared out by exact rationals: the arithmetic of the naive ledger. */

export interface Lot {
  batchId: string;
  mineral: string;
  country: string;
  class: string;
  /** The site that recycled it first. */
  recycledAt?: string;
  /** Of manufacturing waste. */
  madeAt?: { siteId: string; process: string };
  returned?: boolean;
  milligrams: bigint;
}

export class Fraction {
  constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}
  floor(): bigint {
    return this.numerator / this.denominator;
  }
  minus(whole: bigint): Fraction {
    return new Fraction(this.numerator - whole * this.denominator, this.denominator);
  }
  exceeds(other: Fraction): boolean {
    return this.numerator * other.denominator > other.numerator * this.denominator;
  }
}

/** Hands out the floors, then milligram after milligram to whoever is furthest below its exact share, the lesser key first. */
export function shareOut(amount: bigint, pool: ReadonlyMap<string, bigint>): Map<string, bigint> {
  const total = [...pool.values()].reduce((a, b) => a + b, 0n);
  if (amount >= total) return new Map(pool);
  const exact = new Map([...pool].map(([key, grams]) => [key, new Fraction(amount * grams, total)]));
  const given = new Map([...exact].map(([key, share]) => [key, share.floor()]));
  const isGiven = (): bigint => [...given.values()].reduce((a, b) => a + b, 0n);
  while (isGiven() < amount) {
    let neediest: { key: string; lacks: Fraction } | undefined;
    for (const key of [...exact.keys()].sort()) {
      const lacks = exact.get(key)!.minus(given.get(key)!);
      if (neediest === undefined || lacks.exceeds(neediest.lacks)) neediest = { key, lacks };
    }
    given.set(neediest!.key, given.get(neediest!.key)! + 1n);
  }
  return given;
}

export const keyOf = (lot: Lot): string =>
  [
    lot.country,
    lot.class,
    ...(lot.madeAt ? [lot.madeAt.siteId, lot.madeAt.process] : []),
    ...(lot.recycledAt === undefined ? [] : [lot.recycledAt]),
    ...(lot.returned ? ['returned'] : []),
  ].join('/');
export const sum = (lots: readonly Lot[]): bigint => lots.reduce((total, lot) => total + lot.milligrams, 0n);

/** Splits lots in two: `amount` milligrams of a mineral, and everything else. */
export function parted(lots: readonly Lot[], mineral: string, amount: bigint): [Lot[], Lot[]] {
  const concerned = new Map<string, Lot>();
  for (const lot of lots.filter((each) => each.mineral === mineral)) {
    const same = concerned.get(keyOf(lot));
    concerned.set(keyOf(lot), { ...lot, milligrams: lot.milligrams + (same?.milligrams ?? 0n) });
  }
  const shares = shareOut(amount, new Map([...concerned].map(([key, lot]) => [key, lot.milligrams])));
  const withMilligrams = (milligrams: (key: string, lot: Lot) => bigint): Lot[] =>
    [...concerned]
      .map(([key, lot]) => ({ ...lot, milligrams: milligrams(key, lot) }))
      .filter((lot) => lot.milligrams > 0n);
  return [
    withMilligrams((key) => shares.get(key) ?? 0n),
    [
      ...lots.filter((lot) => lot.mineral !== mineral),
      ...withMilligrams((key, lot) => lot.milligrams - (shares.get(key) ?? 0n)),
    ],
  ];
}
