import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LEDGER_FILE } from '#event-store';
import { type Benchmark, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { sideBySide } from '../harness/side-by-side.js';
import { generatedLedger } from './generated-ledger.js';

export const firstStart: Benchmark = {
  name: 'first-start',
  measures: 'From the first start on a log of 1,000,000 events until all is judged, against reading and parsing it.',
  async run(bench) {
    const events = bench.quick ? 20_000 : 1_000_000;
    const generated = await generatedLedger(bench, { events, seed: bench.seed });
    return sideBySide(bench, {
      name: this.name,
      unit: 's',
      ours: async () => {
        const folder = await bench.folder();
        await cp(join(generated, LEDGER_FILE), join(folder, LEDGER_FILE));
        const measured = await runProgram(benchProgram('ledger/first-start.program.js'), { folder });
        await rm(folder, { recursive: true, force: true });
        return measured;
      },
      peers: [{ peerName: 'better-sqlite3 and JSON.parse', target: '≤ 12', run: () => secondsToRead(generated) }],
    });
  },
};

/** That program reports events per second. */
async function secondsToRead(folder: string): Promise<Measured> {
  const { value, work } = await runProgram(benchProgram('ledger/read-log.program.js'), { folder });
  return { value: Number.parseInt(work, 10) / value, work };
}
