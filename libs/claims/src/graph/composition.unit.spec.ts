import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { apportion, compositionSummary, formatKey, parseKey, poolTotal, type KeyParts } from './composition.js';
import { type Pool } from './graph.types.js';
import { shareOut } from './testing/naive-lots.js';
import { runs } from '../../../../test/properties/runs.js';

describe('apportion', () => {
  it('gives floors, then the missing grams to the largest remainders', () => {
    // 10 × 5/11 = 4.54…, 10 × 4/11 = 3.63…, 10 × 2/11 = 1.81…: floors 4 + 3 + 1, two grams missing.
    expect(apportion(10, { a: 5, b: 4, c: 2 })).toEqual({ a: 4, b: 4, c: 2 });
  });

  it('breaks ties in ascending order of code units', () => {
    expect(apportion(1, { b: 1, a: 1 })).toEqual({ a: 1 });
    expect(apportion(2, { 'JP/primary': 1, 'AU/primary': 1, 'AU/post-consumer': 1 })).toEqual({
      'AU/post-consumer': 1,
      'AU/primary': 1,
    });
    // U+FF5E is less than the first half of U+1F600's surrogate pair as a character, and greater as a code unit.
    expect(apportion(1, { '\uff5e': 1, '\u{1f600}': 1 })).toEqual({ '\u{1f600}': 1 });
  });

  it('gives nothing of an empty pool, nothing for no grams, and at most all there is', () => {
    expect(apportion(5, {})).toEqual({});
    expect(apportion(0, { a: 3 })).toEqual({});
    expect(apportion(9, { a: 3, b: 1 })).toEqual({ a: 3, b: 1 });
  });

  it('is exact where products leave the safe integers', () => {
    const half = 2 ** 51;
    // In floating point half × (half + 1) loses its last bits, and with them whose remainder is the larger.
    expect(apportion(half, { a: half + 1, b: half - 1 })).toEqual({ a: half / 2 + 1, b: half / 2 - 1 });
    const third = 3_002_399_751_580_330;
    expect(apportion(third, { a: third, b: third, c: third + 1 })).toEqual({
      a: 1_000_799_917_193_443,
      b: 1_000_799_917_193_443,
      c: 1_000_799_917_193_444,
    });
  });

  it('agrees with exact rationals, adds up, and never gives more than there is', () => {
    const grams = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 ** 50 }));
    const pools = fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), grams, {
      maxKeys: 7,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(pools, fc.double({ min: 0, max: 1, noNaN: true }), (pool: Pool, part) => {
        fc.pre(!Object.hasOwn(pool, '__proto__'));
        const amount = Math.floor(poolTotal(pool) * part);
        const shared = apportion(amount, pool);
        const exact = shareOut(BigInt(amount), new Map(Object.entries(pool).map(([key, held]) => [key, BigInt(held)])));
        expect(shared).toEqual(
          Object.fromEntries([...exact].filter(([, share]) => share > 0n).map(([key, share]) => [key, Number(share)])),
        );
        expect(poolTotal(shared)).toBe(amount);
        expect(Object.entries(shared).every(([key, share]) => share <= (pool[key] ?? 0))).toBe(true);
      }),
      runs(500),
    );
  });
});

describe('a key', () => {
  const site = 'https://id.gs1.org/414/9521321000017';
  it.each([
    ['AU/primary', { country: 'AU', class: 'primary' }],
    ['ZZ/undeclared', { country: 'ZZ', class: 'undeclared' }],
    ['ZZ/post-consumer', { country: 'ZZ', class: 'post-consumer' }],
    ['ZZ/post-consumer/toll', { country: 'ZZ', class: 'post-consumer', recycler: 'toll' }],
    [
      'JP/manufacturing-waste/maker/cathode/toll',
      { country: 'JP', class: 'manufacturing-waste', maker: { siteId: 'maker', process: 'cathode' }, recycler: 'toll' },
    ],
    [
      'JP/manufacturing-waste/maker/cathode/toll/returned',
      {
        country: 'JP',
        class: 'manufacturing-waste',
        maker: { siteId: 'maker', process: 'cathode' },
        recycler: 'toll',
        returned: true,
      },
    ],
  ] as const)('%s is read and written', (key, parts) => {
    expect(parseKey(key)).toEqual(parts);
    expect(formatKey(parts)).toBe(key);
  });

  it('tells sites apart whose ids have slashes, percent signs or its own words in them', () => {
    const ids = fc.constantFrom(site, 'returned', 'a/cathode/b', '50%', '50%2F', '%252F', 'a');
    fc.assert(
      fc.property(ids, ids, ids, fc.boolean(), (siteId, process, recycler, returned) => {
        const parts: KeyParts = {
          country: 'JP',
          class: 'manufacturing-waste',
          maker: { siteId, process },
          recycler,
          ...(returned ? { returned } : {}),
        };
        expect(parseKey(formatKey(parts))).toEqual(parts);
      }),
      runs(200),
    );
  });
});

describe('what the API shows of a composition', () => {
  const countryOf = (siteId: string): string | undefined => ({ toll: 'KR', works: 'US' })[siteId];

  it('sums over sites and processes, ascending by country, class and country of the recycler', () => {
    const cobalt = {
      'ZZ/post-consumer/works': 5_000,
      'ZZ/post-consumer': 1_000,
      'JP/manufacturing-waste/site-b/cell/toll': 3_000,
      'AU/primary': 70_000,
      'JP/manufacturing-waste/site-a/cathode/toll/returned': 2_000,
      'JP/manufacturing-waste/site-a/cathode/nowhere': 4_000,
      'ZZ/undeclared': 15_000,
    };
    expect(compositionSummary({ composition: { cobalt } }, countryOf)).toEqual({
      cobalt: [
        { country: 'AU', class: 'primary', milligrams: 70_000, grams: 70 },
        { country: 'JP', class: 'manufacturing-waste', recycledIn: 'KR', milligrams: 5_000, grams: 5 },
        { country: 'JP', class: 'manufacturing-waste', recycledIn: 'ZZ', milligrams: 4_000, grams: 4 },
        { country: 'ZZ', class: 'post-consumer', milligrams: 1_000, grams: 1 },
        { country: 'ZZ', class: 'post-consumer', recycledIn: 'US', milligrams: 5_000, grams: 5 },
        { country: 'ZZ', class: 'undeclared', milligrams: 15_000, grams: 15 },
      ],
    });
  });

  it('gives whole grams that add up to the content, the largest remainders rounded up', () => {
    const cobalt = { 'AU/primary': 1_400, 'CL/primary': 1_400, 'ZZ/undeclared': 200 };
    const grams = compositionSummary({ composition: { cobalt } }, countryOf).cobalt?.map((entry) => entry.grams);
    expect(grams).toEqual([2, 1, 0]);
  });
});
