import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { gathered } from './gathered.js';
import { runs } from '../../../../test/properties/runs.js';

async function* inTurns(turns: readonly (readonly string[])[]): AsyncGenerator<string> {
  for (const texts of turns) {
    yield* texts;
    await turn();
    await turn();
  }
}

const all = async (texts: AsyncIterable<string>): Promise<string[]> => {
  const found: string[] = [];
  for await (const text of texts) found.push(text);
  return found;
};

describe('Gathered texts', () => {
  it('are those that came, in their order, a turn together', async () => {
    const turns = fc.array(fc.array(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(turns, async (texts) => {
        expect(await all(gathered(inTurns(texts)))).toEqual(texts.map((some) => some.join('')));
      }),
      runs(50),
    );
  });

  it('are handed over when they are many', async () => {
    const long = 'x'.repeat(40_000);
    expect(await all(gathered(inTurns([[long, long, long]])))).toEqual([long + long, long]);
  });

  it('end with the failure of their source, and end their source', async () => {
    let ended = false;
    const failing = async function* (): AsyncGenerator<string> {
      try {
        yield 'a';
        await turn();
        throw new Error('no more');
      } finally {
        ended = true;
      }
    };
    const texts = gathered(failing());
    expect(await texts.next()).toEqual({ done: false, value: 'a' });
    await expect(texts.next()).rejects.toThrow('no more');
    expect(ended).toBe(true);
  });

  it('left in the middle end their source', async () => {
    let ended = false;
    const source = async function* (): AsyncGenerator<string> {
      try {
        for (;;) {
          yield 'a';
          await turn();
        }
      } finally {
        ended = true;
      }
    };
    const texts = gathered(source());
    await texts.next();
    await texts.return(undefined);
    await turn();
    await turn();
    expect(ended).toBe(true);
  });
});
