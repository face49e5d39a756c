import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks.js';
import { type Bench, type Benchmark, type Comparison } from './harness/benchmark.js';
import { machineOf } from './harness/machine.js';
import { jsonLine, markdown, table } from './harness/report.js';
import { REPOSITORY } from './harness/repository.js';
import { profileServersInto } from './harness/server-process.js';
import { ROUNDS } from './harness/side-by-side.js';

const SEED = 20_230_328;

const USAGE = `Usage: npm run bench -- [NAME…] [--quick] [--rounds N] [--json | --markdown] [--folder FOLDER] [--profile FOLDER]

Measures this ledger side by side with its peers: medians of 5 rounds, with the least and the largest ratio.

  --quick      smaller sizes, for a look; figures to quote come without it
  --rounds     of each comparison; figures to quote come with 5, the default
  --json       a line of JSON for each comparison
  --markdown   the table of docs/performance.md
  --folder     where to measure: the disk matters; default: the repository's own
  --profile    where each thread of the servers measured leaves its processor profile (*.cpuprofile); no figure to quote
  --help       this

${BENCHMARKS.map(({ name, measures }) => `  ${name.padEnd(18)} ${measures}`).join('\n')}
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = read(process.argv.slice(2));
  if ('problem' in options) {
    process.stderr.write(`bench: ${options.problem}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (options.profile !== undefined) profileServersInto(options.profile);
  const root = await mkdtemp(join(options.folder ?? fileURLToPath(REPOSITORY), '.bench-'));
  process.once('SIGINT', () => void rm(root, { recursive: true, force: true }).then(() => process.exit(1)));
  const bench: Bench = {
    quick: options.quick,
    seed: SEED,
    rounds: options.rounds,
    folder: () => mkdtemp(join(root, 'run-')),
    note: (text) => void process.stderr.write(`${text}\n`),
  };
  try {
    return await runAll(bench, options.benchmarks, options.format, root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function runAll(bench: Bench, benchmarks: readonly Benchmark[], format: Format, root: string): Promise<number> {
  const machine = machineOf(root);
  const lines: Comparison[] = [];
  let failed = 0;
  for (const benchmark of benchmarks) {
    try {
      for (const line of await benchmark.run(bench)) {
        lines.push(line);
        if (format === 'json') process.stdout.write(`${jsonLine(line)}\n`);
      }
    } catch (error) {
      failed++;
      bench.note(
        `${benchmark.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }
  if (format === 'table') process.stdout.write(`${table(lines, machine)}\n`);
  if (format === 'markdown') process.stdout.write(`${markdown(lines, machine)}\n`);
  if (format === 'json') bench.note(JSON.stringify(machine));
  return failed === 0 ? 0 : 1;
}

type Format = 'table' | 'json' | 'markdown';
interface Options {
  readonly benchmarks: readonly Benchmark[];
  readonly quick: boolean;
  readonly rounds: number;
  readonly format: Format;
  readonly folder?: string | undefined;
  readonly profile?: string | undefined;
  readonly help: boolean;
}

function read(args: string[]): Options | { problem: string } {
  try {
    const flag = { type: 'boolean' } as const;
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: flag,
        rounds: { type: 'string', default: String(ROUNDS) },
        json: flag,
        markdown: flag,
        folder: { type: 'string' },
        profile: { type: 'string' },
        help: flag,
      },
    });
    const unknown = positionals.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
    if (unknown !== undefined) return { problem: `there is no benchmark ${unknown}` };
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) return { problem: `--rounds ${values.rounds} is not a number from 1` };
    return {
      benchmarks: BENCHMARKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
      quick: values.quick === true,
      rounds,
      format: values.json ? 'json' : values.markdown ? 'markdown' : 'table',
      folder: values.folder,
      profile: values.profile,
      help: values.help === true,
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
