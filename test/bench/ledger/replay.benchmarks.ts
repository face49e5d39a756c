import { type Bench, type Benchmark, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { compared, sideBySide } from '../harness/side-by-side.js';
import { generatedLedger } from './generated-ledger.js';

const REPLAY = benchProgram('ledger/replay.program.js');
const PROGRAMME = 'us-japan-cma-2023';

interface Replayed extends Measured {
  readonly digest: string;
  readonly peakMebibytes: number;
}

/** @throws Error when an earlier replay of the same log had a different result */
async function replayed(folder: string, digests: Set<string>): Promise<Replayed> {
  const report = await runProgram<Replayed>(REPLAY, { folder, programme: PROGRAMME });
  digests.add(report.digest);
  if (digests.size > 1) throw new Error(`two replays of one log have two digests: ${[...digests].join(' ')}`);
  return report;
}

export const replayVerified: Benchmark = {
  name: 'replay-verified',
  measures: 'Log → hash → fold → every batch judged by one programme, against reading and JSON.parse alone.',
  async run(bench) {
    const folder = await generatedLedger(bench, { events: bench.quick ? 20_000 : 300_000, seed: bench.seed });
    const digests = new Set<string>();
    return sideBySide(bench, {
      name: this.name,
      unit: 'events/s',
      ours: () => replayed(folder, digests),
      peers: [
        {
          peerName: 'better-sqlite3 and JSON.parse',
          target: '≥ 0.35',
          run: () => runProgram(benchProgram('ledger/read-log.program.js'), { folder }),
        },
      ],
    });
  },
};

export const memory: Benchmark = {
  name: 'memory',
  measures: 'Peak memory of a full replay of 10,000,000 events, against one of 100,000.',
  async run(bench) {
    const [many, few] = bench.quick ? [100_000, 10_000] : [10_000_000, 100_000];
    const large = await peaks(bench, many);
    const small = await peaks(bench, few);
    const peerName = `the same of ${few.toLocaleString('en-US')} events`;
    return [compared({ name: this.name, unit: 'MiB', peerName, target: '≤ 1.3' }, large, small)];
  },
};

async function peaks(bench: Bench, events: number): Promise<number[]> {
  const folder = await generatedLedger(bench, { events, seed: bench.seed });
  const digests = new Set<string>();
  const measured: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    measured.push((await replayed(folder, digests)).peakMebibytes);
    bench.note(`memory: ${events} events, round ${round + 1} of ${bench.rounds}`);
  }
  return measured;
}
