import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { retryDelay } from './retry-delay.js';
import { Rounds } from './rounds.js';

const BRIEF = { firstMs: 1, longestMs: 2 };
const LONG_MS = 60_000;

describe('Rounds', () => {
  it('work one after the other until they are stopped, and not after', async () => {
    let done = 0;
    const rounds = new Rounds({ round: () => Promise.resolve(++done < 5 ? 0 : LONG_MS) });
    rounds.start();
    expect(rounds.running).toBe(true);
    while (done < 5) await nextTurn();
    await rounds.stop();
    expect([done, rounds.running]).toEqual([5, false]);
  });

  it('sleep as long as a round says, unless they are woken', async () => {
    let done = 0;
    const rounds = new Rounds({ round: () => Promise.resolve(++done * LONG_MS) });
    rounds.start();
    while (done < 1) await nextTurn();
    rounds.wake();
    while (done < 2) await nextTurn();
    await rounds.stop();
    expect(done).toBe(2);
  });

  it('try again after a failure, and count failures from the last success', async () => {
    const told: [string, number, boolean][] = [];
    const outcomes = ['a', 'b', undefined, 'c', undefined];
    const rounds: Rounds = new Rounds({
      round: () => {
        if (outcomes.length === 0) return Promise.resolve(LONG_MS);
        const failure = outcomes.shift();
        return failure === undefined ? Promise.resolve(0) : Promise.reject(new Error(failure));
      },
      onError: (error, attempt) => told.push([(error as Error).message, attempt, rounds.running]),
      backOff: BRIEF,
    });
    rounds.start();
    while (outcomes.length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await nextTurn();
    expect(rounds.running).toBe(true);
    await rounds.stop();
    expect(told).toEqual([
      ['a', 1, false],
      ['b', 2, false],
      ['c', 1, false],
    ]);
  });

  it('count a failure after some success within the round as the first', async () => {
    const attempts: number[] = [];
    let tries = 0;
    const rounds: Rounds = new Rounds({
      round: () => {
        if (++tries > 3) return Promise.resolve(LONG_MS);
        rounds.succeeded();
        return Promise.reject(new Error('then it failed'));
      },
      onError: (_error, attempt) => attempts.push(attempt),
      backOff: BRIEF,
    });
    rounds.start();
    while (tries <= 3) await new Promise((resolve) => setTimeout(resolve, 1));
    await rounds.stop();
    expect(attempts).toEqual([1, 1, 1]);
  });

  it('end with a failure that nothing mends, and are told of no other', async () => {
    const told: unknown[] = [];
    let ended = 0;
    const rounds = new Rounds({
      round: () => Promise.reject(new RangeError('for good')),
      endsWith: (error) => {
        ended++;
        return error instanceof RangeError;
      },
      onError: (error) => told.push(error),
      backOff: BRIEF,
    });
    rounds.start();
    await nextTurn();
    await rounds.stop();
    expect([ended, told]).toEqual([1, []]);
  });

  it('do not wait for the end of a back-off when they are stopped', async () => {
    let failures = 0;
    const rounds = new Rounds({
      round: () => Promise.reject(new Error('again')),
      onError: () => failures++,
      backOff: { firstMs: LONG_MS, longestMs: LONG_MS },
    });
    rounds.start();
    while (failures === 0) await nextTurn();
    await rounds.stop();
    expect(failures).toBe(1);
  });

  it('can be started again', async () => {
    let done = 0;
    const rounds = new Rounds({ round: () => Promise.resolve(++done * LONG_MS) });
    for (const round of [1, 2]) {
      rounds.start();
      while (done < round) await nextTurn();
      await rounds.stop();
    }
    expect(done).toBe(2);
  });
});

describe('retryDelay', () => {
  it('doubles up to the longest', () => {
    const backOff = { firstMs: 50, longestMs: 300 };
    expect([1, 2, 3, 4, 40].map((attempt) => retryDelay(attempt, backOff))).toEqual([50, 100, 200, 300, 300]);
  });
});
