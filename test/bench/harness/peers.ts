import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bench } from './benchmark.js';
import { peerFolder } from './repository.js';

const LONGEST_INSTALL_MS = 20 * 60_000;

/**
 * A peer's program, installed from its lockfile the first time it is wanted: its dependencies would conflict with ours.
 * @throws Error when it cannot be installed
 */
export async function peerProgram(bench: Bench, peer: string, file: string): Promise<URL> {
  const folder = peerFolder(peer);
  if (!existsSync(new URL('node_modules/', folder))) {
    bench.note(`installing ${peer}, once; a native module may have to be compiled`);
    const cwd = fileURLToPath(folder);
    await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund'], { cwd, timeout: LONGEST_INSTALL_MS });
  }
  return new URL(file, folder);
}
