import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { appendRequest, requestsTogether } from '../append-request.js';
import { AppendSignal } from '../append-signal.js';
import { EventStoreError } from '../event-store-error.js';
import { type EventStoreObserver } from '../event-store-observer.js';
import {
  type AppendResult,
  type EventPlace,
  type EventStore,
  type ExpectedRevision,
  type ReadAllOptions,
  type ReadRecordsOptions,
  type ReadStreamOptions,
  type RecordPage,
  type RecordReader,
  type StreamAppend,
  type SubscribeOptions,
} from '../event-store.port.js';
import { type NewEvent, type StoredEvent } from '../stored-event.js';
import { followPages, type PagedLog, READ_PAGE_EVENTS, readPages } from '../log-reading.js';
import { type CommittedTail } from './committed-tail.js';
import { GroupCommit } from './group-commit.js';
import { type LedgerFile, openLedgerFile, openLedgerFileReadOnly } from './ledger-file.js';
import { LedgerReader } from './ledger-reader.js';
import { LedgerRecords } from './ledger-records.js';
import { LedgerWriter } from './ledger-writer.js';
import { OwnedStreamIndex } from './owned-stream-index.js';
import { corrupt } from './sqlite-failure.js';
import { StreamIndex } from './stream-index.js';

/** How often a reader other than the owner looks for new events when nothing wakes it. */
const READ_ONLY_POLL_MS = 250;

/** Resolves when the log has grown, or when the signal aborts. Spurious calls cost a look at the log. */
export type Grown = (signal: AbortSignal) => Promise<void>;

/**
 * The embedded store: one file, one owner, on disk when acknowledged. Reads and appends share one connection and one
 * thread, so a read never sees an append that is not yet durable; both work in pieces of a few milliseconds.
 */
export class SqliteEventStore implements EventStore {
  readonly engine = 'sqlite';
  readonly #reader: LedgerReader;
  readonly #appended = new AppendSignal();
  readonly #pages: PagedLog;
  /** Both undefined in a store that only reads. */
  readonly #commits: GroupCommit | undefined;
  readonly #tail: CommittedTail | undefined;
  /** @see EventStore.byId; undefined in a store that only reads. */
  readonly byId: EventStore['byId'];
  readonly records: RecordReader;
  #closed = false;

  readonly #file: LedgerFile;
  /** Of a store that only reads. */
  readonly #awaitGrowth: Grown;

