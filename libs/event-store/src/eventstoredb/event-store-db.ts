import { type EventStoreDBClient } from '@eventstore/db-client';
import { appendRequest } from '../append-request.js';
import { EventStoreError } from '../event-store-error.js';
import { type EventStoreObserver } from '../event-store-observer.js';
import {
  type AppendResult,
  type EventPlace,
  type EventStore,
  type ExpectedRevision,
  type ReadAllOptions,
  type ReadStreamOptions,
  type SubscribeOptions,
} from '../event-store.port.js';
import { type NewEvent, type StoredEvent } from '../stored-event.js';
import { Appender } from './appender.js';
import { AttemptTimeout, storeError } from './client-errors.js';
import { connect, disconnect } from './connection.js';
import { LogReader } from './log-reader.js';
import { type LedgerStreams, type StreamLimits } from '../stream-finding.js';
import { ServerStreams } from './server-streams.js';
import { DEFAULT_TIMING, type Timing, within } from './timing.js';

interface EventStoreDbOptions {
  readonly observe?: EventStoreObserver;
  /** Default: {@link DEFAULT_TIMING}. */
  readonly timing?: Partial<Timing>;
  /** Default: all streams but the server's own. */
  readonly streams?: LedgerStreams;
}

/**
 * Opens the event store on an EventStoreDB server or cluster, version 23.10 or later (subscriptions that tell when they
 * have caught up). Connects with the first call.
 * @param url a connection string, `esdb://host:2113?tls=false` or `esdb+discover://…`; its user, if any, must be allowed
 *   to read all streams.
 * @throws EventStoreError `store-unavailable` when it is no such string, or turns `throwOnAppendFailure` off.
 */
export function openEventStoreDb(url: string, options: EventStoreDbOptions = {}): EventStore {
  return new EventStoreDb(url, options);
}

class EventStoreDb implements EventStore {
  readonly engine = 'eventstoredb';
  readonly #client: EventStoreDBClient;
  readonly #timing: Timing;
  readonly #observe: EventStoreObserver | undefined;
  readonly #reader: LogReader;
  readonly #appender: Appender;
  readonly #underWay = new Set<Promise<AppendResult>>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(url: string, { observe, timing, streams }: EventStoreDbOptions) {
    const serverStreams = new ServerStreams(streams);
    this.#client = connect(url);
    this.#timing = { ...DEFAULT_TIMING, ...timing };
    this.#observe = observe;
    this.#reader = new LogReader(this.#client, this.#timing, serverStreams, this.#closing.signal);
    this.#appender = new Appender(this.#client, this.#reader, serverStreams, this.#timing, this.#closing.signal);
  }

  async append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    this.#requireOpen();
    const began = performance.now();
    const request = appendRequest(stream, events, expected);
    const appending = this.#appender.append(request, events);
    this.#underWay.add(appending);
    try {
      const result = await appending;
      if (!result.alreadyAppended) this.#observe?.committed(events.length, 1, (performance.now() - began) / 1000);
      return result;
    } catch (error) {
      if (error instanceof EventStoreError && error.code === 'revision-conflict') this.#observe?.conflict();
      throw error;
    } finally {
      this.#underWay.delete(appending);
    }
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    this.#requireOpen();
    yield* this.#reader.readStream(stream, options);
  }

  async existing(streams: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const look = async (name: string): Promise<void> => {
      for await (const { stream } of this.readStream(name, { limit: 1 })) found.add(stream);
    };
    await Promise.all(streams.map(look));
    return found;
  }

  async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    this.#requireOpen();
    yield* this.#reader.readAll(options);
  }

  async *subscribe(options: SubscribeOptions): AsyncGenerator<readonly StoredEvent[]> {
    this.#requireOpen();
    yield* this.#reader.subscribe(options);
  }

  async head(): Promise<bigint | undefined> {
    this.#requireOpen();
    return this.#reader.head();
  }

  async last(): Promise<StoredEvent | undefined> {
    this.#requireOpen();
    return this.#reader.last();
  }

  async holds(place: EventPlace): Promise<boolean> {
    this.#requireOpen();
    return this.#reader.holds(place);
  }

  async *limits(options: { readonly follow: boolean; readonly signal?: AbortSignal }): AsyncGenerator<StreamLimits> {
    this.#requireOpen();
    yield* this.#reader.limits(options);
  }

  /** Asks the leader once: whether appends could be taken, without writing one. */
  async ping(): Promise<void> {
    this.#requireOpen();
    try {
      await within(this.#timing.attemptMs, this.#reader.endOnce(), () => new AttemptTimeout('no answer'));
    } catch (error) {
      throw storeError(error, 'ping');
    }
  }

  giveUp(): void {
    this.#closing.abort();
  }

  close(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  async #release(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    this.#closing.abort();
    await disconnect(this.#client);
  }

  #requireOpen(): void {
    if (this.#closed) throw new EventStoreError('store-closed', 'the event store is closed');
  }
}
