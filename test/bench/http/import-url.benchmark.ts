import { type Bench, type Benchmark, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { startLodebook } from '../harness/server-process.js';
import { sideBySide } from '../harness/side-by-side.js';
import { eventsIn, makeLabellingSites } from './labelling-sites.js';

export const importUrl: Benchmark = {
  name: 'import-url',
  measures: 'lodebook import --url, the lines of 64 sites by turns, against POSTing the same lines as NDJSON by site.',
  run: (bench) =>
    sideBySide(bench, {
      name: 'import-url',
      unit: 'commands/s',
      ours: () => sent(bench, 'import'),
      peers: [{ peerName: 'the same lines as NDJSON, by site', target: '≥ 0.7', run: () => sent(bench, 'streams') }],
    }),
};

async function sent(bench: Bench, by: 'import' | 'streams'): Promise<Measured> {
  const folder = await bench.folder();
  await makeLabellingSites(folder, bench.seed);
  const before = await eventsIn(folder);
  const server = await startLodebook(folder);
  const lines = bench.quick ? 3_200 : 32_000;
  const spec = { folder, url: server.url, key: server.key, by, lines, warmUpLines: Math.ceil(lines / 10) };
  const { seconds } = await runProgram<{ seconds: number }>(benchProgram('http/import.program.js'), spec).finally(() =>
    server.stop(),
  );
  return { value: lines / seconds, work: `${(await eventsIn(folder)) - before} events` };
}
