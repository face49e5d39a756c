import { describe, expect, it } from '@jest/globals';
import { rankDeviation } from './rank-test.js';

const many = (from: number, step: number): number[] => Array.from({ length: 200 }, (_, index) => from + index * step);

describe('the rank test', () => {
  it('finds nothing between equal samples, and the same both ways', () => {
    expect(rankDeviation(many(0, 1), many(0, 1))).toBe(0);
    expect(rankDeviation(many(10, 1), many(0, 1))).toBeCloseTo(-rankDeviation(many(0, 1), many(10, 1)), 10);
  });

  it('finds a small shift, and is not misled by one outlier', () => {
    expect(rankDeviation(many(60, 1), many(0, 1))).toBeGreaterThan(6);
    expect(Math.abs(rankDeviation([...many(0, 1), 1e9], many(0, 1)))).toBeLessThan(1);
  });
});
