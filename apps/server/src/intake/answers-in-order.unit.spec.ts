import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { AnswersInOrder } from './answers-in-order.js';
import { runs } from '../../../../test/properties/runs.js';

async function all(answers: AnswersInOrder<number>): Promise<number[]> {
  const taken: number[] = [];
  for await (const some of answers.taken()) taken.push(...some);
  return taken;
}

describe('Answers', () => {
  it('are taken in the order in which they were asked for, whenever they come', async () => {
    const delays = fc.array(fc.nat({ max: 4 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(delays, async (turns) => {
        const answers = new AnswersInOrder<number>(1_000, 1_000);
        const taking = all(answers);
        const answering = turns.map(async (count, index) => {
          const answer = answers.open(1);
          for (let at = 0; at < count; at++) await turn();
          answer(index);
        });
        answers.end();
        await Promise.all(answering);
        expect(await taking).toEqual(turns.map((_, index) => index));
      }),
      runs(50),
    );
  });

  it('of one turn are taken together', async () => {
    const answers = new AnswersInOrder<number>(10, 10);
    const [first, second, third] = [answers.open(1), answers.open(1), answers.open(1)];
    const taken = answers.taken();
    const next = taken.next();
    second(2);
    first(1);
    expect(await next).toEqual({ done: false, value: [1, 2] });
    third(3);
    expect(await taken.next()).toEqual({ done: false, value: [3] });
  });

  it('make room when they are taken, and for bytes when they come', async () => {
    const answers = new AnswersInOrder<number>(3, 10);
    const taken = answers.taken();
    expect(answers.hasRoom(99)).toBe(true); // alone
    const first = answers.open(9);
    expect(answers.hasRoom(2)).toBe(false);
    let hasRoom = false;
    const room = answers.room(2).then(() => (hasRoom = true));
    await turn();
    expect(hasRoom).toBe(false);
    first(1);
    await room;
    answers.open(2)(2);
    answers.open(2)(3);
    expect(answers.hasRoom(0)).toBe(false);
    await taken.next();
    expect(answers.hasRoom(0)).toBe(true);
  });

  it('that nobody takes hold up nobody', async () => {
    const answers = new AnswersInOrder<number>(1, 10);
    const answer = answers.open(1);
    const room = answers.room(1);
    answers.abandon();
    await room;
    expect(answers.abandoned).toBe(true);
    answer(1);
  });

  it('end with the failure of who asked, behind those that are there', async () => {
    const answers = new AnswersInOrder<number>(10, 10);
    answers.open(1)(1);
    answers.fail(new Error('no more questions'));
    const taken = answers.taken();
    expect((await taken.next()).value).toEqual([1]);
    await expect(taken.next()).rejects.toThrow('no more questions');
  });
});
