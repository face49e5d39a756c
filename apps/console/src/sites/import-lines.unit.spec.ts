import { describe, expect, it } from '@jest/globals';
import { type Client } from '../api/client.js';
import { firstRowOf, readImportFile, TABLE_COMMANDS, Unreadable } from './import-file.js';
import { ImportKeys } from './import-keys.js';
import { importLines, type LineOutcome } from './import-lines.js';

const keys = (): ImportKeys => new ImportKeys('a b', new Uint8Array(32));
const sentIn = (name: string, text: string): unknown[] =>
  readImportFile(name, text).map((line) => (line.text === undefined ? line : (JSON.parse(line.text) as unknown)));

describe('an import file', () => {
  it('is sent in its order, in parts, and each line has its outcome', async () => {
    const lines = Array.from({ length: 250 }, (_, index) => JSON.stringify({ command: 'batches', body: { index } }));
    lines[120] = 'no json';
    const sent: string[][] = [];
    const client = {
      postLines: (path: string, part: readonly string[]) => {
        expect(path).toBe('/v1/sites/a%20b/commands');
        sent.push([...part]);
        const errors = [{ path: 'inputs[0].grossGrams', message: 'must be whole grams' }];
        const problem = { type: 'urn:lodebook:problem:invalid-request', detail: 'Not JSON.', errors };
        return Promise.resolve(part.map((line) => (line === 'no json' ? problem : { events: [] })));
      },
    } as unknown as Client;
    const outcomes: LineOutcome[] = [];
    const file = readImportFile('a.ndjson', lines.join('\n\n'));
    for await (const part of importLines(file, 'a b', client, keys())) outcomes.push(...part);
    expect(sent.map((part) => part.length)).toEqual([100, 100, 50]);
    expect(sent.flat().map((text) => text.replace(/,"idempotencyKey":"import:[0-9a-f]{32}:1"}$/, '}'))).toEqual(lines);
    expect(outcomes.map(({ line }) => line)).toEqual(lines.map((_, index) => 2 * index + 1));
    expect(outcomes.filter(({ problem }) => problem !== undefined)).toEqual([
      { line: 241, command: '–', problem: 'Not JSON. inputs.1.grossGrams must be whole grams (invalid-request)' },
    ]);
  });

  it('that is a table has a command a row, whatever stands between its cells', () => {
    const body = { batchId: 'b "1"', grossGrams: 700, occurredAt: '2026-01-01T08:00:00.000Z' };
    const expected = [{ command: 'consumptions', body }];
    const row = ['consumptions', '"b ""1"""', '700', '2026-01-01T08:00:00.000Z'];
    for (const between of [',', ';', '\t']) {
      const text = `\uFEFF${['command', 'batchId', 'grossGrams', 'occurredAt'].join(between)}\r\n${row.join(between)}\r\n${between.repeat(3)}\r\n`;
      expect(sentIn('a.csv', text)).toEqual(expected);
    }
  });

  it('that is a table sends no row that cannot be read, and says why by its number in the spreadsheet', async () => {
    const rows = [
      'command,batchId,grossGrams',
      'labels,b1,7',
      'melt,b1,',
      'consumptions,b1,"1,5"',
      'consumptions,b2,8',
    ];
    const sent: string[] = [];
    const client = {
      postLines: (_: string, part: readonly string[]) => Promise.resolve(part.map((line) => (sent.push(line), {}))),
    } as unknown as Client;
    const outcomes: LineOutcome[] = [];
    for await (const part of importLines(readImportFile('a.csv', rows.join('\n')), 'a', client, keys()))
      outcomes.push(...part);
    expect(outcomes.map(({ line, problem }) => [line, problem])).toEqual([
      [2, 'grossGrams this command has no such column (not sent)'],
      [3, expect.stringMatching(/^command must be one of assays, /)],
      [4, 'grossGrams must be whole grams, in digits only (not sent)'],
      [5, undefined],
    ]);
    expect(sent.map((text) => JSON.parse(text) as unknown)).toEqual([
      expect.objectContaining({ body: { batchId: 'b2', grossGrams: 8 } }),
    ]);
  });

  it.each([
    ['batchId,grossGrams\nb1,7', '“command”'],
    ['', '“command”'],
    ['command,gramms\nlabels,7', '“gramms”'],
    ['command,batchId\nlabels,"b1', 'Row 2'],
  ])('%j is no table', (text, why) => {
    expect(() => readImportFile('a.csv', text)).toThrow(Unreadable);
    expect(() => readImportFile('a.csv', text)).toThrow(why);
  });

  it('can be begun with the first row of each command', () => {
    expect([...TABLE_COMMANDS.keys()]).toEqual(expect.arrayContaining(['batches', 'receipts', 'transformations']));
    for (const command of TABLE_COMMANDS.keys()) expect(readImportFile('a.csv', firstRowOf(command))).toEqual([]);
  });
});

describe('the keys of lines that have none', () => {
  const line = '{"command":"labels","body":{"batchId":"b1"}}';
  const keyOf = (text: string): unknown => (JSON.parse(text) as Record<string, unknown>)['idempotencyKey'];

  it('are the same for the same file, and others for the same line a second time, at another site, by another secret', () => {
    const [first, second] = [keys(), keys()];
    const once = first.keyed(line);
    expect(keyOf(once)).toMatch(/^import:[0-9a-f]{32}:1$/);
    expect(second.keyed(line)).toBe(once);
    const others = [
      second.keyed(line),
      new ImportKeys('c', new Uint8Array(32)).keyed(line),
      new ImportKeys('a b', new Uint8Array(32).fill(1)).keyed(line),
    ];
    expect(new Set([once, ...others].map(keyOf)).size).toBe(4);
  });

  it('do not replace those that a line has, nor make a command of what is none', () => {
    for (const text of ['{"idempotencyKey":"k"}', 'no json', '[]', '"x"']) expect(keys().keyed(text)).toBe(text);
  });
});
