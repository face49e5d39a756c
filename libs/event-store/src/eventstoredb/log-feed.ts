import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventStoreDBClient } from '@eventstore/db-client';
import { type StoredEvent } from '../stored-event.js';
import { AttemptTimeout } from './client-errors.js';
import { leaver } from './connection.js';
import { LogCall } from './log-call.js';
import { type StreamSelection } from './server-streams.js';
import { SilenceWatch } from './timing.js';

/** A batch of this many bytes is handed over, however few events it has. */
const BATCH_BYTES = 1024 * 1024;
/** Events the server looks through for a page, and between two checkpoints. Its default, 32, is slow for rare categories. */
const SEARCH_WINDOW_EVENTS = 1_000;

export interface FeedOptions {
  readonly after: bigint | undefined;
  readonly selection: StreamSelection;
  readonly batchSize: number;
  /** Until the server has confirmed the subscription, in milliseconds. */
  readonly attemptMs: number;
  readonly signal: AbortSignal;
}

/** What came next from the log. */
export interface FeedPage {
  /** May be empty: where only the place or {@link caughtUp} has changed. */
  readonly events: readonly StoredEvent[];
  /** Everything up to here was handed over, or is outside the selection. */
  readonly through: bigint | undefined;
  /** The end of the log was reached at least once. */
  readonly caughtUp: boolean;
}

/**
 * One subscription to the log, filtered by the server, pulled: reading stops while nobody asks for the next page. Ends when
 * the signal aborts, throws the client's error when the subscription breaks.
 */
export async function* logFeed(client: EventStoreDBClient, options: FeedOptions): AsyncGenerator<FeedPage> {
  const { after, attemptMs, batchSize, selection, signal } = options;
  const leave = leaver(client);
  const watch = new SilenceWatch(attemptMs, () => {
    leave();
    call.fail(new AttemptTimeout('the subscription was not confirmed'));
  });
  watch.expect();
  const call = new LogCall(client, {
    after,
    regex: selection.regex,
    searchWindow: SEARCH_WINDOW_EVENTS,
    readAhead: batchSize,
    signal,
    onConfirmed: () => watch.heard(),
  });
  try {
    let told: FeedPage = { events: [], through: after, caughtUp: false };
    let batch = new Batch(batchSize);
    while (!signal.aborted) {
      // Read before the events are taken: it must not cover events that arrive meanwhile.
      const { caughtUp, checkpoint, failure } = call;
      await batch.fill(call, selection);
      const { events, last } = batch;
      const drained = last === undefined;
      const through = drained ? later(told.through, checkpoint) : last;
      if (events.length > 0 && !batch.isFull && !caughtUp && failure === undefined) {
        // Not at the end of the log, more will arrive, in pieces as small as the transport delivers.
        await call.woken();
      } else if (!drained || through !== told.through || caughtUp !== told.caughtUp) {
        told = { events, through, caughtUp: caughtUp && drained };
        batch = new Batch(batchSize);
        yield told;
      } else if (failure !== undefined) {
        throw failure;
      } else {
        await call.woken();
      }
    }
  } finally {
    watch.end();
    call.end();
  }
}

function later(one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

/** Events of the selection, up to a number and a size. */
class Batch {
  readonly events: StoredEvent[] = [];
  /** Position of the last record, whether or not it is in the selection. */
  last: bigint | undefined;
  #bytes = 0;

  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get isFull(): boolean {
    return this.events.length >= this.#size || this.#bytes >= BATCH_BYTES;
  }

  /** Takes what is there, and yields to the transport as long as that delivers more. */
  async fill(source: LogCall, selection: StreamSelection): Promise<void> {
    for (;;) {
      const before = this.last;
      while (!this.isFull) {
        const record = source.take();
        if (record === undefined) break;
        this.last = record.position?.commit ?? this.last;
        const event = selection.take({ event: record });
        if (event === undefined) continue;
        this.#bytes += event.record.length;
        this.events.push(event);
      }
      if (this.last === before || this.isFull) return;
      await nextTurn();
    }
  }
}
