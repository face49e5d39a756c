import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { InMemoryLedger, type ImportLine } from './testing/in-memory-ledger.js';

const lines = readFileSync(fileURLToPath(new URL('./demonstration.ndjson', import.meta.url)), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as ImportLine);
const ledger = new InMemoryLedger('2026-11-01T00:00:00.000Z');
const refused = lines.flatMap((line) => {
  const refusal = ledger.record(line);
  return refusal === undefined ? [] : [{ key: line.idempotencyKey, ...refusal }];
});

describe('the demonstration chain', () => {
  it('is accepted line by line', () => {
    expect(refused).toEqual([]);
  });
});
