import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { Client } from '../harness/client.js';
import { Journal } from '../harness/journal.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { Load } from '../harness/load.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { logOf, Witness } from '../harness/soundness.js';
import { markOf, openSites } from '../harness/workload.js';

/** A process is killed at most this long after its first acknowledgement of a round, in milliseconds. */
const LONGEST_ROUND_MS = 400;
/** How many of each round's acknowledged commands are sent again, unchanged and with another body. */
const SENT_AGAIN = 10;
/** The read tables are compared with a rebuild each time after this many rounds, and after the last. */
const ROUNDS_A_FSCK = 20;

export const kill: EnduranceProgram = {
  name: 'kill',
  tries: 'kill -9 at random moments under load: nothing acknowledged is lost, nothing doubled, all of it consistent',
  round: 'kill',
  rounds: { short: 3, long: 100 },
  run: (setting) => killed(setting),
};

async function killed(setting: Setting): Promise<Figures> {
  const { rounds, seed } = setting;
  const random = new SeededRandom(seed);
  const data = await setting.folder();
  const journal = new Journal();
  const witness = new Witness(await setting.folder());
  for (let round = 0; round < rounds; round++) {
    const server = await LedgerProcess.start(data);
    const client = new Client(server.url, server.key);
    if (round === 0) await openSites(client);
    await settle(client, journal, data);
    await witness.look(client);
    const load = new Load(client, journal, `r${round}`, { singles: 12, streams: 2 });
    await load.begun;
    await new Promise((resolve) => setTimeout(resolve, random.integer(0, LONGEST_ROUND_MS)));
    const { signal } = await server.stop('SIGKILL');
    promise(signal === 'SIGKILL', () => `the server ended by itself: ${server.log.slice(-2_000)}`);
    await load.ended();
    setting.note(`kill ${round + 1}: ${journal.acknowledged} acknowledged, ${journal.unanswered} unanswered`);
    if (round % ROUNDS_A_FSCK === ROUNDS_A_FSCK - 1) await witness.examine(data);
  }
  const server = await LedgerProcess.start(data);
  const client = new Client(server.url, server.key);
  await settle(client, journal, data);
  await witness.look(client);
  await server.stop();
  const { events } = await witness.examine(data);
  return {
    kills: rounds,
    acknowledged: journal.acknowledged,
    lost: 0,
    doubled: 0,
    unansweredAndRetried: journal.retried,
    ofThemRecordedBefore: journal.recordedUnanswered,
    eventsOnDisk: events,
    checkpointsHeldTo: witness.checkpoints,
  };
}

/** After a crash: every unanswered command is sent again, and the log then has each command once. */
async function settle(client: Client, journal: Journal, data: string): Promise<void> {
  await journal.retry(client);
  await journal.sendAgain(client, SENT_AGAIN);
  journal.compare(await logOf(data), markOf);
}
