import { Subject, type Observable } from 'rxjs';
import { type EventStore, type StoredEvent } from '#event-store';
import { Follower, Waiters, type Place, type Say } from '#following';
import { isCorrecting } from '#claims';
import { makeIndexes } from '../views/late-indexes.js';
import { type Views } from '../views/views.js';
import { belongsTo, hasCorrections, readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.js';
import { foldStep, type FoldStep } from './event-tables.js';
import { EVIDENCE_CATEGORIES, evidenceAfter } from '../chains/evidence.js';
import { Filling } from './filling.js';
import { LedgerProjection } from './ledger-projection.js';
import { LAG_COUNTED, type ReadModelProgress } from './progress.js';

interface Limits {
  /** Most events folded in one transaction. */
  readonly events: number;
  /** Most batches that the events of one transaction touch, unless a single event touches more. */
  readonly touches: number;
}
/** Enough to write many rows per statement, few enough that a request waiting for the first event does not wait long. */
const FOLLOWING: Limits = { events: 500, touches: 2_000 };
/** When the tables are behind and no request waits for them: what many events change is written once for all of them. */
const BEHIND: Limits = { events: 2_000, touches: 4_000 };
/** Nobody reads the tables while they are filled, so transactions can be larger: a row that many events change is written once. */
const FILLING: Limits = { events: 4_000, touches: 16_000 };
export const EVENTS_PER_TRANSACTION = FOLLOWING.events;
/**
 * After a transaction that caught up with the log, the next one waits this long for more events, milliseconds, unless a
 * request waits for them: a transaction of many events costs little more than one of a single event, and commands need
 * the processor.
 */
const GATHERING_MS = 50;

/** Receives what the projector did, so that a server can count and time it. Must not throw. */
export interface ProjectorObserver {
  /** A transaction was committed. @param seconds that it took @param logSize evidence events now in the read tables */
  projected(events: number, seconds: number, logSize: number): void;
}

export interface ProjectorOptions {
  readonly store: Pick<EventStore, 'readStream' | 'readAll' | 'subscribe' | 'holds' | 'head'>;
  readonly views: Views;
  /** A failure that will be retried. @param attempt 1 for the first since the last success. Must not throw. */
  readonly onError?: (error: unknown, attempt: number) => void;
  readonly observe?: ProjectorObserver;
  readonly say?: Say;
  /** Called before tables that belong to another log are discarded: throws if they must be kept. */
  readonly mayStartAnew?: () => Promise<void>;
  /** Default: more while the tables are filled than afterwards. */
  readonly eventsPerTransaction?: number;
  /** Time between two progress reports of filling, milliseconds; default 10 s. */
  readonly toldEveryMs?: number;
}

/**
 * Follows the log and keeps the read tables. The position and the tables are written in one transaction, so each event
 * takes effect exactly once, however often it is delivered and wherever the process dies.
 */
export class Projector implements ReadModelProgress {
  readonly #options: ProjectorOptions;
  readonly #projection: LedgerProjection;
  readonly #waiters = new Waiters();
  readonly #follower: Follower;
  readonly #filling: Filling;
  readonly #progress = new Subject<number>();
  /** The log size after each transaction. */
  readonly progress: Observable<number> = this.#progress.asObservable();
  #checkpoint: Checkpoint = { logSize: 0, state: 'filling' };
  /** The tables have the indexes that corrections need: once they are filled, or from the first correction on. */
  #isCorrectable = false;
  /** Up to this position the log holds no evidence that the tables lack; it may be beyond their last event. */
  #clearUpTo = -1n;

  constructor(options: ProjectorOptions) {
    const { store, views, onError, say, toldEveryMs: everyMs } = options;
    this.#options = options;
    this.#projection = new LedgerProjection(views);
    this.#filling = new Filling({ store, say, everyMs });
    this.#follower = new Follower({
      store,
      categories: EVIDENCE_CATEGORIES,
      batchSize: () => this.#options.eventsPerTransaction ?? (this.isFilled ? BEHIND : FILLING).events,
      gatheringMs: GATHERING_MS,
      isAwaited: () => this.#waiters.any,
      from: (signal) => this.#place(signal),
      take: (batch, signal) => this.#project(batch, signal),
      onError,
      onReconnect: onError,
    });
  }

  get position(): bigint | undefined {
    return this.#checkpoint.last?.position;
  }

  get logSize(): number {
    return this.#checkpoint.logSize;
  }

  get isFilled(): boolean {
    return this.#checkpoint.state === 'current';
  }

  /**
   * Reads how far the tables are, rebuilds them if they belong to another log, and begins to follow. Those of an empty log
   * are filled at once.
   */
  async start(): Promise<void> {
    await this.#takeUp();
    if (this.logSize === 0) await this.#noteFilled(new AbortController().signal);
    this.#follower.start();
  }

  /** Stops after the transaction in progress. */
  async stop(): Promise<void> {
    await this.#follower.stop();
    this.#waiters.giveUp();
  }

  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    if (this.#has(position) || (this.isFilled && (await this.#nothingUpTo(position)))) return true;
    const waited = this.#waiters.wait(() => this.#has(position), timeoutMs);
    await this.#lookBehind(); // it may have been projected since
    this.#follower.hurry();
    return waited;
  }

  get running(): boolean {
    return this.#follower.running;
  }

  async eventsBehind(): Promise<number> {
    return (await this.#next(LAG_COUNTED)).length;
  }

  #has(position: bigint): boolean {
    return this.isFilled && ((this.position ?? -1n) >= position || this.#clearUpTo >= position);
  }

  /** Whether all events up to a position that the tables lack are not evidence: those are never projected. */
  async #nothingUpTo(position: bigint): Promise<boolean> {
    const [next] = await this.#next(1);
    return next === undefined || next.position > position;
  }

  /** The same for requests that wait already, with what the log holds by now. */
  async #lookBehind(): Promise<void> {
    if (!this.#waiters.any) return;
    const head = (await this.#options.store.head()) ?? -1n;
    const [next] = await this.#next(1);
    const clear = next === undefined ? head : next.position - 1n;
    if (clear > this.#clearUpTo) this.#clearUpTo = clear;
    this.#waiters.look();
  }

  /** The first events of the log that are not in the read tables. */
  #next(limit: number): Promise<StoredEvent[]> {
    return evidenceAfter(this.#options.store, this.position, limit);
  }

  /** Reads how far the tables are, and drops everything in memory that may be ahead of them. */
  async #place(signal: AbortSignal): Promise<Place> {
    this.#projection.forget();
    this.#clearUpTo = -1n;
    await this.#takeUp();
    this.#filling.begin(this.#checkpoint);
    await this.#noteFilled(signal);
    await this.#lookBehind();
    this.#waiters.look();
    const { last } = this.#checkpoint;
    return last === undefined ? {} : { after: last.position, last };
  }

  /**
   * Reads how far the tables are. If the log no longer has their last event where it was, what follows may be a different
   * history, and they are rebuilt. A server that lost its replicas may have served events that those never had.
   */
  async #takeUp(): Promise<void> {
    const { store, views, say, mayStartAnew } = this.#options;
    this.#checkpoint = await readCheckpoint(views);
    if (!(await belongsTo(store, this.#checkpoint))) {
      await mayStartAnew?.();
      say?.('warn', 'read tables are of another log and are made anew', { position: String(this.position) });
      await views.reset();
      this.#projection.forget();
      this.#checkpoint = await readCheckpoint(views);
    }
    this.#isCorrectable = this.isFilled || (await hasCorrections(views));
  }

  async #project(batch: readonly StoredEvent[], signal: AbortSignal): Promise<void> {
    const { logSize } = this.#checkpoint;
    const fresh = newEvents(batch, this.position);
    const steps = fresh.map((event, index) => foldStep({ event, logIndex: logSize + index }));
    for (let from = 0; from < steps.length;) {
      if (signal.aborted) return;
      const group = firstGroupOf(steps, from, this.#limitsFor(steps.length - from));
      await this.#projectTogether(group, signal);
      from += group.length;
    }
    const wasFilling = !this.isFilled;
    await this.#noteFilled(signal);
    await this.#lookBehind();
    // Continue in smaller transactions.
    if (wasFilling && this.isFilled) this.#follower.restart();
  }

  /** @param left events that are to be projected */
  #limitsFor(left: number): Limits {
    if (!this.isFilled) return FILLING;
    return left > FOLLOWING.events && !this.#waiters.any ? BEHIND : FOLLOWING;
  }

  /** In one transaction, which is rolled back if following stops meanwhile. */
  async #projectTogether(steps: readonly FoldStep[], signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const from = this.#checkpoint;
    const last = steps.at(-1)!.placed.event;
    const { views, observe } = this.#options;
    if (!this.#isCorrectable && steps.some(({ event }) => isCorrecting(event))) {
      await makeIndexes(views, 'corrections', { signal });
      this.#isCorrectable = true;
    }
    const how = { mark: this.isFilled, isCorrectable: this.#isCorrectable, signal };
    this.#checkpoint = await views.writer.transaction().execute(async (tx) => {
      // Written first, so that the second of two projectors waits here and then finds the checkpoint moved.
      const checkpoint = await writeCheckpoint(tx, views.version, from, last, from.logSize + steps.length);
      await this.#projection.apply(tx, steps, how);
      return checkpoint;
    });
    this.#follower.succeeded();
    this.#waiters.look();
    this.#progress.next(this.logSize);
    observe?.projected(steps.length, (performance.now() - began) / 1000, this.logSize);
    if (from.state !== 'current') await this.#filling.reached(this.#checkpoint);
  }

  /** Once these tables have caught up for the first time, they get the rest of their indexes and replace older versions. */
  async #noteFilled(signal: AbortSignal): Promise<void> {
    if (this.isFilled || (await this.#next(1)).length > 0) return;
    const { views } = this.#options;
    const made = (count: number, of: number): void => this.#filling.indexed(count, of);
    for (const reader of ['corrections', 'queries'] as const) await makeIndexes(views, reader, { signal, made });
    await views.becomeCurrent(this.logSize);
    this.#filling.filled(this.#checkpoint);
    this.#checkpoint = { ...this.#checkpoint, state: 'current' };
    this.#isCorrectable = true;
    this.#progress.next(this.logSize);
  }
}

/**
 * The next events for one transaction, at least one. A group ends where the batches touched become too many: events before a
 * large one need not wait for it, and those after it wait only for its own cost.
 */
function firstGroupOf(steps: readonly FoldStep[], from: number, most: Limits): FoldStep[] {
  let touches = 0;
  let end = from;
  for (; end < steps.length && end - from < most.events; end++) {
    touches += steps[end]!.touched.batches.length;
    if (end > from && touches > most.touches) break;
  }
  return steps.slice(from, end);
}

/** The events after a position, each once. */
function newEvents(batch: readonly StoredEvent[], after: bigint | undefined): StoredEvent[] {
  let last = after;
  return batch.filter(({ position }) => {
    if (last !== undefined && position <= last) return false;
    last = position;
    return true;
  });
}
