import {
  type AllStreamRecordedEvent,
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
import {
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
} from '../event-store.port.js';
import { AttemptTimeout, isOfType } from './client-errors.js';
import { leaver } from './connection.js';
import { type FeedOptions, type FeedPage, logFeed } from './log-feed.js';
import { isSystemStream, storedEvent } from './recorded-event.js';
import { Retrying } from './retrying.js';
import { requireVersion } from './server-version.js';
import { SilenceWatch, type Timing } from './timing.js';

/** Events asked for at once when looking for the last that is not the server's own. */
const HEAD_PAGE_EVENTS = 16;
/** The largest batch of a subscription that does not ask for another, and the largest page of a reading. */
export const BATCH_EVENTS = 500;

/** Reads that survive a broken call: they go on behind the last event they gave. */
export class LogReader {
  private seen: bigint | undefined;

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly timing: Timing,
    /** Aborts when the store is closed. */
    private readonly closing: AbortSignal,
  ) {}

  /** The last position this process knows of: what is appended from now on lies behind it. */
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
        for await (const event of this.streamOnce(stream, direction, from, left)) {
          from = direction === 'forwards' ? event.revision + 1n : event.revision - 1n;
          left--;
          retrying.progressed();
          yield event;
        }
        return;
      } catch (error) {
        if (isOfType(error, ErrorType.STREAM_NOT_FOUND)) return;
        await retrying.after(error);
      }
    }
  }

  /**
   * {@link EventStore.readAll}: a subscription that ends where the log ended when it began. The client's own reading of all
   * cannot filter.
   */
  async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    const { after, categories, limit = Infinity } = options;
    const last = await this.head();
    if (last === undefined || limit <= 0 || categories?.length === 0 || (after !== undefined && after >= last)) return;
    const batchSize = Math.min(limit, BATCH_EVENTS);
    const retrying = new Retrying('read of the log', this.timing, this.closing);
    let left = limit;
    const { attemptMs } = this.timing;
    const feed = { after, categories, batchSize, attemptMs, signal: this.closing };
    for await (const { events, through, caughtUp } of supervised(this.client, feed, retrying)) {
      for (const event of events) {
        if (event.position > last) return;
        yield event;
        if (--left === 0) return;
      }
      if (caughtUp || (through !== undefined && through >= last)) return;
    }
    throw closed();
  }

  /** {@link EventStore.subscribe}: never gives up on what may pass. */
  async *subscribe(options: SubscribeOptions): AsyncGenerator<readonly StoredEvent[]> {
    const { after, categories, batchSize = BATCH_EVENTS, onReconnect } = options;
    const signal = AbortSignal.any([options.signal, this.closing]);
    const retrying = new Retrying('subscription', { ...this.timing, retryForMs: Infinity }, signal, onReconnect);
    const { attemptMs } = this.timing;
    const feed = { after, categories, batchSize, attemptMs, signal };
    for await (const { events } of supervised(this.client, feed, retrying)) {
      const last = events.at(-1);
      if (last === undefined) continue;
      this.saw(last.position);
      yield events;
      if (signal.aborted) break;
    }
    if (!options.signal.aborted) throw closed();
  }

  async head(): Promise<bigint | undefined> {
    return (await this.lastRecorded())?.position.commit;
  }

  async last(): Promise<StoredEvent | undefined> {
    const event = await this.lastRecorded();
    return event && storedEvent({ event });
  }

  private async lastRecorded(): Promise<AllStreamRecordedEvent | undefined> {
    const retrying = new Retrying("look for the log's end", this.timing, this.closing);
    for (;;) {
      try {
        return await this.lastOnce();
      } catch (error) {
        await retrying.after(error);
      }
    }
  }

  /** Asks the leader: any other node may show what the cluster does not keep, or not show what it has acknowledged. */
  async lastOnce(): Promise<AllStreamRecordedEvent | undefined> {
    await requireVersion(this.client, this.timing.attemptMs);
    let fromPosition: ReadPosition = END;
    for (;;) {
      const page: ReadAllPage = {
        direction: BACKWARDS,
        fromPosition,
        maxCount: HEAD_PAGE_EVENTS,
        requiresLeader: true,
      };
      let first: ReadPosition | undefined;
      for await (const { event } of this.pulled(() => this.client.readAll(page))) {
        if (event === undefined) continue;
        if (!isSystemStream(event.streamId)) return event;
        first = event.position;
      }
      if (first === undefined) return undefined;
      fromPosition = first;
    }
  }

  /** Asks the leader: who reads a stream decides on it, and a follower may lag behind. */
  private async *streamOnce(
    stream: string,
    direction: 'forwards' | 'backwards',
    from: bigint | undefined,
    limit: number,
  ): AsyncGenerator<StoredEvent> {
    await requireVersion(this.client, this.timing.attemptMs);
    const start: ReadRevision = direction === 'forwards' ? START : END;
    const options: ReadStreamPage = {
      direction: direction === 'forwards' ? FORWARDS : BACKWARDS,
      fromRevision: from ?? start,
      requiresLeader: true,
      ...(limit !== Infinity && { maxCount: limit }),
    };
    for await (const resolved of this.pulled(() => this.client.readStream(stream, options))) {
      const event = storedEvent(resolved);
      this.saw(event.position);
      yield event;
    }
  }

  /**
   * What the server sends, until it is enough; the call is cancelled then, which the client's reading alone would leave open.
   * Nothing within the time of an attempt, and it breaks: a node that was stopped takes calls and never answers.
   */
  private async *pulled<T>(read: () => StreamingRead<T>): AsyncGenerator<T> {
    if (this.closing.aborted) throw closed();
    const leave = leaver(this.client);
    const reading = read();
    const watch = new SilenceWatch(this.timing.attemptMs, () => {
      leave();
      reading.destroy(new AttemptTimeout('no answer'));
    });
    const stop = (): void => void reading.destroy(closed());
    // Whatever is emitted beside the iteration, or after it, has nobody else to take it.
    reading.on('error', () => undefined);
    this.closing.addEventListener('abort', stop);
    let finished = false;
    try {
      watch.expect();
      for await (const item of reading as AsyncIterable<T>) {
        watch.heard();
        yield item;
        watch.expect();
      }
      finished = true;
    } finally {
      watch.end();
      this.closing.removeEventListener('abort', stop);
      const cancelled = finished ? undefined : reading.cancel().catch(() => undefined);
      // A call whose node is still being looked for is cancelled when there is one.
      if (!watch.silent) await cancelled;
    }
  }
}

/** Opens the feed again where it broke, from the last place it gave. Ends when the signal aborts. */
async function* supervised(
  client: EventStoreDBClient,
  options: FeedOptions,
  retrying: Retrying,
): AsyncGenerator<FeedPage> {
  let { after } = options;
  while (!options.signal.aborted) {
    try {
      await requireVersion(client, options.attemptMs);
      for await (const page of logFeed(client, { ...options, after })) {
        after = page.through;
        retrying.progressed();
        yield page;
      }
    } catch (error) {
      await retrying.after(error);
    }
  }
}

function closed(): EventStoreError {
  return new EventStoreError('store-closed', 'the event store is closed');
}
