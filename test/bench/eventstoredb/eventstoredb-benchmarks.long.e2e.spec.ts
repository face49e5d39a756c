import { describe, expect, it } from '@jest/globals';
import { shortForms } from '../harness/short-form.js';

const NAMES = ['command-eventstoredb', 'ingest-eventstoredb', 'import-url', 'start-eventstoredb'];

describe('the benchmarks on EventStoreDB, in their short form', () => {
  it('do the same work as their peers, with few calls a command', async () => {
    const lines = await shortForms(NAMES);
    expect([...new Set(lines.map(({ name }) => name))]).toEqual(NAMES);
    for (const { ratio } of lines) expect(ratio).toBeGreaterThan(0);
    const calls = new Map(
      lines.filter(({ unit }) => unit === 'calls/command').map(({ name, ours }) => [name, ours] as const),
    );
    // What the server does by the clock (a checkpoint a second) weighs more in so short a run.
    expect(calls.get('command-eventstoredb')).toBeLessThanOrEqual(2.3);
    expect(calls.get('ingest-eventstoredb')).toBeLessThanOrEqual(1.1);
  }, 600_000);
});
