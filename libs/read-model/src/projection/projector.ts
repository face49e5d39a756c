import type { EventStore, StoredEvent } from '#event-store';
import { concatMap, defer, finalize, lastValueFrom, repeat, retry, switchMap, takeWhile, timer } from 'rxjs';
import type { Warn } from '../views/sqlite-file.js';
import type { Views } from '../views/views.js';
import { belongsTo, readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.js';
import { metadataOf } from './event-tables.js';
import { EVIDENCE_CATEGORIES, type Placed } from './evidence.js';
import { LedgerProjection } from './ledger-projection.js';
import { Waiters } from './waiters.js';

/** Most events folded in one transaction: enough to write many rows to a statement, few enough that readers get turns. */
export const EVENTS_PER_TRANSACTION = 500;
/** Waits before another try after a failure, milliseconds: doubled each time, up to the longest. */
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;

/** Told what the projector did, so that a server can count and time it. Must not throw. */
export interface ProjectorObserver {
  /** A transaction is committed. @param seconds it took. @param logSize evidence events in the read tables now. */
  projected(events: number, seconds: number, logSize: number): void;
}

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly views: Views;
  /** A failure that will be retried. @param attempt 1 for the first since the last success. Must not throw. */
  readonly onError?: (error: unknown, attempt: number) => void;
  readonly observe?: ProjectorObserver;
  readonly warn?: Warn;
  readonly eventsPerTransaction?: number;
}

/**
 * Follows the log and keeps the read tables. The position and the tables are written in one transaction, so each event
 * takes effect exactly once, however often it is delivered and wherever the process dies.
 */
export class Projector {
  readonly #options: ProjectorOptions;
  readonly #projection: LedgerProjection;
  readonly #waiters = new Waiters();
  #checkpoint: Checkpoint = { logSize: 0, state: 'filling' };
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#projection = new LedgerProjection(options.views);
  }

  /** Position of the last event in the read tables; undefined before the first. */
  get position(): bigint | undefined {
    return this.#checkpoint.last?.position;
  }

  /** Evidence events in the read tables: the log index of the next. */
  get logSize(): number {
    return this.#checkpoint.logSize;
  }

  /** Reads where the tables stand, makes them anew if they are those of another log, and begins to follow. */
  async start(): Promise<void> {
    if (this.#stop) return;
    const { store, views, warn } = this.#options;
    this.#checkpoint = await readCheckpoint(views);
    if (!(await belongsTo(store, this.#checkpoint))) {
      warn?.('read tables are of another log and are made anew', { position: String(this.position) });
      await views.reset();
      this.#checkpoint = await readCheckpoint(views);
    }
    const stop = new AbortController();
    this.#stop = stop;
    this.#running = this.#follow(stop.signal);
  }

  /** Ends after the transaction under way. */
  async stop(): Promise<void> {
    this.#stop?.abort();
    await this.#running;
    this.#stop = undefined;
    this.#waiters.giveUp();
  }

  /** Resolves to true once the read tables hold all evidence up to a position, false when that takes too long. */
  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    if (this.#has(position) || (await this.#nothingUpTo(position))) return true;
    return this.#waiters.wait(() => this.#has(position), timeoutMs);
  }

  /** For how long the oldest event that is not yet in the read tables has been in the log, milliseconds; 0 when none. */
  async lagMs(): Promise<number> {
    for await (const event of this.#next()) {
      return Math.max(0, Date.now() - Date.parse(metadataOf(event).recordedAt));
    }
    return 0;
  }

  #has(position: bigint): boolean {
    return this.position !== undefined && this.position >= position;
  }

  /** The log may hold, up to there, events that are no evidence: nobody will ever project those. */
  async #nothingUpTo(position: bigint): Promise<boolean> {
    for await (const event of this.#next()) return event.position > position;
    return true;
  }

  #next(): AsyncIterable<StoredEvent> {
    const after = this.position;
    return this.#options.store.readAll({
      categories: EVIDENCE_CATEGORIES,
      limit: 1,
      ...(after !== undefined && { after }),
    });
  }

  /** The store hands over the next events only when asked, and it is asked when the last are committed: backpressure. */
  async #follow(signal: AbortSignal): Promise<void> {
    const batches = defer(() => this.#subscribe(signal)).pipe(
      switchMap((feed) =>
        defer(() => feed.next()).pipe(
          concatMap(async (next) => {
            if (!next.done) await this.#project(next.value);
            return !next.done;
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
    const { store, views, onError, eventsPerTransaction: batchSize = EVENTS_PER_TRANSACTION } = this.#options;
    this.#checkpoint = await readCheckpoint(views);
    await this.#noteCurrent();
    const after = this.position;
    return store
      .subscribe({
        categories: EVIDENCE_CATEGORIES,
        signal,
        batchSize,
        ...(after !== undefined && { after }),
        ...(onError && { onReconnect: onError }),
      })
      [Symbol.asyncIterator]();
  }

  async #project(batch: readonly StoredEvent[]): Promise<void> {
    const began = performance.now();
    const from = this.#checkpoint;
    const fresh = from.last ? batch.filter((event) => !this.#has(event.position)) : batch;
    const last = fresh.at(-1);
    if (!last) return;
    const placed: Placed[] = fresh.map((event, index) => ({ event, logIndex: from.logSize + index }));
    const { views, observe, eventsPerTransaction = EVENTS_PER_TRANSACTION } = this.#options;
    this.#checkpoint = await views.writer.transaction().execute(async (tx) => {
      await this.#projection.apply(tx, placed);
      return writeCheckpoint(tx, views.version, from, last, from.logSize + fresh.length);
    });
    this.#waiters.look();
    observe?.projected(fresh.length, (performance.now() - began) / 1000, this.logSize);
    if (batch.length < eventsPerTransaction) await this.#noteCurrent();
  }

  /** Once these tables have caught up for the first time, those of older versions have had their day. */
  async #noteCurrent(): Promise<void> {
    if (this.#checkpoint.state === 'current') return;
    for await (const _ of this.#next()) return;
    await this.#options.views.becomeCurrent();
    this.#checkpoint = { ...this.#checkpoint, state: 'current' };
  }
}
