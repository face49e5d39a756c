import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Allowance } from './allowance.js';
import { runs } from '../../../../test/properties/runs.js';

describe('an allowance', () => {
  it('lets a minute’s worth through at once, then one as each becomes due', () => {
    let now = 0;
    const allowance = new Allowance('principal', 60, () => now);
    for (let request = 0; request < 60; request++) expect(allowance.take('a')).toBeUndefined();
    expect(allowance.take('a')).toEqual({ policy: 'principal', perMinute: 60, retryAfterSeconds: 1 });
    expect(allowance.take('b')).toBeUndefined();
    now = 999;
    expect(allowance.take('a')).toBeDefined();
    now = 1_000;
    expect(allowance.take('a')).toBeUndefined();
    expect(allowance.take('a')).toBeDefined();
  });

  it('is whole again after a minute of rest', () => {
    let now = 0;
    const allowance = new Allowance('address', 5, () => now);
    while (allowance.take('a') === undefined);
    now = 60_000;
    let taken = 0;
    while (allowance.take('a') === undefined) taken++;
    expect(taken).toBe(5);
  });

  it('looks without taking', () => {
    const allowance = new Allowance('failed-authentication', 1, () => 0);
    expect(allowance.look('a')).toBeUndefined();
    expect(allowance.look('a')).toBeUndefined();
    expect(allowance.take('a')).toBeUndefined();
    expect(allowance.look('a')).toBeDefined();
  });

  it('lets everything through when it is 0', () => {
    const allowance = new Allowance('principal', 0, () => 0);
    for (let request = 0; request < 1_000; request++) expect(allowance.take('a')).toBeUndefined();
  });

  it('never lets more through in any minute than twice its number, and tells when the next may come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 }),
        (perMinute, pauses) => {
          let now = 0;
          const allowance = new Allowance('principal', perMinute, () => now);
          const taken: number[] = [];
          for (const pause of pauses) {
            now += pause;
            const refused = allowance.take('a');
            if (refused === undefined) taken.push(now);
            else {
              now += refused.retryAfterSeconds * 1_000;
              expect(allowance.take('a')).toBeUndefined();
              taken.push(now);
            }
            expect(taken.filter((at) => at > now - 60_000).length).toBeLessThanOrEqual(2 * perMinute);
          }
        },
      ),
      runs(100),
    );
  });
});
