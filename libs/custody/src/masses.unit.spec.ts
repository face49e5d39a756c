import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_GRAMS } from '#vocabulary';
import { MINERALS, type ContentGrams } from './events.js';
import { isContentUnknown, takeContent, totalContentGrams, WEIGHING_TOLERANCE, withinTolerance } from './masses.js';
import { runs } from '../../../test/properties/runs.js';

const grams = fc.oneof(fc.nat(1000), fc.maxSafeNat());
const content = fc.record(Object.fromEntries(MINERALS.map((mineral) => [mineral, grams])), { requiredKeys: [] });

describe('takeContent', () => {
  it('takes the floor of the share and leaves the rest', () => {
    expect(takeContent({ cobalt: 10, nickel: 2 }, 1, 3)).toEqual({
      taken: { cobalt: 3, nickel: 0 },
      rest: { cobalt: 7, nickel: 2 },
    });
  });

  it('takes all of it when the whole batch is taken', () => {
    expect(takeContent({ cobalt: 10 }, 7, 7)).toEqual({ taken: { cobalt: 10 }, rest: { cobalt: 0 } });
  });

  it('keeps unknown content unknown', () => {
    expect(takeContent({}, 1, 2)).toEqual({ taken: {}, rest: {} });
  });

  it('does not take more than there is', () => {
    expect(() => takeContent({ cobalt: 1 }, 3, 2)).toThrow(RangeError);
  });

  it('is exact for masses of any size', () => {
    const whole = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: MAX_GRAMS }));
    const use = whole.chain((ofGrams) => fc.tuple(fc.integer({ min: 0, max: ofGrams }), fc.constant(ofGrams)));
    fc.assert(
      fc.property(content, use, (of: ContentGrams, [takenGrams, ofGrams]) => {
        const { taken, rest } = takeContent(of, takenGrams, ofGrams);
        for (const mineral of MINERALS) {
          const before = of[mineral];
          if (before === undefined) {
            expect([taken[mineral], rest[mineral]]).toEqual([undefined, undefined]);
            continue;
          }
          expect(BigInt(taken[mineral] ?? -1)).toBe((BigInt(before) * BigInt(takenGrams)) / BigInt(ofGrams));
          expect(BigInt(taken[mineral] ?? -1) + BigInt(rest[mineral] ?? -1)).toBe(BigInt(before));
        }
      }),
      runs(1000),
    );
  });
});

describe('withinTolerance', () => {
  it.each([
    [1005, 1000, true],
    [1006, 1000, false],
    [201, 200, true],
    [200, 199, false],
    [0, 0, true],
    [1, 0, false],
    [MAX_GRAMS, MAX_GRAMS, true],
  ])('%d g out of %d g: %s', (out, into, passes) => {
    expect(withinTolerance(out, into)).toBe(passes);
    expect(withinTolerance(out, into, WEIGHING_TOLERANCE)).toBe(passes);
  });
});

describe('content', () => {
  it('is unknown without any entry, and known to be nothing with 0 grams', () => {
    expect(isContentUnknown({})).toBe(true);
    expect(isContentUnknown({ lead: 0 })).toBe(false);
  });

  it('adds up beyond the safe integers', () => {
    expect(totalContentGrams({ cobalt: MAX_GRAMS, nickel: MAX_GRAMS })).toBe(2n * BigInt(MAX_GRAMS));
  });
});
