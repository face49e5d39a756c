import { type Benchmark, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { sideBySide } from '../harness/side-by-side.js';

export const chain: Benchmark = {
  name: 'chain',
  measures: 'Processor time to judge a batch of a chain, each made of the one before, against a batch for itself.',
  async run(bench) {
    const batches = bench.quick ? 1_000 : 10_000;
    const run = async (linked: boolean): Promise<Measured> => {
      const spec = { folder: await bench.folder(), batches, linked };
      const program = benchProgram('blend/chain.program.js');
      const { cpuMs, judged } = await runProgram<{ cpuMs: number; judged: number }>(program, spec, bench.note);
      return { value: cpuMs, work: `${judged} batches` };
    };
    return sideBySide(bench, {
      name: this.name,
      unit: 'ms/batch',
      ours: () => run(true),
      peers: [{ peerName: 'batches that nothing went into', target: '≤ 5', run: () => run(false) }],
    });
  },
};
