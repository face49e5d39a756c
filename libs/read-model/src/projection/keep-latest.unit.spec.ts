import { describe, expect, it } from '@jest/globals';
import { keepLatest, keepLatestByWeight } from './keep-latest.js';

const kept = (weights: Record<string, number>, most: number): string[] => {
  const nodes = new Map(Object.entries(weights));
  keepLatestByWeight(nodes, most, (weight) => weight);
  return [...nodes.keys()];
};

describe('What is kept of nodes', () => {
  it('is the last of them, by what they weigh', () => {
    expect(kept({ a: 1, b: 1, c: 1 }, 3)).toEqual(['a', 'b', 'c']);
    expect(kept({ a: 1, b: 1, c: 1 }, 2)).toEqual(['b', 'c']);
    expect(kept({ a: 1_000, b: 1, c: 1 }, 1_001)).toEqual(['b', 'c']);
    expect(kept({ a: 1, b: 1, c: 1_000 }, 500)).toEqual(['c']);
  });

  it('is a number of them where none weighs more than another', () => {
    const nodes = new Map([
      ['a', {}],
      ['b', {}],
      ['c', {}],
    ]);
    keepLatest(nodes, 2);
    expect([...nodes.keys()]).toEqual(['b', 'c']);
  });
});
