import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine, machineOf } from '../bench/harness/machine.js';
import { endAllLedgers } from './harness/ledger-process.js';
import { type EnduranceProgram, type Figures } from './harness/program.js';
import { REPOSITORY } from './harness/repository.js';
import { PROGRAMS } from './programs.js';

const USAGE = `Usage: npm run endurance [-- NAME… [--rounds N] [--short] [--seed S] [--json] [--folder FOLDER]]

Tries what the ledger promises, for as long as one likes. Exit 0: every promise was kept; 1: one was broken.

  --rounds N   of each program named; default: its long form
  --short      the short form, as the tests run it
  --seed S     of everything random but the moment a process is killed
  --json       a line of JSON for each program
  --folder     where the ledgers lie: the disk matters; default: the repository's own
  --help       this

${PROGRAMS.map(({ name, tries, round, rounds }) => `  ${name.padEnd(12)} ${tries}\n${' '.repeat(15)}a round: ${round}; ${rounds.short} short, ${rounds.long} long`).join('\n')}
`;

interface Options {
  readonly programs: readonly EnduranceProgram[];
  readonly rounds: number | undefined;
  readonly short: boolean;
  readonly seed: number;
  readonly json: boolean;
  readonly folder: string;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const options = read(process.argv.slice(2));
  if (options === undefined) return 0;
  if ('problem' in options) {
    process.stderr.write(`endurance: ${options.problem}\n\n${USAGE}`);
    return 2;
  }
  const root = await mkdtemp(join(options.folder, '.endurance-'));
  process.once('SIGINT', () => void rm(root, { recursive: true, force: true }).then(() => process.exit(1)));
  const outcomes: boolean[] = [];
  try {
    if (!options.json) process.stdout.write(`${describeMachine(machineOf(root))} · seed ${options.seed}\n`);
    for (const program of options.programs) outcomes.push(await run(program, options, root));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  return outcomes.every(Boolean) ? 0 : 1;
}

async function run(program: EnduranceProgram, options: Options, root: string): Promise<boolean> {
  const { name } = program;
  const missing = program.missing?.();
  if (missing !== undefined) {
    process.stderr.write(`${name}: not run: ${missing}\n`);
    return false;
  }
  const rounds = options.rounds ?? (options.short ? program.rounds.short : program.rounds.long);
  const began = performance.now();
  try {
    const figures = await program.run({
      rounds,
      seed: options.seed,
      folder: () => mkdtemp(join(root, `${name}-`)),
      note: (text) => void process.stderr.write(`  ${text}\n`),
    });
    tell(name, figures, Math.round((performance.now() - began) / 1_000), options);
    return true;
  } catch (error) {
    process.stderr.write(`${name}: ${wordsOfError(error)}\n`);
    return false;
  } finally {
    endAllLedgers();
  }
}

function tell(program: string, figures: Figures, seconds: number, { json, seed }: Options): void {
  if (json) process.stdout.write(`${JSON.stringify({ program, seed, seconds, ...figures })}\n`);
  else {
    const each = Object.entries(figures).map(([name, value]) => `${wordsOf(name)} ${value}`);
    process.stdout.write(`${program.padEnd(12)} ${each.join(', ')} (${seconds} s)\n`);
  }
}

/** Includes the cause of a property's failure. */
function wordsOfError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${wordsOfError(error.cause)}\n${own}`;
}

/** `unansweredAndRetried` → `unanswered and retried`. */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function read(args: string[]): Options | { problem: string } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        short: { type: 'boolean', default: false },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        folder: { type: 'string', default: REPOSITORY },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return undefined;
    }
    const unknown = positionals.find((name) => !PROGRAMS.some((program) => program.name === name));
    if (unknown !== undefined) return { problem: `there is no program ${unknown}` };
    const numbers = [values.rounds, values.seed].filter((text) => text !== undefined);
    if (numbers.some((text) => !/^\d{1,9}$/.test(text))) return { problem: '--rounds and --seed take a whole number' };
    return {
      programs: PROGRAMS.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
      rounds: values.rounds === undefined ? undefined : Number(values.rounds),
      short: values.short,
      seed: Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000)),
      json: values.json,
      folder: values.folder,
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
