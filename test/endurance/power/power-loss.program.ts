import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LEDGER_FILE, openEventStore } from '#event-store';
import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { Client } from '../harness/client.js';
import { Journal, type LoggedEvent } from '../harness/journal.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { Load } from '../harness/load.js';
import { BrokenPromise, promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { logOf, Witness } from '../harness/soundness.js';
import { straceMissing } from '../harness/strace.js';
import { markOf, openSites } from '../harness/workload.js';
import { readTrace, recording, type DiskEvent } from './disk-trace.js';
import { Disk, LOSSES, type Image, type Loss } from './lost-writes.js';

/** Recorded, each with its write-ahead log. */
const DATABASES = [LEDGER_FILE, 'tree.db', 'views.db'];
/** Created once, at the first start, and copied as they are. */
const KEYS = ['signing-key.pem', 'pseudonym-key'];
/** How long the recorded load lasts, in milliseconds: some hundreds of commits, at the speed of strace. */
const LOAD_MS = 1_500;
/** A server and `fsck` run on one in this many images, the store alone on each. */
const IMAGES_A_START = 10;
/** strace writes its last lines after the server has ended. */
const LONGEST_TRACE_END_MS = 10_000;

export const powerLoss: EnduranceProgram = {
  name: 'power-loss',
  tries:
    'the power goes, and with it any of the writes since the last sync: nothing acknowledged is lost, nothing torn',
  round: 'moment of a recorded run, the disk as it may be then, opened',
  rounds: { short: 10, long: 1_000 },
  missing: straceMissing,
  run: (setting) => lose(setting),
};

interface Recording {
  readonly data: string;
  readonly events: readonly DiskEvent[];
  readonly journal: Journal;
  readonly log: readonly LoggedEvent[];
  readonly witness: Witness;
  /** When the witness had seen a checkpoint, milliseconds since 1970. */
  readonly witnessed: number;
}

async function lose(setting: Setting): Promise<Figures> {
  const random = new SeededRandom(setting.seed);
  const recorded = await record(setting);
  const { events, journal } = recorded;
  const points = pointsOf(events, setting.rounds, random);
  const disk = new Disk();
  const counts = { unsynced: 0, dropped: 0, acknowledgedByThen: 0, starts: 0 };
  let round = 0;
  for (const [index, event] of events.entries()) {
    disk.take(event);
    for (; points[round] === index; round++) {
      // The latest moment at which the disk was in this state.
      const at = (events[index + 1]?.at ?? Infinity) * 1_000;
      const loss = LOSSES[random.integer(0, LOSSES.length - 1)]!;
      const image = disk.imageOf(loss, random);
      const begins = round % IMAGES_A_START === IMAGES_A_START - 1 && at >= recorded.witnessed;
      await tried(setting, recorded, image, { at, loss, begins, index });
      counts.unsynced += image.unsynced;
      counts.dropped += image.dropped;
      counts.acknowledgedByThen += journal.acknowledgedBy(at);
      if (begins) counts.starts++;
    }
  }
  promise(counts.dropped > 0, () => 'no write was dropped: nothing was tried');
  const syncs = events.filter(({ kind }) => kind === 'sync').length;
  const changes = events.length - syncs;
  return { images: points.length, changes, syncs, acknowledged: journal.acknowledged, lost: 0, torn: 0, ...counts };
}

/** Runs a ledger under load from its start to an orderly stop, and records everything that it did to its files. */
async function record(setting: Setting): Promise<Recording> {
  const data = await setting.folder();
  const trace = join(await setting.folder(), 'trace');
  const files = DATABASES.flatMap((name) => [join(data, name), join(data, `${name}-wal`)]);
  const server = await LedgerProcess.start(data, {}, recording(files, trace));
  const client = new Client(server.url, server.key);
  await openSites(client);
  const journal = new Journal();
  const load = new Load(client, journal, 'p', { singles: 8, streams: 1 });
  await load.begun;
  await new Promise((resolve) => setTimeout(resolve, LOAD_MS / 2));
  const witness = new Witness(await setting.folder());
  await witness.look(client);
  const witnessed = Date.now() + 1;
  await new Promise((resolve) => setTimeout(resolve, LOAD_MS / 2));
  await load.stop();
  await server.stop();
  await ended(trace, server.pid);
  const events = await readTrace(trace);
  setting.note(`${events.length} changes and syncs recorded, ${journal.acknowledged} commands acknowledged`);
  return { data, events, journal, log: await logOf(data), witness, witnessed };
}

async function ended(trace: string, pid: number): Promise<void> {
  const last = new RegExp(`^${pid} .*\\+\\+\\+ (exited|killed)`, 'm');
  const until = performance.now() + LONGEST_TRACE_END_MS;
  while (!last.test((await readFile(trace, 'latin1')).slice(-5_000))) {
    if (performance.now() > until) throw new Error('strace did not end its record');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Half of them are just before a sync returns, when most can be lost; ascending. */
function pointsOf(events: readonly DiskEvent[], count: number, random: SeededRandom): number[] {
  const beforeSyncs = events.flatMap(({ kind }, index) => (kind === 'sync' && index > 0 ? [index - 1] : []));
  return Array.from({ length: count }, () =>
    random.oneIn(2) ? beforeSyncs[random.integer(0, beforeSyncs.length - 1)]! : random.integer(0, events.length - 1),
  ).sort((a, b) => a - b);
}

interface Moment {
  readonly at: number;
  readonly loss: Loss;
  /** Whether a server starts on the image, or only the store. */
  readonly begins: boolean;
  readonly index: number;
}

/** @throws BrokenPromise when the image lacks something that it must have */
async function tried(setting: Setting, recorded: Recording, image: Image, moment: Moment): Promise<void> {
  const { data, journal, log, witness } = recorded;
  const folder = await setting.folder();
  for (const [file, bytes] of image.files) await writeFile(join(folder, basename(file)), bytes);
  for (const name of KEYS) await copyFile(join(data, name), join(folder, name));
  try {
    const found = await eventsIn(folder);
    journal.compare(found, markOf, moment.at);
    for (const [position, { id }] of found.entries()) {
      promise(log[position]?.id === id, () => `event ${position} is not the one that was recorded`);
    }
    if (!moment.begins) return;
    const server = await LedgerProcess.start(folder);
    const client = new Client(server.url, server.key);
    await witness.look(client);
    await server.stop();
    await witness.examine(folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const { unsynced, dropped } = image;
    const told = `after change ${moment.index}, lost ${moment.loss} (${dropped} of ${unsynced} unsynced)`;
    throw new BrokenPromise(`${told}: ${why}`, { cause: error });
  }
}

/** Opens the image with the store, as a server does: it recovers, or refuses. */
async function eventsIn(folder: string): Promise<LoggedEvent[]> {
  const store = await openEventStore('sqlite:', { dataFolder: folder });
  try {
    const events: LoggedEvent[] = [];
    for await (const { id, type, position, data } of store.readAll()) events.push({ id, type, position, data });
    return events;
  } finally {
    await store.close();
  }
}
