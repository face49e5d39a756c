import { type EventStoreObserver } from '#event-store';

/** Passes on what the store reports, and wakes those who wait for the log to grow. */
export class GrowthBell implements EventStoreObserver {
  readonly #listeners = new Set<() => void>();

  readonly #observer: EventStoreObserver;

  constructor(observer: EventStoreObserver) {
    this.#observer = observer;
  }

  committed(events: number, appends: number, seconds: number): void {
    this.#observer.committed(events, appends, seconds);
    for (const listener of this.#listeners) listener();
  }

  conflict(): void {
    this.#observer.conflict();
  }

  /** @returns how to stop it */
  onGrowth(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
