import { type Bench, type Benchmark, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { sideBySide } from '../harness/side-by-side.js';
import { bare, callsLine } from './command-eventstoredb.benchmark.js';
import { siteId } from '../http/labelling-sites.js';
import { callsSince, startOnDouble, workSince } from './settled-sites.js';

const EVENTS_PER_APPEND = 100;

function amountOf({ quick }: Bench): { readonly commands: number; readonly warmUpCommands: number } {
  return quick ? { commands: 2_000, warmUpCommands: 500 } : { commands: 10_000, warmUpCommands: 2_000 };
}

export const ingestEventStoreDb: Benchmark = {
  name: 'ingest-eventstoredb',
  measures: 'A /commands stream whose commands take a new id each, against the bare client in appends of 100.',
  async run(bench) {
    const calls: number[] = [];
    const spec = { sites: 1, eventsPerAppend: EVENTS_PER_APPEND, ...amountOf(bench) };
    const lines = await sideBySide(bench, {
      name: this.name,
      unit: 'commands/s',
      ours: () => ours(bench, calls),
      peers: (['single', 'batch'] as const).map((each) => ({
        peerName: `bare client, ${each === 'single' ? 'a call each' : 'its batch call'}, appends of 100, ids reserved`,
        target: '≥ 0.3',
        run: () => bare(bench, { ...spec, calls: each }),
      })),
    });
    return [...lines, callsLine(this.name, calls, 1, '≤ 1.1')];
  },
};

async function ours(bench: Bench, calls: number[]): Promise<Measured> {
  const ledger = await startOnDouble(bench);
  const { commands, warmUpCommands } = amountOf(bench);
  const { url, key } = ledger.server;
  const send = (name: string, count: number): Promise<{ seconds: number }> =>
    runProgram(benchProgram('http/ingest.program.js'), {
      url,
      key,
      site: siteId(0),
      mix: 'one-id-each',
      name,
      commands: count,
      warmUpCommands: 0,
    });
  try {
    await send('warm', warmUpCommands);
    const begun = await ledger.double.state();
    const { seconds } = await send('measured', commands);
    const ended = await ledger.double.state();
    calls.push(callsSince(begun, ended) / commands);
    return { value: commands / seconds, work: workSince(ledger.before, ended).text };
  } finally {
    await ledger.stop();
  }
}
