import { setTimeout as delay } from 'node:timers/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { eventsOf, Client, type RecordedEvent } from '../harness/client.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { openSites, siteOf, SITES } from '../harness/workload.js';
import { MOST_HERE, passingLots } from './passing-lots.js';
import { percentile, slopeOf, type Sample } from './slope.js';

const CLIENTS = 8;
const SHARE_OF_CEILING = 0.7;
/** The first part warms up: caches fill, the compiler works. It is at full load, and gives the ceiling. */
const WARM_UP_SHARE = 0.25;
const SAMPLE_MS = 500;
/**
 * Slopes over less than a few minutes are noise: they are always reported, but judged only in runs of this length or
 * more.
 */
const SECONDS_TO_JUDGE = 120;
/** Caches that are bounded fill for minutes: memory is judged from this share of the time on. */
const FILLED_SHARE = 0.5;
/** Largest growth of resident memory in that time, as a share of its mean. What the sites have in custody does not grow. */
const MOST_MEMORY_GROWTH = 0.1;
/** Largest growth of the median latency over the whole time, as a share of its mean. */
const MOST_LATENCY_GROWTH = 0.5;

export const soak: EnduranceProgram = {
  name: 'soak',
  tries: 'a long time at 70 % of the measured ceiling: flat memory, flat latency, no descriptor leak',
  round: 'second, a quarter of them to find the ceiling',
  rounds: { short: 6, long: 1_800 },
  missing: () => (process.platform === 'linux' ? undefined : '/proc is needed to look into a process'),
  run: (setting) => wear(setting),
};

async function wear(setting: Setting): Promise<Figures> {
  const seconds = setting.rounds;
  const server = await LedgerProcess.start(await setting.folder());
  const client = new Client(server.url, server.key);
  await openSites(client);
  const warm = await drive(client, 'warm', seconds * WARM_UP_SHARE, undefined, () => undefined);
  const ceiling = warm.latencies.length / (seconds * WARM_UP_SHARE);
  setting.note(`ceiling: ${ceiling.toFixed(0)} commands/s`);
  const memory: Sample[] = [];
  const descriptors: Sample[] = [];
  const run = await drive(client, 'soak', seconds * (1 - WARM_UP_SHARE), SHARE_OF_CEILING * ceiling, (at) => {
    memory.push({ at, value: residentBytes(server.pid) });
    descriptors.push({ at, value: readdirSync(`/proc/${server.pid}/fd`).length });
  });
  const inCustody = await batchesInCustody(client, run.last);
  promise(
    inCustody <= SITES + 2 * CLIENTS * MOST_HERE,
    () => `the load is not constant: ${inCustody} batches are in custody at its end`,
  );
  await server.stop();
  const latency = slopeOf(run.latencies);
  const lasted = seconds * (1 - WARM_UP_SHARE);
  const filled = memory.filter(({ at }) => at >= FILLED_SHARE * lasted);
  const bytes = slopeOf(filled);
  const files = slopeOf(descriptors);
  const perSecond = run.latencies.length / lasted;
  const values = run.latencies.map(({ value }) => value);
  if (seconds >= SECONDS_TO_JUDGE) {
    promise(
      bytes.perSecond * lasted * (1 - FILLED_SHARE) < MOST_MEMORY_GROWTH * bytes.mean,
      () => `memory grows by ${bytes.perSecond} bytes a second, although what is in custody does not`,
    );
    promise(
      latency.perSecond * lasted < MOST_LATENCY_GROWTH * latency.mean,
      () => `latency grows by ${latency.perSecond} ms a second`,
    );
    promise(files.perSecond * lasted < 2, () => `descriptors grow by ${files.perSecond} a second`);
  }
  promise(Math.max(...descriptors.map(({ value }) => value)) < 200, () => 'more than 200 descriptors are open');
  return {
    seconds,
    ceilingPerSecond: ceiling.toFixed(0),
    ranAtPerSecond: perSecond.toFixed(0),
    medianMs: percentile(values, 0.5).toFixed(1),
    p99Ms: percentile(values, 0.99).toFixed(1),
    latencyMsAMinute: (latency.perSecond * 60).toFixed(3),
    residentMiB: (bytes.mean / 2 ** 20).toFixed(0),
    residentMiBAMinute: ((bytes.perSecond * 60) / 2 ** 20).toFixed(2),
    batchesInCustody: inCustody,
    descriptors: files.mean.toFixed(0),
    descriptorsAMinute: (files.perSecond * 60).toFixed(3),
  };
}

/** @param perSecond of all clients together; undefined: as fast as they can */
async function drive(
  client: Client,
  name: string,
  seconds: number,
  perSecond: number | undefined,
  look: (at: number) => void,
): Promise<{ latencies: Sample[]; last: RecordedEvent }> {
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1_000;
  const latencies: Sample[] = [];
  let number = 0;
  let last: RecordedEvent | undefined;
  const timer = setInterval(() => look(elapsed()), SAMPLE_MS);
  const work = async (worker: number): Promise<void> => {
    for (const { site, command, body, key } of passingLots(`${name}-${worker}`, siteOf(worker))) {
      if (elapsed() >= seconds) return;
      number++;
      // Each request has its due time, so that a slow answer does not lower the load.
      const due = perSecond === undefined ? 0 : (number / perSecond - elapsed()) * 1_000;
      if (due > 0) await delay(due);
      const sent = performance.now();
      const answer = await client.post(`sites/${site}/${command}`, body, key);
      promise(answer.status === 201, () => `a command was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      last = eventsOf(answer).at(-1);
      latencies.push({ at: elapsed(), value: performance.now() - sent });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, worker) => work(worker))).finally(() => clearInterval(timer));
  return { latencies, last: last! };
}

/** How long the tables may take to have the last event, milliseconds. */
const CATCH_UP_MS = 60_000;

/** Batches that are at the sites once the tables have this event. */
async function batchesInCustody(client: Client, { position }: RecordedEvent): Promise<number> {
  let count = 0;
  const until = performance.now() + CATCH_UP_MS;
  for (let site = 0; site < SITES;) {
    const path = `/v1/batches?site=${siteOf(site)}&limit=200`;
    const answer = await client.get(path, { 'ledger-position': position });
    if (answer.status === 503 && performance.now() < until) {
      await delay(100);
      continue;
    }
    promise(answer.status === 200, () => `batches of a site were answered ${answer.status}`);
    count += (answer.body['items'] as readonly unknown[]).length;
    site++;
  }
  return count;
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1_024;
}
