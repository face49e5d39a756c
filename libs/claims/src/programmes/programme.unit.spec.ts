import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseProgramme, type Programme } from './programme.js';
import { compareShare, formatShare, MILLION, parseShare } from './share.js';
import { runs } from '../../../../test/properties/runs.js';

const version = (id: string, number: string, published: string): Programme => ({
  id,
  version: number,
  title: id,
  published: `${published}T00:00:00.000Z`,
  source: 'https://example.org/',
  rules: [],
});

describe('choosing a programme', () => {
  const [one, two, three] = [
    version('p', '1', '2023-01-01'),
    version('p', '2', '2025-01-01'),
    version('p', '3', '2025-01-01'),
  ];
  const all = [three, one, two, version('q', '9', '2020-01-01')];
  it.each([
    ['p', '2026-01-01', three],
    ['p', '2025-01-01', three],
    ['p', '2024-12-31', one],
    ['p', '2022-12-31', undefined],
    ['p@2', '2022-12-31', two],
    ['p@4', '2026-01-01', undefined],
    ['x', '2026-01-01', undefined],
    ['p@', '2026-01-01', undefined],
  ])('%s as of %s', (reference, at, expected) => {
    expect(chooseProgramme(all, reference, `${at}T00:00:00.000Z`)).toBe(expected);
  });
});

describe('shares', () => {
  it.each([
    ['0', 0n],
    ['0.16', 160_000n],
    ['0.000001', 1n],
    ['1', MILLION],
    ['1.000000', MILLION],
  ])('%s is %s millionths', (text, millionths) => {
    expect(parseShare(text)).toBe(millionths);
  });

  it.each(['', '.5', '0.', '1.1', '2', '-0.1', '0.0000001', '1e-3', ' 0.1', '0,1', '00.1'])('%j is none', (text) => {
    expect(parseShare(text)).toBeUndefined();
  });

  it.each([
    [1n, 3n, '0.333333'],
    [2n, 3n, '0.666667'],
    [1n, 2_000_000n, '0.000000'],
    [3n, 2_000_000n, '0.000002'],
    [5n, 2_000_000n, '0.000002'],
    [1n, 1n, '1.000000'],
  ])('%s of %s is %s, half to even', (part, whole, text) => {
    expect(formatShare(part, whole)).toBe(text);
  });

  it('are rounded to the nearest, and compared exactly', () => {
    const whole = fc.bigInt({ min: 1n, max: 2n ** 53n });
    fc.assert(
      fc.property(
        whole,
        fc.bigInt({ min: 0n, max: 2n ** 53n }),
        fc.bigInt({ min: 0n, max: MILLION }),
        (total, some, asked) => {
          const part = some % (total + 1n);
          const rounded = parseShare(formatShare(part, total)) ?? -1n;
          const error = rounded * total - part * MILLION;
          expect((error < 0n ? -error : error) * 2n <= total).toBe(true);
          expect(compareShare(part, total, asked)).toBe(Math.sign(Number(part * MILLION - asked * total)));
        },
      ),
      runs(500),
    );
  });
});
