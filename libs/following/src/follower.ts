import { type EventStore, type StoredEvent, type SubscribeOptions } from '#event-store';
import { Rounds, type RoundsOptions } from './rounds.js';
import { Wake } from './wake.js';

/** Where a subscription begins. */
export type Place = Pick<SubscribeOptions, 'after' | 'last'>;

export interface FollowerOptions extends Pick<RoundsOptions, 'onError' | 'endsWith'> {
  readonly store: Pick<EventStore, 'subscribe'>;
  readonly categories: readonly string[];
  /**
   * Largest number of events taken at once; called before every subscription. Default: as many as the store delivers.
   */
  readonly batchSize?: () => number;
  /** Called before every subscription, also after a failure. The signal aborts when following ends. */
  readonly from: (signal: AbortSignal) => Place | Promise<Place>;
  /**
   * Takes the next events; some of them may have been delivered before. For backpressure, the store is asked for more only
   * after this has resolved. The signal aborts when following ends.
   */
  readonly take: (events: readonly StoredEvent[], signal: AbortSignal) => void | Promise<void>;
  /**
   * After all available events have been taken, the next may gather for this long, milliseconds. Default: they are
   * taken at once.
   */
  readonly gatheringMs?: number;
  /** Whether somebody waits for the next events, so that they may not gather. Default: nobody does. */
  readonly isAwaited?: () => boolean;
  /** The store reconnected by itself. */
  readonly onReconnect?: ((error: unknown, attempt: number) => void) | undefined;
}

/** Follows the log: subscribes, takes events in order, lets them gather, and resubscribes after a failure. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #rounds: Rounds;
  readonly #hurry = new Wake();
  #feed: AbortController | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
    const { onError, endsWith } = options;
    this.#rounds = new Rounds({ round: (signal) => this.#subscribe(signal), onError, endsWith });
  }

  start(): void {
    this.#rounds.start();
  }

  /** Ends when the current batch has been taken. */
  async stop(): Promise<void> {
    const stopped = this.#rounds.stop();
    this.#hurry.now();
    await stopped;
  }

  /** Whether the log is being followed and the last attempt did not fail. */
  get running(): boolean {
    return this.#rounds.running;
  }

  /** Somebody is waiting: events gather no longer. */
  hurry(): void {
    this.#hurry.now();
  }

  /** Something was taken: a failure from now on counts as the first. Called at the end of each batch in any case. */
  succeeded(): void {
    this.#rounds.succeeded();
  }

  /** Subscribes again, from the place that `from` then gives. */
  restart(): void {
    this.#feed?.abort();
  }

  async #subscribe(stop: AbortSignal): Promise<number> {
    const { store, categories, onReconnect, from, take, gatheringMs = 0, isAwaited } = this.#options;
    const feed = new AbortController();
    this.#feed = feed;
    const place = await from(stop);
    const batchSize = this.#options.batchSize?.();
    const events = store.subscribe({
      categories,
      signal: AbortSignal.any([stop, feed.signal]),
      ...(batchSize !== undefined && { batchSize }),
      ...(onReconnect && { onReconnect }),
      ...place,
    });
    for await (const batch of events) {
      await take(batch, stop);
      if (stop.aborted) break;
      this.succeeded();
      const tookAll = batchSize === undefined || batch.length < batchSize;
      if (gatheringMs > 0 && tookAll && isAwaited?.() !== true) await this.#hurry.sleep(gatheringMs);
    }
    return 0;
  }
}
