import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADMINISTRATOR_KEY } from './running-ledger.js';

export const ENTRY = fileURLToPath(new URL('../../dist/apps/cli/src/main.js', import.meta.url));
export const DEMONSTRATION = fileURLToPath(
  new URL('../../apps/cli/demonstration/demonstration.ndjson', import.meta.url),
);

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'lodebook-cli-'));
}

/** The real command as a separate process; `npm test` builds it first. */
export function lodebook(
  args: readonly string[],
  variables: Record<string, string> = {},
  entry = ENTRY,
): ChildProcessWithoutNullStreams {
  if (!existsSync(entry)) throw new Error('build first: npm run build');
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LODEBOOK_'));
  return spawn(process.execPath, [entry, ...args], {
    env: { ...Object.fromEntries(inherited), LODEBOOK_ADMIN_KEY: ADMINISTRATOR_KEY, LODEBOOK_PORT: '0', ...variables },
  });
}

export async function endOf(process: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  process.stdout.on('data', (chunk) => (stdout += String(chunk)));
  process.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const [code] = (await once(process, 'close')) as [number | null];
  return { code, stdout, stderr };
}

export function run(args: readonly string[], variables: Record<string, string> = {}, entry = ENTRY): Promise<Ended> {
  return endOf(lodebook(args, variables, entry));
}

export interface ServerProcess {
  readonly url: string;
  /** The operator's token, from the data folder. */
  readonly key: string;
  readonly output: () => string;
  /** Sends SIGTERM, or another signal, and waits for the exit. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The operator's token of the server that runs on a data folder. */
export function operatorKey(dataFolder: string): string {
  return (JSON.parse(readFileSync(join(dataFolder, 'server.json'), 'utf8')) as { token: string }).token;
}

/** Starts `lodebook serve`; resolves when it prints its address. */
export async function serverProcess(
  variables: Record<string, string>,
  args: readonly string[] = [],
  entry = ENTRY,
): Promise<ServerProcess> {
  const server = lodebook(['serve', ...args], variables, entry);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    server.stderr.on('data', (chunk) => (output += String(chunk)));
    server.stdout.on('data', (chunk) => {
      output += String(chunk);
      const found = /Lodebook is at\s+(\S+)[^]*Administrator\s+\S+/.exec(output);
      if (found) resolve(found[1]!);
    });
    server.once('close', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  return {
    url,
    key: operatorKey(variables['LODEBOOK_DATA']!),
    output: () => output,
    async stop(signal = 'SIGTERM') {
      const closed = once(server, 'close') as Promise<[number | null]>;
      server.kill(signal);
      return (await closed)[0];
    },
  };
}
