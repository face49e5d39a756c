import { afterEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore, type EventStore } from '#event-store';
import { Signatures } from './signatures.js';

describe('what is known of signatures on a log that others write to', () => {
  const store = new MemoryEventStore();
  let signatures: Signatures | undefined;
  afterEach(async () => {
    signatures?.close();
    await store.close();
  });

  it('is asked for again after the log could not be reached', async () => {
    let failures = 1;
    const shared: EventStore = {
      engine: 'eventstoredb',
      append: store.append.bind(store),
      readStream: store.readStream.bind(store),
      existing: store.existing.bind(store),
      readAll: store.readAll.bind(store),
      subscribe: store.subscribe.bind(store),
      last: store.last.bind(store),
      holds: store.holds.bind(store),
      ping: store.ping.bind(store),
      close: store.close.bind(store),
      head: () => (failures-- > 0 ? Promise.reject(new Error('away')) : store.head()),
    };
    signatures = new Signatures(shared, 'lodebook/0123456789abcdef');
    await expect(signatures.of('acme')).rejects.toThrow('away');
    expect((await signatures.of('acme')).keys).toEqual([]);
  });
});
