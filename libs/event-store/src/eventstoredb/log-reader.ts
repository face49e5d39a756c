import {
  type AllStreamResolvedEvent,
  BACKWARDS,
  END,
  ErrorType,
  type EventStoreDBClient,
  FORWARDS,
  type ReadAllOptions as ReadAllPage,
  type ReadPosition,
  type ReadRevision,
  type ReadStreamOptions as ReadStreamPage,
  START,
  type StreamingRead,
} from '@eventstore/db-client';
import { EventStoreError } from '../event-store-error.js';
import { type StreamLimits } from '../stream-finding.js';
import {
  type EventPlace,
  type ReadAllOptions,
  type ReadStreamOptions,
  type SubscribeOptions,
} from '../event-store.port.js';
import { type StoredEvent } from '../stored-event.js';
import { isOfType, isTransient } from './client-errors.js';
import { type FeedOptions, type FeedPage, logFeed } from './log-feed.js';
import { Retrying } from './retrying.js';
import { closed, pulled, type ReadingConditions } from './pulled.js';
import { requireVersion } from './server-version.js';
import { historyChanged, SameLog } from './same-log.js';
import { limitsOf } from './stream-limits.js';
import { type ServerStreams } from './server-streams.js';
import { type Timing } from './timing.js';

/** Events requested when looking for the ledger's last event: more each time, since many events of others may follow it. */
const HEAD_PAGE_EVENTS = 16;
const LARGEST_HEAD_PAGE_EVENTS = 4_096;
/** The largest batch of a subscription that does not ask for another, and the largest page of a reading. */
const BATCH_EVENTS = 500;

/** Reads that survive a broken call: they continue after the last event that they delivered. */
export class LogReader implements ReadingConditions {
  /** {@link lastSeen}, once it was looked up. */
  seen: bigint | undefined;
  readonly sameLog = new SameLog((place) => this.#holdsOnce(place));
  readonly #streams: ServerStreams;

  constructor(
    readonly client: EventStoreDBClient,
    readonly timing: Timing,
    streams: ServerStreams,
    /** Aborts when the store is closed. */
    readonly closing: AbortSignal,
  ) {
    this.#streams = streams;
  }

  /** The last position that this process knows: what is appended from now on comes after it. */
  async lastSeen(): Promise<bigint> {
    this.seen ??= (await this.head()) ?? -1n;
    return this.seen;
  }

  saw(position: bigint): void {
    if (this.seen !== undefined && position > this.seen) this.seen = position;
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards' } = options;
    let { from, limit: left = Infinity } = options;
    const retrying = new Retrying(`read of ${stream}`, this.timing, this.closing);
    while (left > 0 && (from === undefined || from >= 0n)) {
      try {
        const asked = left;
        let read = 0;
        for await (const { revision, event } of this.#streamOnce(stream, direction, from, asked)) {
          from = direction === 'forwards' ? revision + 1n : revision - 1n;
          read++;
          retrying.progressed();
          if (event === undefined) continue; // not the ledger's, so it does not count
          left--;
          yield event;
        }
        if (read < asked) return;
      } catch (error) {
        // A deleted stream is reported by its tombstone; its events are still in the log.
        if (isOfType(error, ErrorType.STREAM_NOT_FOUND) || isOfType(error, ErrorType.STREAM_DELETED)) return;
        await this.#retry(retrying, error);
      }
    }
  }

  /**
   * {@link EventStore.readAll}: a subscription that ends where the log ended when it began. The client's own reading of all
   * cannot filter.
   */
  async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    const { after, categories, limit = Infinity } = options;
    const last = await this.#tried("look for the log's end", () => this.endOnce());
    if (last === undefined || limit <= 0 || categories?.length === 0 || (after !== undefined && after >= last)) return;
    const batchSize = Math.min(limit, BATCH_EVENTS);
    const retrying = new Retrying('read of the log', this.timing, this.closing);
    let left = limit;
    const feed = {
      after,
      selection: this.#streams.recorded(categories),
      batchSize,
      attemptMs: this.timing.attemptMs,
      signal: this.closing,
    };
    for await (const { events, through, caughtUp } of this.#supervised(feed, retrying)) {
      for (const event of events) {
        if (event.position > last) return;
        yield event;
        if (--left === 0) return;
      }
      if (caughtUp || (through !== undefined && through >= last)) return;
    }
    throw closed();
  }

