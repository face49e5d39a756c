import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { forgetOldest } from './forget-oldest.js';

const KEPT = 4;

describe('Forgetting the oldest', () => {
  it('forgets what was added, or added again, longest ago, however much was forgotten before', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 }), { maxLength: 200 }), (keys) => {
        const map = new Map<number, string>();
        let naive: number[] = [];
        for (const key of keys) {
          map.delete(key);
          map.set(key, String(key));
          naive = [...naive.filter((other) => other !== key), key];
          if (map.size > KEPT) forgetOldest(map);
          naive = naive.slice(-KEPT);
          expect([...map.keys()]).toEqual(naive);
        }
      }),
    );
  });

  it('leaves an empty map empty, goes on when something is added, and keeps maps apart', () => {
    const map = new Map<number, string>();
    const other = new Map([[9, 'i']]);
    forgetOldest(map);
    expect(map.size).toBe(0);
    map.set(1, 'a').set(2, 'b');
    forgetOldest(map);
    expect([...map.keys()]).toEqual([2]);
    expect(other.size).toBe(1);
  });
});
