import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type EventStoreDBClient,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { type StoredEvent } from '../stored-event.js';
import { AttemptTimeout, SubscriptionEnded } from './client-errors.js';
import { leaver } from './connection.js';
import { type StreamSelection } from './server-streams.js';
import { SilenceWatch } from './timing.js';

/**
 * Events the client reads ahead, beside the 16 messages that its transport holds: on a busy machine each time that it asks
 * for more takes as long as hundreds of events. Not more, since an event may have 1 MiB.
 */
const READ_AHEAD_EVENTS = 128;
/** A batch is handed over when it has so many bytes, however few its events. */
const BATCH_BYTES = 1024 * 1024;
/** Events the server looks through for a page, and between two checkpoints. Its default, 32, crawls over rare categories. */
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
 * the signal aborts, throws the client's error when the subscription breaks. Asks the leader: another node may give away
 * what the cluster does not keep, and its place in the log to something else.
 */
export async function* logFeed(client: EventStoreDBClient, options: FeedOptions): AsyncGenerator<FeedPage> {
  const { batchSize, selection, signal } = options;
  const state = new FeedState();
  const leave = leaver(client);
  const subscription = open(client, options, state);
  const watch = new SilenceWatch(options.attemptMs, () => {
    leave();
    state.fail(new AttemptTimeout('the subscription was not confirmed'));
  });
  watch.expect();
  subscription.on('confirmation', () => watch.heard());
  subscription.on('error', (error: Error) => state.fail(error));
  subscription.on('end', () => state.fail(new SubscriptionEnded('the server ended the subscription')));
  subscription.on('readable', () => state.wake());
  subscription.on('caughtUp', () => state.catchUp());
  const wake = (): void => state.wake();
  signal.addEventListener('abort', wake);
  try {
    let told: FeedPage = { events: [], through: options.after, caughtUp: false };
    let batch = new Batch(batchSize);
    while (!signal.aborted) {
      // Looked at before the events are taken: it must not speak of events that came in meanwhile.
      const { caughtUp, checkpoint, failure } = state;
      await batch.fill(subscription, selection);
      const { events, last } = batch;
      const drained = last === undefined;
      const through = drained ? later(told.through, checkpoint) : last;
      if (events.length > 0 && !batch.isFull && !caughtUp && failure === undefined) {
        // Behind the log's end there is more to come, in pieces as small as the transport brings them.
        await state.woken(signal);
      } else if (!drained || through !== told.through || caughtUp !== told.caughtUp) {
        told = { events, through, caughtUp: caughtUp && drained };
        batch = new Batch(batchSize);
        yield told;
      } else if (failure !== undefined) {
        throw failure;
      } else {
        await state.woken(signal);
      }
    }
  } finally {
    watch.end();
    signal.removeEventListener('abort', wake);
    const unsubscribed = subscription.unsubscribe().catch(() => undefined);
    // A call whose node is still being looked for is ended when there is one.
    if (!watch.silent) await unsubscribed;
    subscription.destroy();
  }
}

class FeedState {
  caughtUp = false;
  failure: Error | undefined;
  checkpoint: bigint | undefined;
  #changed = false;
  #resume = (): void => undefined;

  fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  catchUp(): void {
    this.caughtUp = true;
    this.wake();
  }

  reach(checkpoint: bigint): void {
    this.checkpoint = checkpoint;
    this.wake();
  }

  wake(): void {
    this.#changed = true;
    this.#resume();
  }

  /** Resolves when something has changed since it was last asked. */
  async woken(signal: AbortSignal): Promise<void> {
    if (!this.#changed && !signal.aborted) await new Promise<void>((resolve) => (this.#resume = resolve));
    this.#changed = false;
  }
}

function later(one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

function open(client: EventStoreDBClient, options: FeedOptions, state: FeedState): AllStreamSubscription {
  const { after, batchSize, selection } = options;
  const filter = streamNameFilter({
    regex: selection.regex,
    maxSearchWindow: SEARCH_WINDOW_EVENTS,
    checkpointInterval: 1,
    // Must not reject: the client would neither go on nor say so.
    checkpointReached: (_, { commit }) => Promise.resolve(state.reach(commit)),
  });
  return client.subscribeToAll(
    { fromPosition: after === undefined ? START : { commit: after, prepare: after }, filter, requiresLeader: true },
    { highWaterMark: Math.min(batchSize, READ_AHEAD_EVENTS) },
  );
}

/** Events of the selection, up to a number and a size. */
class Batch {
  readonly events: StoredEvent[] = [];
  /** Where the last record was, of the selection or not. */
  last: bigint | undefined;
  #bytes = 0;

  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get isFull(): boolean {
    return this.events.length >= this.#size || this.#bytes >= BATCH_BYTES;
  }

  /** Takes what is there, and yields to the transport as long as that brings something. */
  async fill(source: AllStreamSubscription, selection: StreamSelection): Promise<void> {
    for (;;) {
      const before = this.last;
      while (!this.isFull) {
        const resolved = source.read() as AllStreamResolvedEvent | null;
        if (resolved === null) break;
        this.last = resolved.event?.position.commit ?? this.last;
        const event = selection.take(resolved);
        if (event === undefined) continue;
        this.#bytes += event.record.length;
        this.events.push(event);
      }
      if (this.last === before || this.isFull) return;
      await nextTurn();
    }
  }
}
