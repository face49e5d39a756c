import { join } from 'node:path';
import { LEDGER_FILE } from '#event-store';
import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { Client } from '../harness/client.js';
import { Journal } from '../harness/journal.js';
import { DidNotStart, LedgerProcess, type Ended } from '../harness/ledger-process.js';
import { Load } from '../harness/load.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { logOf, Witness } from '../harness/soundness.js';
import { straceMissing, straceWith, type DiskFault } from '../harness/strace.js';
import { markOf, openSites } from '../harness/workload.js';

const FAULTS: readonly DiskFault[] = [
  { name: 'a sync fails', calls: 'fsync,fdatasync', effect: 'error=EIO' },
  { name: 'a write fails', calls: 'pwrite64', effect: 'error=EIO' },
  { name: 'the disk is full', calls: 'pwrite64', effect: 'error=ENOSPC' },
  // SQLite continues after a short write; it takes a write of nothing for a full disk.
  { name: 'a write is cut short', calls: 'pwrite64', effect: 'retval=0' },
];

/** How long the load continues after the first refusal, to see that nothing is wrongly acknowledged. */
const AFTER_THE_FAULT_MS = 300;
/** The round ends if the load has not met the fault by then. */
const LONGEST_ROUND_MS = 15_000;

export const diskFaults: EnduranceProgram = {
  name: 'disk-faults',
  tries: 'a disk that fails under load: no success after a failed sync, nothing acknowledged lost, a clean recovery',
  round: 'fault, injected by strace into the calls on ledger.db or its write-ahead log',
  rounds: { short: 2, long: 100 },
  missing: straceMissing,
  run: (setting) => disturb(setting),
};

async function disturb(setting: Setting): Promise<Figures> {
  const random = new SeededRandom(setting.seed);
  const data = await setting.folder();
  const journal = new Journal();
  const witness = new Witness(await setting.folder());
  const files = [join(data, LEDGER_FILE), join(data, `${LEDGER_FILE}-wal`)];
  const met: Record<string, number> = { notMet: 0 };
  await recover(data, journal, witness, true);
  for (let round = 0; round < setting.rounds; round++) {
    const fault = FAULTS[round % FAULTS.length]!;
    // From this call on, or for this call only: the ledger must not trust a sync that works again.
    const when = `${random.integer(1, 40)}${random.oneIn(2) ? '+' : ''}`;
    const outcome = await strike(data, journal, straceWith(fault, files, when), `f${round}`);
    met[outcome] = (met[outcome] ?? 0) + 1;
    setting.note(`${fault.name} (${fault.calls} ${when}): ${outcome}; ${journal.acknowledged} acknowledged`);
    await recover(data, journal, witness, false);
  }
  await witness.examine(data);
  promise(met['notMet']! < setting.rounds, () => 'no fault was met: nothing was tried');
  return { faults: setting.rounds, acknowledged: journal.acknowledged, lost: 0, doubled: 0, ...met };
}

/** Runs a server whose disk fails under load. @returns what became of it */
async function strike(data: string, journal: Journal, under: readonly string[], name: string): Promise<string> {
  let server: LedgerProcess;
  try {
    server = await LedgerProcess.start(data, {}, under);
  } catch (error) {
    if (!(error instanceof DidNotStart)) throw error;
    clearEnd(error.end);
    return 'refusedToStart';
  }
  const client = new Client(server.url, server.key);
  const load = new Load(client, journal, name, { singles: 8, streams: 1 });
  const over = await Promise.race([
    load.ended().then(() => 'load' as const),
    server.ended.then(() => 'server' as const),
    new Promise<'time'>((resolve) => setTimeout(() => resolve('time'), LONGEST_ROUND_MS).unref()),
  ]);
  let outcome = 'notMet';
  if (over !== 'time') {
    const before = await readiness(client);
    outcome = before === undefined ? 'endedByItself' : before === 200 ? 'refusedAndWentOn' : 'tookNoMoreWrites';
    if (before === 503) await staysDown(client);
    await new Promise((resolve) => setTimeout(resolve, AFTER_THE_FAULT_MS));
  }
  await Promise.race([load.stop(), server.ended]);
  const stopped = setTimeout(() => void server.stop('SIGKILL'), 10_000);
  clearEnd(await server.stop());
  clearTimeout(stopped);
  await load.ended();
  return outcome;
}

/** After a failed sync no command may succeed, even if the disk works again. */
async function staysDown(client: Client): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const answer = await client.post('organisations', {
      organisationId: `after-the-fault-${attempt}`,
      name: 'x',
      country: 'JP',
      roles: ['trader'],
    });
    promise(answer.status === 503, () => `after a failed sync a command was answered ${answer.status}`);
    promise(answer.headers.has('retry-after'), () => 'a 503 without Retry-After');
  }
}

async function readiness(client: Client): Promise<number | undefined> {
  return client.get('/health/ready').then(
    ({ status }) => status,
    () => undefined,
  );
}

/** However it ended, it must have said so and set an exit code, not crashed. */
function clearEnd({ code, signal, stderr }: Ended): void {
  promise(signal === null || signal === 'SIGKILL', () => `the server was ended by ${signal}: ${stderr.slice(-500)}`);
  promise(code === null || code === 0 || code === 1, () => `the server ended with ${code}: ${stderr.slice(-500)}`);
  promise(!/FATAL ERROR|Assertion|uncaught/i.test(stderr), () => `the server crashed: ${stderr.slice(-2_000)}`);
}

/** The disk works again: everything acknowledged is there, and the rest can be sent again. */
async function recover(data: string, journal: Journal, witness: Witness, first: boolean): Promise<void> {
  const server = await LedgerProcess.start(data);
  const client = new Client(server.url, server.key);
  if (first) await openSites(client);
  await journal.retry(client);
  await journal.sendAgain(client, 3);
  journal.compare(await logOf(data), markOf);
  await witness.look(client);
  await server.stop();
}
