import { join } from 'node:path';
import { LEDGER_FILE } from '#event-store';
import { type Bench, type Benchmark, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { startLodebook } from '../harness/server-process.js';
import { sideBySide } from '../harness/side-by-side.js';
import { eventsIn, makeLabellingSites, siteId } from './labelling-sites.js';

export const ingestNdjson: Benchmark = {
  name: 'ingest-ndjson',
  measures: 'A /commands stream of mixed custody commands to one site, against better-sqlite3 inserting the same rows.',
  async run(bench) {
    let ledger = '';
    return sideBySide(bench, {
      name: this.name,
      unit: 'events/s',
      ours: async () => {
        const folder = await bench.folder();
        ledger = join(folder, LEDGER_FILE);
        return ours(bench, folder);
      },
      peers: [
        {
          peerName: 'better-sqlite3, transactions of 1,000',
          target: '≥ 0.15',
          // The rows of the whole ledger that ours has just written, including its warm-up.
          sameAmount: false,
          run: async () =>
            runProgram(benchProgram('append/floor.program.js'), { folder: await bench.folder(), ledger }),
        },
      ],
    });
  },
};

async function ours(bench: Bench, folder: string): Promise<Measured> {
  await makeLabellingSites(folder, bench.seed);
  const server = await startLodebook(folder);
  const commands = bench.quick ? 4_500 : 45_000;
  const spec = { url: server.url, key: server.key, site: siteId(0), commands, warmUpCommands: Math.ceil(commands / 9) };
  const before = await eventsIn(folder);
  const { seconds } = await runProgram<{ seconds: number }>(benchProgram('http/ingest.program.js'), spec).finally(() =>
    server.stop(),
  );
  const events = (await eventsIn(folder)) - before;
  const measured = Math.round((events * spec.commands) / (spec.commands + spec.warmUpCommands));
  return { value: measured / seconds, work: `${events} events` };
}