  /** {@link EventStore.subscribe}: never gives up on a failure that may pass. */
  async *subscribe(options: SubscribeOptions): AsyncGenerator<readonly StoredEvent[]> {
    const { after, last: lastTaken, categories, batchSize = BATCH_EVENTS, onReconnect } = options;
    const signal = AbortSignal.any([options.signal, this.closing]);
    const retrying = new Retrying('subscription', { ...this.timing, retryForMs: Infinity }, signal, onReconnect);
    const feed = {
      after,
      selection: this.#streams.recorded(categories),
      batchSize,
      attemptMs: this.timing.attemptMs,
      signal,
    };
    for await (const { events } of this.#supervised(feed, retrying, lastTaken)) {
      const last = events.at(-1);
      if (last === undefined) continue;
      this.saw(last.position);
      yield events;
      if (signal.aborted) break;
    }
    if (!options.signal.aborted) throw closed();
  }

  async head(): Promise<bigint | undefined> {
    return (await this.#tried("look for the log's end", () => this.#lastOnce(() => true)))?.event?.position.commit;
  }

  async last(): Promise<StoredEvent | undefined> {
    const isOwn = (resolved: AllStreamResolvedEvent): boolean => this.#streams.ownEvent(resolved) !== undefined;
    const last = await this.#tried('look for the last event', () => this.#lastOnce(isOwn));
    return last && this.#streams.ownEvent(last);
  }

  async holds(place: EventPlace): Promise<boolean> {
    return this.#tried(`look for event ${place.revision} of ${place.stream}`, () => this.#holdsOnce(place));
  }

  /** By its stream, else in the whole of the log: the stream may have been cut back before it. */
  async #holdsOnce({ position, stream, revision, eventId }: EventPlace): Promise<boolean> {
    try {
      for await (const read of this.#streamOnce(stream, 'forwards', revision, 1)) {
        if (read.revision === revision) return read.event?.id === eventId && read.event.position === position;
      }
    } catch (error) {
      if (!isOfType(error, ErrorType.STREAM_NOT_FOUND) && !isOfType(error, ErrorType.STREAM_DELETED)) throw error;
    }
    const fromPosition = { commit: position, prepare: position };
    const page: ReadAllPage = { direction: FORWARDS, fromPosition, maxCount: 1, requiresLeader: true };
    try {
      for await (const { event } of this.#pulled(() => this.client.readAll(page))) {
        return event?.id === eventId && event.position.commit === position;
      }
    } catch (error) {
      // A position that is no record's any more is refused.
      if (isTransient(error) || error instanceof EventStoreError) throw error;
    }
    return false;
  }

