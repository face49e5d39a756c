import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lineGroupsOf, linesOf, LONGEST_LINE, type Line } from './command-lines.js';

async function* cut(bytes: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

const all = async (bytes: Uint8Array, places: readonly number[] = []): Promise<string[]> => {
  const found: string[] = [];
  for await (const line of linesOf(cut(bytes, places))) found.push(shown(line));
  return found;
};
const shown = (line: Line): string => ('text' in line ? line.text : line.problem.code);

describe('The lines of a stream', () => {
  it('are the same wherever it is cut', async () => {
    const text = fc.stringMatching(/^[a-zé漢😀 \t]{0,6}$/u);
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 8 }),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 6 }),
        async (lines, ended, places) => {
          const bytes = Buffer.from(lines.join('\n') + (ended ? '\n' : ''));
          const expected = lines.map((line) => line.trim()).filter((line) => line !== '');
          expect(await all(bytes, places)).toEqual(expected);
        },
      ),
    );
  });

  it('that are no UTF-8 are told by themselves, and the stream goes on behind them', async () => {
    const bytes = Buffer.concat([
      Buffer.from('one\n'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from('two\r\n\n'),
      Buffer.from([0xc3]),
    ]);
    for (let place = 0; place <= bytes.length; place++) {
      expect(await all(bytes, [place])).toEqual(['one', 'invalid-request', 'two', 'invalid-request']);
    }
  });

  it('may have so many bytes and no more', async () => {
    const line = (length: number): string => 'x'.repeat(length);
    const bytes = Buffer.from(`${line(LONGEST_LINE)}\n${line(LONGEST_LINE + 1)}\nlast`);
    for (const places of [[], [10], [LONGEST_LINE + 5], [1, LONGEST_LINE + 1, 2 * LONGEST_LINE]]) {
      const found = await all(bytes, places);
      expect(found.map((text) => (text.length === LONGEST_LINE ? 'longest' : text))).toEqual([
        'longest',
        'too-large',
        'last',
      ]);
    }
  });

  it('that end in one chunk come together', async () => {
    const groups: string[][] = [];
    for await (const lines of lineGroupsOf(cut(Buffer.from('a\nb\nc\nd'), [3]))) groups.push(lines.map(shown));
    expect(groups).toEqual([['a'], ['b', 'c'], ['d']]);
  });
});
