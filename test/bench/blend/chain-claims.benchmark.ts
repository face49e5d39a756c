import { type Bench, type Benchmark, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { median, sideBySide } from '../harness/side-by-side.js';

const PROGRAM = benchProgram('blend/claims-of-chain.program.js');
/** Answers measured, and as many before them to warm up. */
const TIMES = 200;

export const chainClaims: Benchmark = {
  name: 'chain-claims',
  measures: 'Claims as of now without reasons, of the last batch of a chain of 100,000, against one of 100.',
  async run(bench) {
    const [deep, shallow] = bench.quick ? [2_000, 100] : [100_000, 100];
    const [ours, theirs] = [await filled(bench, deep), await filled(bench, shallow)];
    return sideBySide(bench, {
      name: this.name,
      unit: 'ms',
      ours,
      peers: [{ peerName: `a chain of ${shallow}`, target: '≤ 2', run: theirs }],
    });
  },
};

/** A chain that is recorded and judged, to be asked about. */
async function filled(bench: Bench, batches: number): Promise<() => Promise<Measured>> {
  const folder = await bench.folder();
  await runProgram<object>(PROGRAM, { folder, batches, filled: false, times: 0 }, bench.note);
  bench.note(`a chain of ${batches} is judged`);
  return async () => {
    const spec = { folder, batches, filled: true, times: 2 * TIMES };
    const { milliseconds, answer } = await runProgram<{ milliseconds: number[]; answer: string }>(PROGRAM, spec);
    const { verdict } = JSON.parse(answer) as { verdict: string };
    return { value: median(milliseconds.slice(TIMES)), work: `${TIMES} answers, the verdict ${verdict}` };
  };
}
