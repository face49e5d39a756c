import { readFileSync } from 'node:fs';
import { type ImportLine } from './in-memory-ledger.js';

/** The lines of the demonstration chain, in the order of the file. */
export function readDemonstration(): ImportLine[] {
  const text = readFileSync(new URL('../demonstration.ndjson', import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ImportLine);
}
