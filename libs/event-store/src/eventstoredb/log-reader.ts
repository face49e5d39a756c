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
import { isOfType } from './client-errors.js';
import { type FeedOptions, type FeedPage, logFeed } from './log-feed.js';
import { isSystemStream, storedEvent } from './recorded-event.js';
import { Retrying } from './retrying.js';
import { type Timing } from './timing.js';

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
    const feed = { after, categories, batchSize, signal: this.closing };
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
    for await (const { events } of supervised(this.client, { after, categories, batchSize, signal }, retrying)) {
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
        return await this.lastOnce(false);
      } catch (error) {
        await retrying.after(error);
      }
    }
  }

  /** @param requiresLeader refuse to be answered by a node that cannot take appends. */
  async lastOnce(requiresLeader: boolean): Promise<AllStreamRecordedEvent | undefined> {
    let fromPosition: ReadPosition = END;
    for (;;) {
      const page: ReadAllPage = { direction: BACKWARDS, fromPosition, maxCount: HEAD_PAGE_EVENTS, requiresLeader };
      let first: ReadPosition | undefined;
      for await (const { event } of pulled(this.client.readAll(page), this.closing)) {
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
    const start: ReadRevision = direction === 'forwards' ? START : END;
    const reading = this.client.readStream(stream, {
      direction: direction === 'forwards' ? FORWARDS : BACKWARDS,
      fromRevision: from ?? start,
      requiresLeader: true,
      ...(limit !== Infinity && { maxCount: limit }),
    });
    for await (const resolved of pulled(reading, this.closing)) {
      const event = storedEvent(resolved);
      this.saw(event.position);
      yield event;
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

/** What the server sends, until it is enough. The call is cancelled then: the client's reading alone would leave it open. */
async function* pulled<T>(reading: StreamingRead<T>, closing: AbortSignal): AsyncGenerator<T> {
  const stop = (): void => void reading.destroy(closed());
  // Whatever is emitted beside the iteration, or after it, has nobody else to take it.
  reading.on('error', () => undefined);
  closing.addEventListener('abort', stop);
  let finished = false;
  try {
    if (closing.aborted) throw closed();
    for await (const item of reading as AsyncIterable<T>) yield item;
    finished = true;
  } finally {
    closing.removeEventListener('abort', stop);
    if (!finished) await reading.cancel().catch(() => undefined);
  }
}

function closed(): EventStoreError {
  return new EventStoreError('store-closed', 'the event store is closed');
}
