import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EventStore } from '../event-store.port.js';
import { appendContract } from './append-contract.js';
import { closingContract } from './closing-contract.js';
import { type MakeStore, type StoreUnderTest } from './store-under-test.js';
import { idempotencyContract } from './idempotency-contract.js';
import { readingContract } from './reading-contract.js';
import { recordContract } from './record-contract.js';
import { subscriptionContract } from './subscription-contract.js';
import { togetherContract } from './together-contract.js';

/** Where engines differ. */
export interface EngineLimits {
  /** Events of a subscription that may wait in memory for a consumer that takes its time. Default: 12. */
  readonly readAheadEvents?: number;
  /** Whether it appends to several streams at once. Default: true. */
  readonly appendsTogether?: boolean;
}

/**
 * What every event store must do, run against each adapter. Streams and categories have fresh names and nothing is assumed
 * about the rest of the log, so it also runs against a server in use.
 */
export function eventStoreContract(name: string, makeStore: MakeStore, limits: EngineLimits = {}): void {
  describe(`event store contract: ${name}`, () => {
    let made: StoreUnderTest | undefined;
    const store = (): EventStore => {
      if (!made) throw new Error('the store is there only while tests run');
      return made.store;
    };
    beforeAll(async () => {
      made = await makeStore();
    });
    afterAll(async () => {
      await made?.dispose();
    });

    appendContract(store);
    idempotencyContract(store);
    if (limits.appendsTogether ?? true) togetherContract(store);
    else it('appends to one stream at a time', () => expect(store().appendTogether).toBeUndefined());
    readingContract(store);
    subscriptionContract(store, limits.readAheadEvents ?? 12);
    recordContract(store);
    closingContract(makeStore);
  });
}
