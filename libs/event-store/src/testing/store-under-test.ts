import { type EventStore } from '../event-store.port.js';

export interface StoreUnderTest {
  readonly store: EventStore;
  /** Closes the store and removes what it left. */
  readonly dispose: () => Promise<void>;
}

export type MakeStore = () => Promise<StoreUnderTest>;
