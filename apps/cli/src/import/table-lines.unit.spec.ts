import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import Papa from 'papaparse';
import { NotATable } from '#vocabulary';
import { type FileLine } from './import-lines.js';
import { linesOfTable } from './table-lines.js';

const DEMONSTRATION = 'apps/cli/demonstration/demonstration.ndjson';

async function linesIn(text: string, cutAt = text.length): Promise<FileLine[]> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / cutAt) }, (_, index) =>
    bytes.subarray(index * cutAt, (index + 1) * cutAt),
  );
  const lines: FileLine[] = [];
  for await (const group of linesOfTable(Readable.from(chunks, { objectMode: false }))) lines.push(...group);
  return lines;
}

const shown = (line: FileLine): unknown =>
  'text' in line ? [line.number, JSON.parse(line.text)] : [line.number, line.problem.errors];

/** An empty list has no cell: left out of a command, it is recorded as empty. */
function withoutEmptyLists(_: string, value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

function cellsOf(value: unknown, at: string): [string, string][] {
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return [[at, value.join(';')]];
  if (typeof value !== 'object' || value === null) return [[at, String(value)]];
  const inside = Array.isArray(value)
    ? value.map((each, index) => [`${index + 1}`, each as unknown])
    : Object.entries(value);
  return inside.flatMap(([name, each]) => cellsOf(each, at === '' ? String(name) : `${at}.${String(name)}`));
}

describe('the lines of a table', () => {
  it('are those of the demonstration, whose commands fit rows, wherever the file is cut', async () => {
    const commands = readFileSync(DEMONSTRATION, 'utf8')
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line, withoutEmptyLists) as {
            command: string;
            body: Record<string, unknown>;
            signature?: unknown;
          },
      )
      .filter(({ command, body, signature }) => command !== 'corrections' && !body['withheld'] && !signature);
    const rows = commands.map(({ body, ...beside }) => new Map([...cellsOf(beside, ''), ...cellsOf(body, '')]));
    const header = [...new Set(rows.flatMap((row) => [...row.keys()]))];
    const table = Papa.unparse([header, ...rows.map((row) => header.map((name) => row.get(name) ?? ''))]);
    for (const cutAt of [4_096, 65_537]) {
      const lines = await linesIn(`\uFEFF${table}\r\n`, cutAt);
      expect(lines.map(({ number }) => number)).toEqual(commands.map((_, index) => index + 2));
      expect(lines.map((line) => ('text' in line ? (JSON.parse(line.text) as unknown) : line.problem.errors))).toEqual(
        commands,
      );
    }
    expect(commands.length).toBeGreaterThan(500);
  });

  it('keep the numbers of the rows, and say of each what cannot be read', async () => {
    const rows = [
      'command;site;batchId;grossGrams',
      ';;;',
      'consumptions;pit;b1;x',
      'consumptions;pit;b1;7',
      'labels;;b1;',
    ];
    expect((await linesIn(rows.join('\n'))).map(shown)).toEqual([
      [3, [{ path: 'grossGrams', code: 'malformed', message: 'must be whole grams, in digits only' }]],
      [4, { command: 'consumptions', site: 'pit', body: { batchId: 'b1', grossGrams: 7 } }],
      [5, [{ path: 'command', code: 'malformed', message: 'needs site in the same row' }]],
    ]);
  });

  it('end at a quote that nobody closed, which is said', async () => {
    const lines = await linesIn('command,site,batchId\nlabels,pit,b1\nlabels,pit,"b2\nlabels,pit,b3');
    expect(lines.map(shown)).toEqual([
      [2, { command: 'labels', site: 'pit', body: { batchId: 'b1' } }],
      [3, [{ path: '', code: 'malformed', message: expect.stringMatching(/quote/i) }]],
    ]);
  });

  it.each(['', 'batchId,site\nb1,pit', 'command,gramms\nlabels,1'])('are none in %j', async (text) => {
    await expect(linesIn(text)).rejects.toThrow(NotATable);
  });

  it('fail when the file cannot be read', async () => {
    const source = new Readable({ read: () => source.destroy(new Error('the disk is gone')) });
    const reading = async (): Promise<void> => {
      for await (const _ of linesOfTable(source)) expect(_).toBeUndefined();
    };
    await expect(reading()).rejects.toThrow('the disk is gone');
  });
});
