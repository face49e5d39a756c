import { describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NAMES = ['command-eventstoredb', 'ingest-eventstoredb', 'import-url', 'start-eventstoredb'];

interface Line {
  readonly name: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly ratio: number | null;
  readonly unit: string;
}

describe('the benchmarks on EventStoreDB, in their short form', () => {
  it('do the same work as their peers, with few calls a command', async () => {
    execFileSync('npx', ['swc', 'test', '-d', 'dist', '--quiet', '--ignore', '**/peers/**'], { cwd: ROOT });
    const options = ['--quick', '--rounds', '1', '--json'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', 'dist/test/bench/main.js', ...NAMES, ...options],
      { cwd: ROOT },
    );
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect([...new Set(lines.map(({ name }) => name))]).toEqual(NAMES);
    // How fast a crowded machine is says nothing; that every peer ran, and did as much, does.
    for (const { ratio } of lines) expect(ratio).toBeGreaterThan(0);
    const calls = new Map(
      lines.filter(({ unit }) => unit === 'calls/command').map(({ name, ours }) => [name, ours] as const),
    );
    // What the server does by the clock (a checkpoint a second) weighs more in so short a run.
    expect(calls.get('command-eventstoredb')).toBeLessThanOrEqual(2.3);
    expect(calls.get('ingest-eventstoredb')).toBeLessThanOrEqual(1.1);
  }, 600_000);
});
