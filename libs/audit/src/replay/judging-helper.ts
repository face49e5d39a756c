import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Programme } from '#claims';
import { type JudgedShare } from './merged-digest.js';
import { type ReplayRequest } from './replay-request.js';
import { type LogElsewhere, type ReplaySource } from './replay-source.js';
import { SharedWork } from './shared-work.js';
import { type OfBatch } from './verdict-digest.js';

const ENTRY = new URL('./judging.worker.js', import.meta.url);
/** For what is short-lived, megabytes: most of what a replay makes is. */
const YOUNG_MB = 96;

/** A log that ends before this position is judged before a thread has begun. */
const LEAST_POSITION = 20_000n;

/** What a thread that helps is started with. */
export interface HelperOrder {
  readonly log: LogElsewhere;
  readonly request: Pick<ReplayRequest, 'until' | 'programme' | 'now'>;
  readonly programmes: readonly Programme[];
  readonly work: SharedArrayBuffer;
}

export type ToHelper = 'page';
export type FromHelper =
  | ({ readonly kind: 'judged' } & Omit<HelperOutcome, 'page'>)
  /** Undefined after the last. */
  | { readonly kind: 'page'; readonly page: readonly OfBatch[] | undefined };

/** What the helper has judged. */
export interface HelperOutcome extends JudgedShare {
  readonly batches: number;
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A thread that reads and folds the same log, verifies nothing of it, and judges the batches that the caller does not. */
export class JudgingHelper {
  readonly work = new SharedWork();
  readonly #worker: Worker;
  readonly #judged: Promise<HelperOutcome | undefined>;
  #hear!: (page: readonly OfBatch[] | undefined) => void;
  #fail: (error: Error) => void = () => undefined;

  private constructor(order: Omit<HelperOrder, 'work'>) {
    const workerData: HelperOrder = { ...order, work: this.work.memory };
    const worker = new Worker(ENTRY, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    worker.unref();
    this.#worker = worker;
    this.#judged = new Promise((resolve) => {
      worker.on('message', (message: FromHelper) => {
        if (message.kind === 'page') this.#hear(message.page);
        else resolve({ ...message, page: () => this.#page() });
      });
      const ended = (error: Error): void => {
        resolve(undefined);
        this.#fail(error);
      };
      worker.once('error', ended);
      worker.once('exit', () => ended(new Error('the thread that helped to judge ended')));
    });
  }

  /** Undefined where there is no second processor, or no other thread can do it. */
  static for({ elsewhere }: ReplaySource, request: ReplayRequest): JudgingHelper | undefined {
    const { until, programme, now, library, isHelped } = request;
    if (isHelped !== true || elsewhere === undefined || elsewhere.head < LEAST_POSITION) return undefined;
    if (request.verdict !== undefined || availableParallelism() < 2) return undefined;
    return new JudgingHelper({ log: elsewhere, request: { until, programme, now }, programmes: library.programmes });
  }

  /** Resolves when it has judged all that it took; undefined when it could not. */
  async outcome(): Promise<HelperOutcome | undefined> {
    this.#worker.ref();
    return this.#judged;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #page(): Promise<readonly OfBatch[] | undefined> {
    return new Promise((resolve, reject) => {
      this.#hear = resolve;
      this.#fail = reject;
      this.#worker.postMessage('page' satisfies ToHelper);
    });
  }
}
