import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openEventStoreReader } from '#event-store';
import { joinViews } from '#read-model';
import { LedgerClock } from '#recording';
import { requireOwnLog, ledgerStreams } from '#audit';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { followHere, type LogFollower } from './log-follower.js';
import { type FollowerOrder, type FromFollower, type ToFollower } from './messages.js';

/**
 * Commands come first when processors are scarce: this thread then gets about a tenth of one. On Linux a priority
 * belongs to the thread; elsewhere it would apply to the whole process.
 */
const PRIORITY = 10;
if (process.platform === 'linux') setPriority(PRIORITY);

const port = parentPort!;
const post = (message: FromFollower): void => port.postMessage(message);
const { eventStoreUrl, dataFolder, streamPrefix, now } = workerData as FollowerOrder;

const clock = new LedgerClock();
clock.notBefore(now);
let wake = (): void => undefined;
const store = await openEventStoreReader(eventStoreUrl, {
  dataFolder,
  grown,
  streams: ledgerStreams({ streamPrefix }),
});
const views = joinViews({ dataFolder, records: store.records, copied: 'thread' });
let standing = '';
const follower: LogFollower = await followHere({
  store,
  views,
  programmes: ProgrammeLibrary.load(PROGRAMMES_FOLDER),
  clock,
  mayStartAnew: () => requireOwnLog(store, dataFolder),
  say: (level, message, about) => post({ kind: 'said', said: [level, message, cloneable(about)] }),
  moved: () => setImmediate(tellStanding),
});
port.on('message', (message: ToFollower) => void obey(message));

function grown(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    wake = () => {
      signal.removeEventListener('abort', wake);
      resolve();
    };
    signal.addEventListener('abort', wake, { once: true });
    post({ kind: 'caught-up' });
  });
}

async function obey(message: ToFollower): Promise<void> {
  switch (message.kind) {
    case 'grown':
      clock.notBefore(message.now);
      wake();
      return;
    case 'wait': {
      const { id, what, position, timeoutMs } = message;
      const waitedFor = what === 'tables' ? follower.projector : follower.verdicts;
      const reached = await waitedFor.waitFor(position, timeoutMs).catch(() => false); // the log may be closed, or away
      tellStanding(); // before the answer: whoever waits must find it done
      post({ kind: 'waited', id, reached });
      return;
    }
    case 'snapshot':
      await follower.snapshots.keep(message.snapshot).catch((error: unknown) => {
        post({ kind: 'said', said: ['warn', 'a snapshot of an account was not kept', cloneable({ err: error })] });
      });
      return;
    case 'stop':
      await follower.stop();
      await views.close();
      await store.close();
      process.exit(); // of this thread
  }
}

function tellStanding(): void {
  const { position, logSize, isFilled, running } = follower.projector;
  const { judgedUpTo } = follower.verdicts;
  const told = [position, logSize, isFilled, running, judgedUpTo].join(' ');
  if (told === standing) return;
  standing = told;
  post({ kind: 'standing', standing: { position, logSize, isFilled, running, judgedUpTo } });
}

/** The cause of an error may not be cloneable. */
function cloneable(about: object): object {
  const fields = Object.entries(about).map(([name, value]: [string, unknown]) => {
    if (!(value instanceof Error)) return [name, value] as const;
    const { message, stack } = value;
    return [name, { type: value.name, message, stack, ...('code' in value && { code: String(value.code) }) }] as const;
  });
  return Object.fromEntries(fields);
}
