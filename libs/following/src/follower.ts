import { type EventStore, type StoredEvent, type SubscribeOptions } from '#event-store';
import { Rounds, type RoundsOptions } from './rounds.js';
import { Wake } from './wake.js';

/** Where a subscription begins. */
export type Place = Pick<SubscribeOptions, 'after' | 'last'>;

export interface FollowerOptions extends Pick<RoundsOptions, 'onError' | 'endsWith'> {
  readonly store: Pick<EventStore, 'subscribe'>;
  readonly categories: readonly string[];
  /** Largest number of events taken at once, asked for before every subscription. Default: what the store hands over. */
  readonly batchSize?: () => number;
  /** Asked before every subscription, also after a failure. */
  readonly from: () => Place | Promise<Place>;
  /**
   * Takes the next events; some of them may have been delivered before. For backpressure, the store is asked for more only
   * after this has resolved. The signal aborts when following ends.
   */
  readonly take: (events: readonly StoredEvent[], signal: AbortSignal) => void | Promise<void>;
  /** After events that were all there were, the next may gather for so long, milliseconds. Default: they are taken at once. */
  readonly gatheringMs?: number;
  /** Whether somebody waits for the next events, so that they may not gather. Default: nobody does. */
  readonly isAwaited?: () => boolean;
  /** The store reconnected by itself. */
  readonly onReconnect?: ((error: unknown, attempt: number) => void) | undefined;
}

/** Follows the log: subscribes, takes what comes in its order, lets events gather, and begins again after a failure. */
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

  /** Ends when what is being taken has been taken. */
  async stop(): Promise<void> {
    const stopped = this.#rounds.stop();
    this.#hurry.now();
    await stopped;
  }

  /** The log is followed, and that did not fail the last time it was tried. */
  get running(): boolean {
    return this.#rounds.running;
  }

  /** Somebody waits: events do not gather any longer. */
  hurry(): void {
    this.#hurry.now();
  }

  /** Something was taken: should following fail now, that is the first failure. Said for each batch at its end in any case. */
  succeeded(): void {
    this.#rounds.succeeded();
  }

  /** Subscribes anew, from where it is then told to. */
  restart(): void {
    this.#feed?.abort();
  }

  async #subscribe(stop: AbortSignal): Promise<number> {
    const { store, categories, onReconnect, from, take, gatheringMs = 0, isAwaited } = this.#options;
    const feed = new AbortController();
    this.#feed = feed;
    const place = await from();
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
