/** Receives what a store did, so that a server can count and time it. Must not throw. */
export interface EventStoreObserver {
  /**
   * A group of appends is on disk.
   * @param events number of events in it.
   * @param appends number of appends in it.
   * @param seconds from the moment the oldest of the appends was handed over until it was durable.
   */
  committed(events: number, appends: number, seconds: number): void;
  /** An append was refused with `revision-conflict`. */
  conflict(): void;
}
