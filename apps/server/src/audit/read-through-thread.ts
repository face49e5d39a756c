import { Worker } from 'node:worker_threads';
import { AlteredLogError, type LedgerPlace, type ReadsThrough, type Reading } from '#audit';
import { endedOf } from '../following/thread-end.js';

const ENTRY = new URL('./read-through.worker.js', import.meta.url);

/** How long a cancelled read may continue, milliseconds. */
const LONGEST_ABORT_MS = 1_000;

/** What the thread is started with. */
export interface ReadThroughOrder {
  readonly place: LedgerPlace;
  readonly reading: Reading;
}

export type FromReadThrough =
  { readonly holds: boolean } | { readonly finding: string; readonly logIndex: bigint | undefined };

/** Reads the whole log in a thread of its own, so that it delays no command. Runs the build, not the sources. */
export function readThroughInThread({ eventStoreUrl, dataFolder, streamPrefix }: LedgerPlace): ReadsThrough {
  return async (reading, signal) => {
    const order: ReadThroughOrder = { place: { eventStoreUrl, dataFolder, streamPrefix }, reading };
    const worker = new Worker(ENTRY, { workerData: order });
    const abort = (): void => void endedOf(worker, () => worker.postMessage('abort'), LONGEST_ABORT_MS);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    let answer: FromReadThrough | undefined;
    let failure: unknown = new Error('The thread that read the log ended');
    worker.on('message', (message: FromReadThrough) => (answer = message));
    worker.on('error', (error) => (failure = error));
    await new Promise((resolve) => worker.once('exit', resolve));
    signal.removeEventListener('abort', abort);
    // The ledger is closing and no longer needs the result.
    if (signal.aborted) return true;
    if (answer === undefined) throw failure;
    if ('holds' in answer) return answer.holds;
    throw new AlteredLogError(answer.finding, answer.logIndex);
  };
}
