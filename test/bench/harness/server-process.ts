import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { REPOSITORY } from './repository.js';

/** How much of the log is shown when a server does not start, in characters. */
const LAST_WORDS = 2_000;

/** What a server logs then. */
const COMPARED = '"the log was compared with what was signed"';
const LOOKED_EVERY_MS = 100;

export interface ServerProcess {
  readonly url: string;
  /** Stops it as an operator would, and waits until everything is on disk. */
  stop(): Promise<void>;
}

export interface Lodebook extends ServerProcess {
  /** The operator's, as the data folder has it: it may record at every site. */
  readonly key: string;
}

let profiling: readonly string[] = [];

/** Makes servers started from now on write a CPU profile of each thread into a folder when they end. */
export function profileServersInto(folder: string): void {
  profiling = ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`];
}

/**
 * `lodebook serve` on a data folder, as a process, started as `npm start` does, configured as it comes; its log goes into a file beside the data.
 * @param others variables, e.g. another event store
 */
export async function startLodebook(dataFolder: string, others: Record<string, string> = {}): Promise<Lodebook> {
  const main = fileURLToPath(new URL('dist/apps/cli/src/main.js', REPOSITORY));
  const variables = { LODEBOOK_DATA: dataFolder, LODEBOOK_PORT: '0', ...others };
  const server = await startServer(
    ['--max-semi-space-size=64', main, 'serve'],
    join(dataFolder, 'server.log'),
    variables,
  );
  const { token } = JSON.parse(readFileSync(join(dataFolder, 'server.json'), 'utf8')) as { token: string };
  return { ...server, key: token };
}

/**
 * Starts a server that prints the address it listens on at the end of a line on stdout.
 * @throws Error when it ends before that
 */
export async function startServer(
  args: readonly string[],
  logFile: string,
  variables: Record<string, string> = {},
): Promise<ServerProcess> {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--no-warnings', ...profiling, ...args], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  const url = await addressOf(child, logFile);
  child.stdout!.resume();
  return {
    url,
    stop: async () => {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function addressOf(child: ChildProcess, logFile: string): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const address = /(http:\/\/\S+)$/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`the server ended before it listened: ${readFileSync(logFile, 'utf8').slice(-LAST_WORDS)}`);
}

/** Waits until the read model has a position. @throws Error when it does not within that time */
export async function awaitReadModel({ url, key }: Lodebook, position: bigint, longestMs: number): Promise<void> {
  const until = Date.now() + longestMs;
  for (;;) {
    const answer = await fetch(`${url}/v1/batches?limit=1`, {
      headers: { authorization: `Bearer ${key}`, 'ledger-position': String(position) },
    });
    await answer.arrayBuffer();
    if (answer.ok) return;
    if (answer.status !== 503 || Date.now() > until) throw new Error(`the read model answers ${answer.status}`);
  }
}

/**
 * Waits until a server has compared its log with what was signed: it reads a long log after it has begun to serve, and one
 * processor is busy with it. @throws Error when it has not within that time
 */
export async function awaitComparison(dataFolder: string, longestMs: number): Promise<void> {
  const until = Date.now() + longestMs;
  while (!readFileSync(join(dataFolder, 'server.log'), 'utf8').includes(COMPARED)) {
    if (Date.now() > until) throw new Error(`the log in ${dataFolder} has not been read through`);
    await setTimeout(LOOKED_EVERY_MS);
  }
}
