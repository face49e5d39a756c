import { describe, expect, it } from '@jest/globals';
import { BENCHMARKS } from './benchmarks.js';
import { shortForms } from './harness/short-form.js';

/** Their peers have to be installed first, from the network. */
const NEED_PEERS = ['append-concurrent', 'append-bulk'];
/** They have tests of their own. */
const TESTED_ELSEWHERE = [
  ...['command-eventstoredb', 'ingest-eventstoredb', 'import-url', 'start-eventstoredb'],
  ...['blend', 'blend-revoke', 'stall', 'blend-year', 'chain-claims', 'wide'],
];

describe('the other benchmarks, in their short form', () => {
  it('do the same work as their peers', async () => {
    const apart = new Set([...NEED_PEERS, ...TESTED_ELSEWHERE]);
    const names = BENCHMARKS.map(({ name }) => name).filter((name) => !apart.has(name));
    const lines = await shortForms(names);
    expect([...new Set(lines.map(({ name }) => name))]).toEqual(names);
    for (const { ratio } of lines) expect(ratio).toBeGreaterThan(0);
  }, 900_000);
});
