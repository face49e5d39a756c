import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { startEventStoreDbDouble } from '../../eventstoredb-double/index.js';
import { Client } from '../harness/client.js';
import { CATCH_UP_MS, caughtUp, logAt } from '../harness/distributed-log.js';
import { Journal } from '../harness/journal.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { Load } from '../harness/load.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { markOf, openSites } from '../harness/workload.js';
import { TcpProxy, type Weather } from './tcp-proxy.js';

const BAD_WEATHER: readonly Weather[] = ['resetting', 'slow', 'half-closed', 'dropping', 'away'];
/**
 * Length of a disturbance, in milliseconds; shorter than the store's retries last, so that most commands survive it.
 */
const SHORTEST_MS = 200;
const LONGEST_MS = 3_000;
/** Longer than the 20 seconds for which the store retries before a command is answered 503. */
const OUTAGE_MS = 40_000;

export const proxy: EnduranceProgram = {
  name: 'proxy',
  tries: 'an EventStoreDB behind a network that drops, delays, resets and half-closes: every command exactly once',
  round: 'spell of bad weather between the server and its log, under load',
  rounds: { short: 2, long: 60 },
  run: (setting) => weather(setting),
};

async function weather(setting: Setting): Promise<Figures> {
  const random = new SeededRandom(setting.seed);
  const double = await startEventStoreDbDouble();
  const network = await TcpProxy.before(double.port);
  const data = await setting.folder();
  const server = await LedgerProcess.start(data, {
    LODEBOOK_EVENTSTORE_URL: `esdb://127.0.0.1:${network.port}?tls=false`,
  });
  const client = new Client(server.url, server.key);
  const journal = new Journal();
  await openSites(client);
  for (let round = 0; round < setting.rounds; round++) {
    const bad = BAD_WEATHER[round % BAD_WEATHER.length]!;
    const load = new Load(client, journal, `w${round}`, { singles: 6, streams: 1 });
    await load.begun;
    await network.turn(bad);
    await new Promise((resolve) => setTimeout(resolve, random.integer(SHORTEST_MS, LONGEST_MS)));
    await network.turn('sound');
    await load.stop();
    await journal.retry(client);
    await journal.sendAgain(client, 3);
    setting.note(`${bad}: ${journal.acknowledged} acknowledged, ${journal.retried} sent again`);
  }
  const outage = await outlast(network, client, journal);
  await caughtUp(client);
  journal.compare(await logAt(double.url, data), markOf);
  await server.stop();
  await network.close();
  await double.stop();
  return {
    spells: setting.rounds,
    acknowledged: journal.acknowledged,
    lost: 0,
    doubled: 0,
    unansweredAndRetried: journal.retried,
    ofThemRecordedBefore: journal.recordedUnanswered,
    secondsToThe503OfAnOutage: outage,
  };
}

/**
 * During the outage commands are answered 503 with `Retry-After`, and health reports it; afterwards everything
 * continues.
 */
async function outlast(network: TcpProxy, client: Client, journal: Journal): Promise<string> {
  await network.turn('away');
  const began = performance.now();
  const command = { organisationId: 'during-the-outage', name: 'x', country: 'JP', roles: ['trader'] };
  const answer = await client.post('organisations', command, 'outage');
  const seconds = (performance.now() - began) / 1_000;
  promise(answer.status === 503, () => `a command without its log was answered ${answer.status}`);
  promise(Number(answer.headers.get('retry-after')) > 0, () => 'a 503 without Retry-After');
  promise(seconds * 1_000 < OUTAGE_MS, () => `a command without its log was answered after ${seconds} s`);
  const ready = await client.get('/health/ready');
  promise(ready.status === 503, () => `/health/ready was ${ready.status} without the log`);
  await network.turn('sound');
  promise((await retried(client, command)) === 201, () => 'the command was not taken after the outage');
  await journal.retry(client);
  return seconds.toFixed(1);
}

async function retried(client: Client, command: object): Promise<number> {
  for (const until = performance.now() + CATCH_UP_MS; ;) {
    const { status } = await client.post('organisations', command, 'outage');
    if (status !== 503 || performance.now() > until) return status;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
