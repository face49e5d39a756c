import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { LineKeys } from './line-keys.js';

const digestOf = (line: object): string => createHash('sha256').update(JSON.stringify(line)).digest('hex');
const LINES = [{ command: 'batches' }, { command: 'labels' }, { command: 'batches' }];
const keysOf = (lines: readonly object[]): string[] => {
  const keys = new LineKeys(digestOf);
  return lines.map((line) => keys.keyOf(line));
};

describe('keys of lines that have none', () => {
  it('are the same for the same file', () => {
    expect(keysOf(LINES)).toEqual(keysOf(LINES));
  });

  it('count how often a file has a line', () => {
    const [first, other, second] = keysOf(LINES);
    expect(first).toBe(`import:${digestOf(LINES[0]!).slice(0, 32)}:1`);
    expect(second).toBe(first!.replace(/1$/, '2'));
    expect(other).toMatch(/^import:[0-9a-f]{32}:1$/);
    expect(other).not.toBe(first);
  });
});
