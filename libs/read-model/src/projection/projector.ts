import { touchedBy } from '#claims';
import type { EventStore, StoredEvent } from '#event-store';
import {
  concatMap,
  defer,
  finalize,
  lastValueFrom,
  repeat,
  retry,
  Subject,
  switchMap,
  takeWhile,
  timer,
  type Observable,
} from 'rxjs';
import type { Warn } from '../views/sqlite-file.js';
import type { Views } from '../views/views.js';
import { belongsTo, readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.js';
import { graphEvent } from './event-tables.js';
import { EVIDENCE_CATEGORIES, evidenceAfter, type Placed } from '../chains/evidence.js';
import { LedgerProjection } from './ledger-projection.js';
import { LAG_COUNTED, type ReadModelProgress } from './progress.js';
import { Waiters } from './waiters.js';
import { Wake } from '../wake.js';

/** Most events folded in one transaction: enough to write many rows to a statement, few enough that readers get turns. */
export const EVENTS_PER_TRANSACTION = 500;
/** Most batches that the events of one transaction touch, unless a single event touches more. */
export const TOUCHES_PER_TRANSACTION = 2_000;
/**
 * After a transaction that took all there was, the next waits so long for more events, milliseconds, unless somebody waits
 * for them: a transaction of many events costs little more than one of a single event, and commands need the time.
 */
export const GATHERING_MS = 50;
/** Waits before another try after a failure, milliseconds: doubled each time, up to the longest. */
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;

/** Told what the projector did, so that a server can count and time it. Must not throw. */
export interface ProjectorObserver {
  /** A transaction is committed. @param seconds it took. @param logSize evidence events in the read tables now. */
  projected(events: number, seconds: number, logSize: number): void;
}

export interface ProjectorOptions {
  readonly store: Pick<EventStore, 'readStream' | 'readAll' | 'subscribe' | 'holds'>;
  readonly views: Views;
  /** A failure that will be retried. @param attempt 1 for the first since the last success. Must not throw. */
  readonly onError?: (error: unknown, attempt: number) => void;
  readonly observe?: ProjectorObserver;
  readonly warn?: Warn;
  /** Asked before tables that are not of this log are thrown away: throws when they are to be kept. */
  readonly mayStartAnew?: () => Promise<void>;
  readonly eventsPerTransaction?: number;
}

/**
 * Follows the log and keeps the read tables. The position and the tables are written in one transaction, so each event
 * takes effect exactly once, however often it is delivered and wherever the process dies.
 */
export class Projector implements ReadModelProgress {
  readonly #options: ProjectorOptions;
  readonly #projection: LedgerProjection;
  readonly #waiters = new Waiters();
  readonly #wake = new Wake();
  readonly #progress = new Subject<number>();
  /** The log size after each transaction. */
  readonly progress: Observable<number> = this.#progress.asObservable();
  #checkpoint: Checkpoint = { logSize: 0, state: 'filling' };
  #stop: AbortController | undefined;
  #following: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#projection = new LedgerProjection(options.views);
  }

  get position(): bigint | undefined {
    return this.#checkpoint.last?.position;
  }

  get logSize(): number {
    return this.#checkpoint.logSize;
  }

  /** Reads where the tables stand, makes them anew if they are those of another log, and begins to follow. */
  async start(): Promise<void> {
    if (this.#stop) return;
    await this.#takeUp();
    const stop = new AbortController();
    this.#stop = stop;
    this.#following = this.#follow(stop.signal);
  }

  /** Ends after the transaction under way. */
  async stop(): Promise<void> {
    this.#stop?.abort();
    this.#wake.now();
    await this.#following;
    this.#stop = undefined;
    this.#waiters.giveUp();
  }

  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    if (this.#has(position) || (await this.#nothingUpTo(position))) return true;
    this.#wake.now();
    return this.#waiters.wait(() => this.#has(position), timeoutMs);
  }

  get running(): boolean {
    return this.#stop !== undefined && !this.#failing;
  }

  async eventsBehind(): Promise<number> {
    return (await this.#next(LAG_COUNTED)).length;
  }

  #has(position: bigint): boolean {
    return this.position !== undefined && this.position >= position;
  }

  /** The log may hold, up to there, events that are no evidence: nobody will ever project those. */
  async #nothingUpTo(position: bigint): Promise<boolean> {
    const [next] = await this.#next(1);
    return next === undefined || next.position > position;
  }

  /** The first events of the log that are not in the read tables. */
  #next(limit: number): Promise<StoredEvent[]> {
    return evidenceAfter(this.#options.store, this.position, limit);
  }

  /** The store hands over the next events only when asked, and it is asked when the last are committed: backpressure. */
  async #follow(signal: AbortSignal): Promise<void> {
    const batches = defer(() => this.#subscribe(signal)).pipe(
      switchMap((feed) =>
        defer(() => feed.next()).pipe(
          concatMap(async (next) => {
            if (next.done) return false;
            await this.#project(next.value, signal);
            await this.#gather(next.value.length);
            return true;
          }),
          repeat(),
          takeWhile((more) => more),
          finalize(() => void feed.return?.()),
        ),
      ),
      retry({
        resetOnSuccess: true,
        delay: (error: unknown, attempt) => {
          this.#projection.forget();
          this.#failing = true;
          if (signal.aborted) throw error;
          this.#options.onError?.(error, attempt);
          return timer(Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS));
        },
      }),
    );
    try {
      await lastValueFrom(batches, { defaultValue: false });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #subscribe(signal: AbortSignal): Promise<AsyncIterator<readonly StoredEvent[]>> {
    const { store, onError, eventsPerTransaction: batchSize = EVENTS_PER_TRANSACTION } = this.#options;
    await this.#takeUp();
    this.#waiters.look();
    await this.#noteCurrent();
    const { last } = this.#checkpoint;
    return store
      .subscribe({
        categories: EVIDENCE_CATEGORIES,
        signal,
        batchSize,
        ...(last && { after: last.position, last }),
        ...(onError && { onReconnect: onError }),
      })
      [Symbol.asyncIterator]();
  }

  /**
   * Reads where the tables stand. When the log no longer has their last event where it was, what came behind may be another
   * history: they are made anew. A server that lost its followers may have given away what the others never had.
   */
  async #takeUp(): Promise<void> {
    const { store, views, warn, mayStartAnew } = this.#options;
    this.#checkpoint = await readCheckpoint(views);
    if (await belongsTo(store, this.#checkpoint)) return;
    await mayStartAnew?.();
    warn?.('read tables are of another log and are made anew', { position: String(this.position) });
    await views.reset();
    this.#projection.forget();
    this.#checkpoint = await readCheckpoint(views);
  }

  async #project(batch: readonly StoredEvent[], signal: AbortSignal): Promise<void> {
    const { logSize } = this.#checkpoint;
    const fresh = newEvents(batch, this.position);
    const placed = fresh.map((event, index): Placed => ({ event, logIndex: logSize + index }));
    for (const group of groupsOf(placed)) {
      if (signal.aborted) return;
      await this.#projectTogether(group);
    }
  }

  /** In one transaction. */
  async #projectTogether(placed: readonly Placed[]): Promise<void> {
    const began = performance.now();
    const from = this.#checkpoint;
    const last = placed.at(-1)!.event;
    const { views, observe } = this.#options;
    this.#checkpoint = await views.writer.transaction().execute(async (tx) => {
      // First, so that of two projectors one waits here and then finds the checkpoint moved.
      const checkpoint = await writeCheckpoint(tx, views.version, from, last, from.logSize + placed.length);
      await this.#projection.apply(tx, placed, { mark: from.state === 'current' });
      return checkpoint;
    });
    this.#failing = false;
    this.#waiters.look();
    this.#progress.next(this.logSize);
    observe?.projected(placed.length, (performance.now() - began) / 1000, this.logSize);
    await this.#noteCurrent();
  }

  /** Lets events gather, when the last transaction took all there was and nobody waits for what comes next. */
  async #gather(taken: number): Promise<void> {
    const { eventsPerTransaction = EVENTS_PER_TRANSACTION } = this.#options;
    if (taken < eventsPerTransaction && !this.#waiters.any && !this.#stop?.signal.aborted)
      await this.#wake.sleep(GATHERING_MS);
  }

  /** Once these tables have caught up for the first time, those of older versions have had their day. */
  async #noteCurrent(): Promise<void> {
    if (this.#checkpoint.state === 'current') return;
    if ((await this.#next(1)).length > 0) return;
    await this.#options.views.becomeCurrent(this.logSize);
    this.#checkpoint = { ...this.#checkpoint, state: 'current' };
    this.#progress.next(this.logSize);
  }
}

/**
 * Cut where the batches that the events touch become too many for one transaction: what came before a large event need not
 * wait for it, and what comes after it only for its own cost.
 */
function groupsOf(placed: readonly Placed[]): Placed[][] {
  const groups: Placed[][] = [];
  let group: Placed[] = [];
  let touches = 0;
  for (const each of placed) {
    const more = touchedBy(graphEvent(each)).batches.length;
    if (group.length > 0 && touches + more > TOUCHES_PER_TRANSACTION) {
      groups.push(group);
      group = [];
      touches = 0;
    }
    group.push(each);
    touches += more;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** Those events that lie behind a position, each once. */
function newEvents(batch: readonly StoredEvent[], after: bigint | undefined): StoredEvent[] {
  let last = after;
  return batch.filter(({ position }) => {
    if (last !== undefined && position <= last) return false;
    last = position;
    return true;
  });
}
