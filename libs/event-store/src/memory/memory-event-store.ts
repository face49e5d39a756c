import {
  appendRequest,
  type AppendRequest,
  earlierAppends,
  type Placement,
  requestsTogether,
  requireRevision,
} from '../append-request.js';
import { AppendSignal } from '../append-signal.js';
import { eventOfRecord, fillRecord } from '../canonical-record.js';
import { EventStoreError } from '../event-store-error.js';
import { type EventStoreObserver } from '../event-store-observer.js';
import {
  type AppendResult,
  categoryOf,
  type EventPlace,
  type EventStore,
  type ExpectedRevision,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordReader,
  type StreamAppend,
  type SubscribeOptions,
} from '../event-store.port.js';
import { type NewEvent, type StoredEvent } from '../stored-event.js';
import { followPages, type LogPage, type PagedLog, readPages } from '../log-reading.js';

/** The event store in memory, for tests: the same contract, gone with the process. */
export class MemoryEventStore implements EventStore {
  readonly engine = 'memory';
  readonly #log: { category: string; record: Buffer }[] = [];
  readonly #streams = new Map<string, number[]>();
  readonly #placements = new Map<string, Placement>();
  readonly #appended = new AppendSignal();
  #closed = false;

  readonly #observe: EventStoreObserver | undefined;

  constructor(observe?: EventStoreObserver) {
    this.#observe = observe;
  }

  async append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    this.#requireOpen();
    return this.#appendAll([appendRequest(stream, events, expected)])[0]!;
  }

  async appendTogether(appends: readonly StreamAppend[]): Promise<readonly AppendResult[]> {
    this.#requireOpen();
    return this.#appendAll(requestsTogether(appends));
  }

  #appendAll(requests: readonly AppendRequest[]): readonly AppendResult[] {
    const began = performance.now();
    const earlier = earlierAppends(requests, (id) => this.#placements.get(id));
    if (earlier) return earlier;
    for (const request of requests) this.#checkRevision(request);
    const results = requests.map((request) => this.#write(request));
    const events = requests.reduce((sum, { ids }) => sum + ids.length, 0);
    this.#observe?.committed(events, requests.length, (performance.now() - began) / 1000);
    this.#appended.raise();
    return results;
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    this.#requireOpen();
    const places = this.#streams.get(stream) ?? [];
    const step = options.direction === 'backwards' ? -1 : 1;
    const last = places.length - 1;
    let revision = options.from === undefined ? (step > 0 ? 0 : last) : Number(options.from);
    if (step < 0) revision = Math.min(revision, last);
    for (let left = options.limit ?? Infinity; left > 0; left--, revision += step) {
      const position = places[revision];
      if (position === undefined) return;
      this.#requireOpen();
      yield this.#eventAt(position);
    }
  }

  async existing(streams: readonly string[]): Promise<ReadonlySet<string>> {
    this.#requireOpen();
    return new Set(streams.filter((stream) => this.#streams.has(stream)));
  }

  readonly byId = async (eventId: string): Promise<StoredEvent | undefined> => {
    this.#requireOpen();
    const placement = this.#placements.get(eventId);
    return placement && this.#eventAt(Number(placement.position));
  };

  readonly records: RecordReader = {
    recordsAt: (positions) => {
      this.#requireOpen();
      return positions.map((position) => {
        const entry = this.#log[Number(position)];
        if (!entry) throw new EventStoreError('store-corrupt', `the log has no event at position ${position}`);
        return entry.record.toString('utf8');
      });
    },
  };

  readAll(options: ReadAllOptions = {}): AsyncIterable<StoredEvent> {
    return readPages(this.#pages, options);
  }

  subscribe(options: SubscribeOptions): AsyncIterable<readonly StoredEvent[]> {
    return followPages(this.#pages, options);
  }

  async head(): Promise<bigint | undefined> {
    return this.#pages.head();
  }

  async last(): Promise<StoredEvent | undefined> {
    this.#requireOpen();
    return this.#log.length === 0 ? undefined : this.#eventAt(this.#log.length - 1);
  }

  async holds({ position, eventId }: EventPlace): Promise<boolean> {
    this.#requireOpen();
    return position < BigInt(this.#log.length) && this.#eventAt(Number(position)).id === eventId;
  }

  async ping(): Promise<void> {
    this.#requireOpen();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#appended.raise();
  }

  readonly #pages: PagedLog = {
    head: () => {
      this.#requireOpen();
      return this.#log.length === 0 ? undefined : BigInt(this.#log.length - 1);
    },
    page: (after, categories, limit) => this.#page(after, categories, limit),
    grown: (signal) => this.#appended.next(signal),
  };

  #page(after: bigint | undefined, categories: readonly string[] | undefined, limit: number): LogPage {
    this.#requireOpen();
    const events: StoredEvent[] = [];
    let position = after === undefined ? 0 : Number(after) + 1;
    if (position >= this.#log.length) return { events, through: undefined };
    for (; position < this.#log.length && events.length < limit; position++) {
      if (categories && !categories.includes(this.#log[position]!.category)) continue;
      events.push(this.#eventAt(position));
    }
    return { events, through: BigInt(position - 1) };
  }

  #checkRevision(request: AppendRequest): void {
    const events = this.#streams.get(request.stream)?.length ?? 0;
    try {
      requireRevision(request, events === 0 ? undefined : BigInt(events - 1));
    } catch (conflict) {
      this.#observe?.conflict();
      throw conflict;
    }
  }

  #write({ stream, ids, frames }: AppendRequest): AppendResult {
    const places = this.#streams.get(stream) ?? [];
    const category = categoryOf(stream);
    const positions: bigint[] = [];
    frames.forEach((frame, index) => {
      const revision = BigInt(places.length);
      const position = BigInt(this.#log.length);
      this.#placements.set(ids[index]!, { stream, revision, position });
      places.push(this.#log.length);
      this.#log.push({ category, record: Buffer.from(fillRecord(frame, revision), 'utf8') });
      positions.push(position);
    });
    this.#streams.set(stream, places);
    return { revision: BigInt(places.length - 1), positions, alreadyAppended: false };
  }

  /** Parsed anew each time, so that nobody can change the log through an event that was handed out. */
  #eventAt(position: number): StoredEvent {
    return eventOfRecord(Buffer.from(this.#log[position]!.record), BigInt(position));
  }

  #requireOpen(): void {
    if (this.#closed) throw new EventStoreError('store-closed', 'the event store is closed');
  }
}
