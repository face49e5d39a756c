import { type Benchmark } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { sideBySide } from '../harness/side-by-side.js';
import { generatedLedger } from './generated-ledger.js';

export const project: Benchmark = {
  name: 'project',
  measures: 'Log → read tables, a rebuild from zero, against inserting the same rows raw into the same tables.',
  async run(bench) {
    const events = bench.quick ? 20_000 : 300_000;
    const folder = await generatedLedger(bench, { events, seed: bench.seed });
    let viewsFolder = '';
    return sideBySide(bench, {
      name: this.name,
      unit: 'events/s',
      ours: async () => {
        viewsFolder = await bench.folder();
        return runProgram(benchProgram('ledger/project.program.js'), { folder, viewsFolder });
      },
      peers: [
        {
          peerName: 'the same rows inserted raw',
          target: '≥ 0.6',
          run: async () => {
            const spec = { viewsFolder, folder: await bench.folder(), events };
            return runProgram(benchProgram('ledger/insert-rows.program.js'), spec);
          },
        },
      ],
    });
  },
};
