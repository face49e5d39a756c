import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A line of `npm run bench -- --json`. */
interface Line {
  readonly name: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly ratio: number | null;
  readonly unit: string;
}

/**
 * Runs benchmarks in their short form, one round each, from the build: for their correctness, since how fast a crowded
 * machine is says nothing.
 * @throws Error when one fails, e.g. because two sides did not do the same work
 */
export async function shortForms(names: readonly string[]): Promise<Line[]> {
  execFileSync('npx', ['swc', 'test', '-d', 'dist', '--quiet', '--ignore', '**/peers/**'], { cwd: ROOT });
  const options = ['--quick', '--rounds', '1', '--json'];
  const args = ['--no-warnings', 'dist/test/bench/main.js', ...names, ...options];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
