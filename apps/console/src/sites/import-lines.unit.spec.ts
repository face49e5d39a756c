import { describe, expect, it } from '@jest/globals';
import { type Client } from '../api/client.js';
import { importLines, type LineOutcome } from './import-lines.js';

describe('an import file', () => {
  it('is sent in its order, in parts, and each line has its outcome', async () => {
    const lines = Array.from({ length: 250 }, (_, index) => JSON.stringify({ command: 'batches', body: { index } }));
    lines[120] = 'no json';
    const sent: number[] = [];
    const client = {
      postLines: (path: string, part: readonly string[]) => {
        expect(path).toBe('/v1/sites/a%20b/commands');
        sent.push(part.length);
        const problem = { type: 'urn:lodebook:problem:invalid-request', detail: 'Not JSON.' };
        return Promise.resolve(part.map((line) => (line === 'no json' ? problem : { events: [] })));
      },
    } as unknown as Client;
    const outcomes: LineOutcome[] = [];
    for await (const part of importLines(lines, 'a b', client)) outcomes.push(...part);
    expect(sent).toEqual([100, 100, 50]);
    expect(outcomes.map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
    expect(outcomes.filter(({ problem }) => problem !== undefined)).toEqual([
      { line: 121, command: '–', problem: 'Not JSON. (invalid-request)' },
    ]);
  });
});
