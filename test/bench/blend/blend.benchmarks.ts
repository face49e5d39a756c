import { type Bench, type Benchmark, type Comparison } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { compared, median } from '../harness/side-by-side.js';
import { type BlendDay } from './blended.js';

/** Longest gap of an event loop that nobody notices, milliseconds. */
const LONGEST_GAP_MS = 200;

/** A run measures for all three: whichever is asked for next takes what the first has found. */
const runs = new WeakMap<Bench, Promise<BlendDay[][]>>();

function measured(bench: Bench): Promise<BlendDay[][]> {
  let known = runs.get(bench);
  if (known === undefined) runs.set(bench, (known = run(bench)));
  return known;
}

async function run(bench: Bench): Promise<BlendDay[][]> {
  const suppliers = bench.quick ? 60 : 1_000;
  const days = bench.quick ? [3, 15] : [10, 100];
  const rounds: BlendDay[][] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const spec = { folder: await bench.folder(), suppliers, log: 'memory', copied: 'thread', days };
    const answer = await runProgram<{ days: BlendDay[] }>(benchProgram('blend/blend.program.js'), spec, bench.note);
    requireBroken(answer.days);
    rounds.push(answer.days);
    bench.note(`blend: round ${round + 1} of ${bench.rounds}`);
  }
  return rounds;
}

/** A supplier's lots, and of every day the blend and what it became in two steps. */
function requireBroken(days: readonly BlendDay[]): void {
  for (const { day, broken } of days) {
    if (broken !== 4 * day) throw new Error(`${broken} batches broke on day ${day}, not ${4 * day}`);
  }
}

/** A figure of the last day over the same of the first, round by round. */
async function overDays(
  bench: Bench,
  line: Pick<Comparison, 'name' | 'unit' | 'target'>,
  figureOf: (day: BlendDay) => number,
): Promise<Comparison[]> {
  const rounds = await measured(bench);
  const first = rounds.map((days) => days[0]!);
  const last = rounds.map((days) => days.at(-1)!);
  const peerName = `day ${first[0]!.day} instead of day ${last[0]!.day}`;
  return [compared({ ...line, peerName }, last.map(figureOf), first.map(figureOf))];
}

export const blend: Benchmark = {
  name: 'blend',
  measures:
    'A refinery that blends a lot of each supplier every day: from a label to its verdict, late against early on.',
  run(bench) {
    return overDays(bench, { name: this.name, unit: 'ms', target: '≤ 1.3' }, ({ labelMs }) => median(labelMs));
  },
};

export const blendRevoke: Benchmark = {
  name: 'blend-revoke',
  measures:
    'The same: processor time for each batch judged anew when a supplier loses its cover from the first day on.',
  run(bench) {
    const line = { name: this.name, unit: 'ms/batch', target: '≤ 1.5' };
    return overDays(bench, line, ({ revokeCpuMs, broken }) => median(revokeCpuMs) / broken);
  },
};

export const blendYear: Benchmark = {
  name: 'blend-year',
  measures:
    'A year of the same is judged, and what a revocation from the first day on concerns: memory of the process then, against early on.',
  async run(bench) {
    const suppliers = bench.quick ? 60 : 1_000;
    const [early, late] = bench.quick ? [5, 30] : [30, 365];
    const memory: number[][] = [];
    for (let round = 0; round < bench.rounds; round++) {
      const folder = await bench.folder();
      const spec = { folder, suppliers, log: 'disk', copied: 'thread', days: [early, late], revocations: 1 };
      const { days } = await runProgram<{ days: BlendDay[] }>(benchProgram('blend/blend.program.js'), spec, bench.note);
      requireBroken(days);
      memory.push(days.map(({ memoryMb }) => memoryMb));
      bench.note(`${this.name}: round ${round + 1} of ${bench.rounds}`);
    }
    const line = { name: this.name, unit: 'MiB', target: '≤ 2', peerName: `day ${early} instead of day ${late}` };
    return [
      compared(
        line,
        memory.map((days) => days[1]!),
        memory.map((days) => days[0]!),
      ),
    ];
  },
};

export const stall: Benchmark = {
  name: 'stall',
  measures: 'The longest gap of the event loop of the process that does all of that, against one that nobody notices.',
  async run(bench) {
    const rounds = await measured(bench);
    const longest = rounds.map((days) => Math.max(...days.map(({ longestGapMs }) => longestGapMs)));
    const line = { name: this.name, unit: 'ms', target: '≤ 1', peerName: 'a gap of 200 ms' };
    const unnoticed = longest.map(() => LONGEST_GAP_MS);
    return [compared(line, longest, unnoticed)];
  },
};