  /** {@link EventStore.limits} */
  async *limits({
    follow,
    signal = this.closing,
  }: {
    follow: boolean;
    signal?: AbortSignal;
  }): AsyncGenerator<StreamLimits> {
    const last = follow ? undefined : ((await this.#tried("look for the log's end", () => this.endOnce())) ?? -1n);
    const ends = AbortSignal.any([signal, this.closing]);
    const timing = follow ? { ...this.timing, retryForMs: Infinity } : this.timing;
    const retrying = new Retrying("reading of the streams' metadata", timing, ends);
    const feed = {
      after: undefined,
      selection: this.#streams.metadata(),
      batchSize: BATCH_EVENTS,
      attemptMs: this.timing.attemptMs,
      signal: ends,
    };
    for await (const { events, through, caughtUp } of this.#supervised(feed, retrying)) {
      for (const event of events) yield limitsOf(event);
      if (last !== undefined && (caughtUp || (through !== undefined && through >= last))) return;
    }
  }

  /** Position of the last record of the server, whosever it is. Asks once. */
  async endOnce(): Promise<bigint | undefined> {
    const page: ReadAllPage = { direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true };
    for await (const { event } of this.#pulled(() => this.client.readAll(page))) return event?.position.commit;
    return undefined;
  }

  /** The last record in a stream of the ledger that satisfies a condition. */
  async #lastOnce(isTrue: (resolved: AllStreamResolvedEvent) => boolean): Promise<AllStreamResolvedEvent | undefined> {
    let fromPosition: ReadPosition = END;
    for (let maxCount = HEAD_PAGE_EVENTS; ; maxCount = Math.min(2 * maxCount, LARGEST_HEAD_PAGE_EVENTS)) {
      const page: ReadAllPage = { direction: BACKWARDS, fromPosition, maxCount, requiresLeader: true };
      let first: ReadPosition | undefined;
      for await (const resolved of this.#pulled(() => this.client.readAll(page))) {
        const { event } = resolved;
        if (event === undefined) continue;
        if (this.#streams.streamOf(event.streamId) !== undefined && isTrue(resolved)) return resolved;
        first = event.position;
      }
      if (first === undefined) return undefined;
      fromPosition = first;
    }
  }

  #retry(retrying: Retrying, error: unknown): Promise<void> {
    this.sameLog.broke();
    return retrying.after(error);
  }

  async *#pulled<T>(read: () => StreamingRead<T>): AsyncGenerator<T> {
    await requireVersion(this.client, this.timing.attemptMs);
    yield* pulled(this, read);
  }

  /** Retries until it is answered or has taken too long. */
  async #tried<T>(what: string, work: () => Promise<T>): Promise<T> {
    const retrying = new Retrying(what, this.timing, this.closing);
    for (;;) {
      try {
        return await work();
      } catch (error) {
        await this.#retry(retrying, error);
      }
    }
  }

  /**
   * Reopens a broken feed at the last place that it delivered, after checking that the last event delivered is still where it
   * was. Ends when the signal aborts.
   * @param last the event after which it begins
   * @throws EventStoreError `history-changed`
   */
  async *#supervised(options: FeedOptions, retrying: Retrying, last?: EventPlace): AsyncGenerator<FeedPage> {
    let { after } = options;
    for (let broke = false; !options.signal.aborted; broke = true) {
      try {
        if (broke && last && !(await this.#holdsOnce(last))) throw historyChanged(last);
        await requireVersion(this.client, options.attemptMs);
        for await (const page of logFeed(this.client, { ...options, after })) {
          after = page.through;
          const event = page.events.at(-1);
          if (event) last = { ...event, eventId: event.id };
          retrying.progressed();
          yield page;
        }
      } catch (error) {
        await this.#retry(retrying, error);
      }
    }
  }

  /** Asks the leader: decisions are made on what is read, and a follower may lag behind. */
  async *#streamOnce(
    stream: string,
    direction: 'forwards' | 'backwards',
    from: bigint | undefined,
    limit: number,
  ): AsyncGenerator<{ readonly revision: bigint; readonly event: StoredEvent | undefined }> {
    const start: ReadRevision = direction === 'forwards' ? START : END;
    const options: ReadStreamPage = {
      direction: direction === 'forwards' ? FORWARDS : BACKWARDS,
      fromRevision: from ?? start,
      requiresLeader: true,
      ...(limit !== Infinity && { maxCount: limit }),
    };
    const name = this.#streams.nameOf(stream);
    for await (const resolved of this.#pulled(() => this.client.readStream(name, options))) {
      const { revision, position } = resolved.event ?? {};
      if (position !== undefined) this.saw(position.commit);
      if (revision === undefined) continue;
      const event = this.#streams.ownEvent(resolved);
      if (event) this.sameLog.saw({ ...event, eventId: event.id });
      yield { revision, event };
    }
  }
}
