import { Worker } from 'node:worker_threads';
import { type EventStore } from '#event-store';
import {
  evidenceAfter,
  LAG_COUNTED,
  areFilled,
  type KeptSnapshot,
  type ReadModelProgress,
  type VerdictProgress,
  type Views,
} from '#read-model';
import { type LedgerClock } from '#recording';
import { retryDelay, type Say } from '#following';
import { endedOf } from './thread-end.js';
import { type GrowthBell } from './growth-bell.js';
import { type LogFollower } from './log-follower.js';
import { type Awaited, type FollowerOrder, type FromFollower, type Standing, type ToFollower } from './messages.js';

const ENTRY = new URL('./follower.worker.js', import.meta.url);

/** A thread that ran for this long, milliseconds, did not fail at its start. */
const STEADY_MS = 60_000;

/**
 * How long the thread may take to stop, milliseconds: re-deriving after a correction may take longer. Such work is not
 * committed, and the next start repeats it.
 */
const LONGEST_STOP_MS = 1_000;

interface FollowerThreadParts {
  /** Where the thread finds the log and the views, which are open here and made already. */
  readonly order: Pick<FollowerOrder, 'eventStoreUrl' | 'dataFolder' | 'streamPrefix'>;
  readonly store: EventStore;
  /** The same views, for whether they are filled when the thread cannot say. */
  readonly views: Views;
  readonly bell: GrowthBell;
  readonly clock: LedgerClock;
  readonly say: Say;
}

interface Waiting {
  readonly what: Awaited;
  readonly position: bigint;
  /** By the monotonic clock. */
  readonly deadline: number;
  readonly settle: (reached: boolean) => void;
}

/**
 * Follows the log in a thread of its own, so that projecting and judging delay no command. Restarts the thread if it
 * ends.
 */
export class FollowerThread implements LogFollower {
  readonly #parts: FollowerThreadParts;
  readonly #silence: () => void;
  readonly #waiting = new Map<number, Waiting>();
  #standing: Standing;
  #worker: Worker | undefined;
  #asked = 0;
  #failures = 0;
  #stopping = false;
  #stopped: Promise<void> | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** It has read all it found and asked to be woken. */
  #asleep = false;
  /** Whether anything was committed since it was woken last. */
  #grown = false;
  /** Resolves once the first thread has reported its standing, or has ended. */
  readonly #begun: Promise<void>;
  #begin = (): void => undefined;

  private constructor(parts: FollowerThreadParts, isFilled: boolean) {
    this.#parts = parts;
    this.#standing = { position: undefined, logSize: 0, isFilled, running: false, judgedUpTo: -1 };
    this.#begun = new Promise((resolve) => (this.#begin = resolve));
    this.#silence = parts.bell.onGrowth(() => this.#wake());
    this.#launch();
  }

  /** A thread that fails at its start is restarted; commands are accepted meanwhile. */
  static async start(parts: FollowerThreadParts): Promise<FollowerThread> {
    const thread = new FollowerThread(parts, await areFilled(parts.views));
    await thread.#begun;
    return thread;
  }

  readonly projector: ReadModelProgress = ((thread: FollowerThread) => ({
    get position() {
      return thread.#standing.position;
    },
    get logSize() {
      return thread.#standing.logSize;
    },
    get isFilled() {
      return thread.#standing.isFilled;
    },
    get running() {
      return thread.#standing.running;
    },
    waitFor: async (position: bigint, timeoutMs: number) =>
      thread.#has(position) || thread.#wait('tables', position, timeoutMs),
    // Counted here: it must be known when the thread does not run.
    eventsBehind: async () => (await evidenceAfter(thread.#parts.store, thread.#standing.position, LAG_COUNTED)).length,
  }))(this);

  readonly verdicts: VerdictProgress = ((thread: FollowerThread) => ({
    get judgedUpTo() {
      return thread.#standing.judgedUpTo;
    },
    waitFor: async (position: bigint, timeoutMs: number) => {
      const { judgedUpTo, logSize } = thread.#standing;
      return (thread.#has(position) && judgedUpTo >= logSize - 1) || thread.#wait('verdicts', position, timeoutMs);
    },
  }))(this);

  readonly snapshots = {
    // A cache: a snapshot lost while the thread is restarted only means a longer read of a stream.
    keep: async (snapshot: KeptSnapshot): Promise<void> => this.#post({ kind: 'snapshot', snapshot }),
  };

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    this.#silence();
    clearTimeout(this.#restart);
    for (const { settle } of this.#waiting.values()) settle(false);
    if (!this.#worker) return;
    await endedOf(this.#worker, () => this.#post({ kind: 'stop' }), LONGEST_STOP_MS);
  }

  #has(position: bigint): boolean {
    const { isFilled, position: reached } = this.#standing;
    return isFilled && reached !== undefined && reached >= position;
  }

  #wait(what: Awaited, position: bigint, timeoutMs: number): Promise<boolean> {
    if (this.#stopping) return Promise.resolve(false);
    const id = this.#asked++;
    return new Promise((resolve) => {
      const settle = (reached: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(reached);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      const waiting = { what, position, deadline: performance.now() + timeoutMs, settle };
      this.#waiting.set(id, waiting);
      this.#ask(id, waiting);
    });
  }

  #ask(id: number, { what, position, deadline }: Waiting): void {
    this.#post({ kind: 'wait', id, what, position, timeoutMs: deadline - performance.now() });
  }

  #launch(): void {
    const began = performance.now();
    const { eventStoreUrl, dataFolder, streamPrefix } = this.#parts.order;
    const order: FollowerOrder = { eventStoreUrl, dataFolder, streamPrefix, now: this.#parts.clock.now() };
    const worker = new Worker(ENTRY, { workerData: order });
    let failure: unknown;
    worker.on('message', (message: FromFollower) => this.#hear(message));
    worker.on('error', (error) => (failure = error));
    worker.once('exit', () => this.#ended(failure, performance.now() - began));
    this.#worker = worker;
    for (const [id, waiting] of this.#waiting) this.#ask(id, waiting);
  }

  #ended(err: unknown, ranMs: number): void {
    this.#worker = undefined;
    this.#asleep = false;
    this.#standing = { ...this.#standing, running: false };
    this.#begin();
    if (this.#stopping) {
      if (err !== undefined) this.#parts.say('error', 'the thread that follows the log did not stop cleanly', { err });
      return;
    }
    this.#failures = ranMs > STEADY_MS ? 1 : this.#failures + 1;
    const attempt = this.#failures;
    this.#parts.say('error', 'the thread that follows the log ended and is started again', { err, attempt });
    this.#restart = setTimeout(() => this.#launch(), retryDelay(attempt));
  }

  #hear(message: FromFollower): void {
    switch (message.kind) {
      case 'standing':
        this.#standing = message.standing;
        this.#begin();
        return;
      case 'caught-up':
        this.#asleep = true;
        if (this.#grown) this.#wake(); // it may have looked before the last commit
        return;
      case 'waited':
        this.#waiting.get(message.id)?.settle(message.reached);
        return;
      case 'said':
        this.#parts.say(...message.said);
    }
  }

  /** The log has grown. */
  #wake(): void {
    this.#grown = !this.#asleep;
    if (!this.#asleep) return;
    this.#asleep = false;
    this.#post({ kind: 'grown', now: this.#parts.clock.now() });
  }

  #post(message: ToFollower): void {
    this.#worker?.postMessage(message);
  }
}