  constructor(
    file: LedgerFile,
    mode: 'owner' | 'read-only',
    observe?: EventStoreObserver,
    awaitGrowth: Grown = pollForGrowth,
  ) {
    this.#file = file;
    this.#awaitGrowth = awaitGrowth;
    if (file.same) file.same.onExchanged = () => this.#appended.raise(); // wakes followers too
    if (mode === 'owner') {
      const streams = new OwnedStreamIndex(file);
      const writer = new LedgerWriter(file.database, streams);
      this.#reader = new LedgerReader(file, streams);
      this.#tail = writer.tail;
      this.#commits = new GroupCommit(file, writer, () => this.#appended.raise(), observe);
      this.byId = async (eventId) => this.#open().byId(eventId, (id) => writer.positionOf(id));
    } else {
      this.#reader = new LedgerReader(file, new StreamIndex(file));
    }
    const records = new LedgerRecords(file);
    this.records = {
      recordsAt: (positions) => {
        this.#open();
        return records.recordsAt(positions);
      },
    };
    this.#pages = {
      head: () => this.#open().head(),
      page: (after, categories, limit) => {
        const reader = this.#open();
        return this.#tail?.page(after, categories, limit) ?? reader.page(after, categories, limit);
      },
      grown: (signal) => this.#grown(signal),
    };
  }

  /** Returns the promise of the group: a separate one per append would be noticeable in a stream of appends. */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    try {
      return this.#writable().append(appendRequest(stream, events, expected));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return Promise.reject(error);
    }
  }

  appendTogether(appends: readonly StreamAppend[]): Promise<readonly AppendResult[]> {
    try {
      return this.#writable().appendTogether(requestsTogether(appends));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return Promise.reject(error);
    }
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    const direction = options.direction ?? 'forwards';
    const step = direction === 'forwards' ? 1 : -1;
    let from = Number(options.from ?? (step > 0 ? 0 : Number.MAX_SAFE_INTEGER));
    let left = options.limit ?? Infinity;
    while (left > 0) {
      const events = this.#open().streamPage(stream, direction, from, Math.min(left, READ_PAGE_EVENTS));
      yield* events;
      const last = events.at(-1);
      if (!last) return;
      left -= events.length;
      from = Number(last.revision) + step;
      if (left > 0) await nextTurn();
    }
  }

  async existing(streams: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#open().existing(streams);
  }

  readAll(options: ReadAllOptions = {}): AsyncIterable<StoredEvent> {
    return readPages(this.#pages, options);
  }

  async *readRecords(options: ReadRecordsOptions): AsyncGenerator<RecordPage> {
    for (let after = -1; ;) {
      const page = this.#open().records(after, options);
      if (page === undefined) return;
      yield page;
      after = Number(page.through);
      await nextTurn();
    }
  }

  subscribe(options: SubscribeOptions): AsyncIterable<readonly StoredEvent[]> {
    return followPages(this.#pages, options);
  }

  async head(): Promise<bigint | undefined> {
    return this.#open().head();
  }

  async last(): Promise<StoredEvent | undefined> {
    return this.#open().last();
  }

  async holds({ position, eventId }: EventPlace): Promise<boolean> {
    try {
      this.#file.same?.require();
    } catch (error) {
      if (error instanceof EventStoreError && error.code === 'history-changed') return false;
      throw error;
    }
    return this.#open().at(position)?.id === eventId;
  }

  async ping(): Promise<void> {
    const commits = this.#writable();
    this.#file.same?.require();
    commits.requireSound();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#commits?.drain();
    this.#closed = true;
    this.#appended.raise();
    this.#file.close();
  }

  async #grown(signal: AbortSignal): Promise<void> {
    return this.#commits ? this.#appended.next(signal) : this.#awaitGrowth(signal);
  }

  #open(): LedgerReader {
    if (this.#closed) throw new EventStoreError('store-closed', `the ledger ${this.#file.path} is closed`);
    const exchanged = this.#file.same?.exchanged;
    if (exchanged) throw exchanged;
    return this.#reader;
  }

  #writable(): GroupCommit {
    this.#open();
    if (this.#commits) return this.#commits;
    throw new EventStoreError('store-unavailable', `the ledger ${this.#file.path} is open for reading only`);
  }
}

/**
 * Opens a ledger as its owner, or makes a new one.
 * @param path of the file; its folder is made if need be.
 * @throws EventStoreError `store-locked`, `store-corrupt`, `store-unavailable`.
 */
export function openSqliteEventStore(path: string, options: { observe?: EventStoreObserver } = {}): SqliteEventStore {
  const file = openLedgerFile(path);
  try {
    return new SqliteEventStore(file, 'owner', options.observe);
  } catch (error) {
    file.close();
    // The newest records are read for their ids.
    if (error instanceof SyntaxError || error instanceof TypeError) {
      throw corrupt(file.path, 'one of its newest records cannot be read: "lodebook fsck" tells which', error);
    }
    throw error;
  }
}

async function pollForGrowth(signal: AbortSignal): Promise<void> {
  await delay(READ_ONLY_POLL_MS, undefined, { signal }).catch(() => undefined);
}

/**
 * Opens a ledger for reading, also while its owner runs.
 * @param options.grown tells its subscriptions when to look for new events; default: they poll.
 * @throws EventStoreError `store-corrupt`, `store-unavailable`.
 */
export function openSqliteEventStoreReadOnly(path: string, options: { grown?: Grown } = {}): SqliteEventStore {
  return new SqliteEventStore(openLedgerFileReadOnly(path), 'read-only', undefined, options.grown);
}
