import { type Bench, type Benchmark, type Comparison, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { compared, sideBySide, type Contender } from '../harness/side-by-side.js';
import { SITES } from '../http/labelling-sites.js';
import { startDouble } from './double-process.js';
import { callsSince, startOnDouble, workSince } from './settled-sites.js';

const IN_FLIGHT = SITES;

/** How many commands to send, and how many of them before the clock starts. */
function amountOf({ quick }: Bench): { readonly commands: number; readonly warmUpCommands: number } {
  return quick ? { commands: 640, warmUpCommands: 320 } : { commands: 6_400, warmUpCommands: 1_600 };
}

export const commandEventStoreDb: Benchmark = {
  name: 'command-eventstoredb',
  measures: 'Commands that take a new id each, 64 in flight, against the bare client appending in pairs.',
  async run(bench) {
    const calls: number[] = [];
    const lines = await sideBySide(bench, {
      name: this.name,
      unit: 'commands/s',
      ours: () => ours(bench, calls),
      peers: [
        bareClient(bench, 'single', 'bare client, a call each, pairs of appends', '≥ 0.5'),
        bareClient(bench, 'batch', 'bare client, its batch call, pairs of appends', '≥ 0.5'),
      ],
    });
    return [...lines, callsLine(this.name, calls, 2, '≤ 1.05')];
  },
};

/** Calls per command, compared with the minimum. */
export function callsLine(name: string, calls: readonly number[], least: number, target: string): Comparison {
  const line = { name, unit: 'calls/command', peerName: `${least} calls`, target };
  return compared(
    line,
    calls,
    calls.map(() => least),
  );
}

async function ours(bench: Bench, calls: number[]): Promise<Measured> {
  const ledger = await startOnDouble(bench);
  const { commands, warmUpCommands } = amountOf(bench);
  const { url, key } = ledger.server;
  const send = (name: string, count: number): Promise<{ perSecond: number }> =>
    runProgram(benchProgram('eventstoredb/commands.program.js'), {
      url,
      key,
      connections: IN_FLIGHT,
      name,
      commands: count,
    });
  try {
    await send('warm', warmUpCommands);
    const begun = await ledger.double.state();
    const { perSecond } = await send('measured', commands);
    const ended = await ledger.double.state();
    calls.push(callsSince(begun, ended) / commands);
    return { value: perSecond, work: workSince(ledger.before, ended).text };
  } finally {
    await ledger.stop();
  }
}

function bareClient(bench: Bench, calls: 'single' | 'batch', peerName: string, target: string): Contender {
  return {
    peerName,
    target,
    run: () => bare(bench, { calls, sites: IN_FLIGHT, eventsPerAppend: 1, ...amountOf(bench) }),
  };
}

/** The bare client's turn, on a double of its own. */
export async function bare(bench: Bench, spec: object): Promise<Measured> {
  const double = await startDouble(bench);
  try {
    const before = await double.state();
    const { perSecond } = await runProgram<{ perSecond: number }>(benchProgram('eventstoredb/bare-client.program.js'), {
      url: before.url,
      ...spec,
    });
    return { value: perSecond, work: workSince(before, await double.state()).text };
  } finally {
    await double.stop();
  }
}
