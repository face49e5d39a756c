import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './repository.js';

const ENTRY = join(REPOSITORY, 'dist/apps/cli/src/main.js');
/** From the start of the process to its greeting, on a busy machine and under strace: this is only to detect a hang. */
const LONGEST_START_MS = 180_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `lodebook serve` as a process of its own. */
export class LedgerProcess {
  readonly #child: ChildProcess;
  readonly #output: { stdout: string; stderr: string };

  private constructor(
    child: ChildProcess,
    output: { stdout: string; stderr: string },
    readonly url: string,
    /** The operator's, as the data folder has it: it may do everything. */
    readonly key: string,
    /** Settles when the process has ended, in whatever way. */
    readonly ended: Promise<Ended>,
  ) {
    this.#child = child;
    this.#output = output;
  }

  /**
   * @param under a command that runs the server given as its arguments in the same process: strace with `-D`
   * @throws Error with its last output when it ends before its greeting
   */
  static async start(
    folder: string,
    variables: Readonly<Record<string, string>> = {},
    under: readonly string[] = [],
  ): Promise<LedgerProcess> {
    const { child, output, ended } = begin(['serve'], folder, variables, under);
    const greeted = new Promise<string>((resolve) => {
      child.stdout!.on('data', () => {
        const url = /Lodebook is at\s+(\S+)[^]*Administrator\s+\S+/.exec(output.stdout)?.[1];
        if (url !== undefined) resolve(url);
      });
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_START_MS);
    const url = await Promise.race([greeted, ended]);
    clearTimeout(timer);
    if (typeof url === 'string') {
      const { token } = JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')) as { token: string };
      return new LedgerProcess(child, output, url, token, ended);
    }
    throw new DidNotStart(url);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** What it has logged so far. */
  get log(): string {
    return this.#output.stderr;
  }

  /** Stops it, by default as an operator would. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.#child.kill(signal);
    return this.ended;
  }
}

/** The server ended before it listened. */
export class DidNotStart extends Error {
  override readonly name = 'DidNotStart';
  constructor(readonly end: Ended) {
    super(`the server ended with ${end.signal ?? end.code} before it listened: ${end.stderr.slice(-2_000)}`);
  }
}

const running = new Set<ChildProcess>();

/** Stops every ledger process that is still running, so that a failed program leaves none behind. */
export function endAllLedgers(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Runs another `lodebook` command to its end. */
export function lodebook(
  args: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return begin(args, folder, variables, []).ended;
}

function begin(
  args: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>>,
  under: readonly string[],
): { child: ChildProcess; output: { stdout: string; stderr: string }; ended: Promise<Ended> } {
  if (!existsSync(ENTRY)) throw new Error('build first: npm run build');
  const [command, ...rest] = [...under, process.execPath, '--no-warnings', ENTRY, ...args];
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LODEBOOK_'));
  const child = spawn(command!, rest, {
    env: {
      ...Object.fromEntries(inherited),
      LODEBOOK_DATA: folder,
      LODEBOOK_PORT: '0',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  // A server under load logs a line for each request: only the last output is kept.
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (output.stderr = (output.stderr + text).slice(-200_000)));
  const ended = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    ...output,
  }));
  return { child, output, ended };
}
