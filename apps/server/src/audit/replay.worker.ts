import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { openReadOnlyLog, replay, type ReplayPhase } from '#audit';
import { type FromReplayThread, type ThreadOrder, type ToReplayThread } from './replay-thread.js';
import { outcomeOf } from './replayer.js';

/**
 * Commands and the read model come first when processors are scarce. On Linux a priority belongs to the thread;
 * elsewhere it would apply to the whole process.
 */
const PRIORITY = 15;
if (process.platform === 'linux') setPriority(PRIORITY);

/** Progress is reported at most this often, milliseconds. */
const TELLING_MS = 50;

const port = parentPort!;
const post = (message: FromReplayThread): void => port.postMessage(message);
const { eventStoreUrl, dataFolder, streamPrefix, order, now } = workerData as ThreadOrder;

const aborted = new AbortController();
port.on('message', (message: ToReplayThread) => {
  if (message === 'abort') aborted.abort();
});

let toldAt = -Infinity;
let told: ReplayPhase | undefined;
const progress = (phase: ReplayPhase, share: number): void => {
  if (phase === told && performance.now() - toldAt < TELLING_MS) return;
  told = phase;
  toldAt = performance.now();
  post({ kind: 'progress', phase, share });
};

const outcome = await outcomeOf(async () => {
  const log = await openReadOnlyLog({ eventStoreUrl, dataFolder, streamPrefix });
  try {
    const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
    return await replay(await log.source(), { ...order, library, now, progress, signal: aborted.signal });
  } finally {
    await log.close();
  }
});
post({ kind: 'outcome', outcome });
port.close(); // nothing else keeps the thread
