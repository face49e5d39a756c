import { Worker } from 'node:worker_threads';
import { type ReplayPhase, ReplayError } from '#audit';
import { endedOf } from '../following/thread-end.js';
import { type ReplayOrder } from '../answers/audit-answers.js';
import { outcomeOf, type Replayer, type ReplayOutcome, type ReplayRun } from './replayer.js';

const ENTRY = new URL('./replay.worker.js', import.meta.url);

/** What a thread that replays is started with. */
export interface ThreadOrder {
  readonly eventStoreUrl: string;
  readonly streamPrefix: string | undefined;
  readonly dataFolder: string;
  readonly order: ReplayOrder;
  readonly now: string;
}

export type ToReplayThread = 'abort';
export type FromReplayThread =
  | { readonly kind: 'progress'; readonly phase: ReplayPhase; readonly share: number }
  | { readonly kind: 'outcome'; readonly outcome: ReplayOutcome };

/** How long an aborted replay may continue judging its current chain, milliseconds. */
const LONGEST_ABORT_MS = 1_000;

/**
 * Replays in a thread of its own, which opens the log read-only beside its owner: a replay reads, hashes and judges
 * everything, and commands must not wait for it. Runs the build, not the sources.
 */
export class ReplayThread implements Replayer {
  readonly #place: Pick<ThreadOrder, 'eventStoreUrl' | 'dataFolder' | 'streamPrefix'>;

  /** @param place where the thread finds the log; not `memory:`, which nobody but its owner sees */
  constructor(place: Pick<ThreadOrder, 'eventStoreUrl' | 'dataFolder' | 'streamPrefix'>) {
    this.#place = place;
  }

  run({ order, now, progress, signal }: ReplayRun): Promise<ReplayOutcome> {
    if (signal.aborted) return outcomeOf(() => Promise.reject(ReplayError.aborted()));
    const { eventStoreUrl, dataFolder, streamPrefix } = this.#place;
    const workerData: ThreadOrder = { eventStoreUrl, dataFolder, streamPrefix, order, now };
    const worker = new Worker(ENTRY, { workerData });
    const abort = (): void =>
      void endedOf(worker, () => worker.postMessage('abort' satisfies ToReplayThread), LONGEST_ABORT_MS);
    signal.addEventListener('abort', abort);
    let outcome: ReplayOutcome = { problem: { code: 'failed', detail: 'The thread that replayed ended.' } };
    worker.on('message', (message: FromReplayThread) => {
      if (message.kind === 'progress') progress(message.phase, message.share);
      else outcome = message.outcome;
    });
    worker.on('error', (error: Error) => (outcome = { problem: { code: 'failed', detail: error.message } }));
    return new Promise((resolve) => {
      worker.once('exit', () => {
        signal.removeEventListener('abort', abort);
        resolve(outcome);
      });
    });
  }
}
