import { type Benchmark } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { compared } from '../harness/side-by-side.js';
import { type WideFlow } from './wide-flow.js';

const NARROW = 10;

export const wide: Benchmark = {
  name: 'wide',
  measures: 'For how long the tables are behind after a transformation of many batches into many, against narrow ones.',
  async run(bench) {
    const width = bench.quick ? 200 : 1_000;
    const rounds: WideFlow[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      const spec = { folder: await bench.folder(), width, narrow: NARROW };
      const flow = await runProgram<WideFlow>(benchProgram('wide/wide.program.js'), spec);
      // Both sides of the wide one, the inputs of the others and of the one before the clock starts.
      const edges = 2 * width + width + width / NARROW;
      if (flow.edges !== edges) throw new Error(`${flow.edges} steps of flows, not ${edges}`);
      rounds.push(flow);
      bench.note(`${this.name}: round ${round + 1} of ${bench.rounds}`);
    }
    const peerName = `${NARROW} of ${width / NARROW} × 1 instead of ${width} × ${width}`;
    return [
      compared(
        { name: this.name, unit: 'ms', target: '≤ 20', peerName },
        rounds.map(({ wideMs }) => wideMs),
        rounds.map(({ narrowMs }) => narrowMs),
      ),
    ];
  },
};
