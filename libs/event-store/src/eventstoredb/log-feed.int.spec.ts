import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../../../../test/eventstoredb-double/index.js';
import { type EventStore } from '../event-store.port.js';
import { openEventStoreDb } from './event-store-db.js';

const BATCH = 100;

describe('a subscription that is behind', () => {
  let double: EventStoreDbDouble;
  let store: EventStore;
  beforeEach(async () => {
    double = await startEventStoreDbDouble();
    store = openEventStoreDb(double.url);
  });
  afterEach(async () => {
    await store.close();
    await double.stop();
  });

  const append = async (count: number): Promise<void> => {
    const events = Array.from({ length: count }, () => ({ id: randomUUID(), type: 'T', data: {}, metadata: {} }));
    await store.append(`site-${randomUUID()}`, events, 'no-stream');
  };

  it('hands over whole batches, however few events the transport brings at once, and then what is left', async () => {
    for (let round = 0; round < 5; round++) await append(50);
    const stop = new AbortController();
    const sizes: number[] = [];
    for await (const batch of store.subscribe({ signal: stop.signal, batchSize: BATCH })) {
      sizes.push(batch.length);
      if (sizes.length === 3) await append(3); // live: nothing is held back for more to come
      if (sizes.length === 4) stop.abort();
    }
    expect(sizes).toEqual([100, 100, 50, 3]);
  });
});
