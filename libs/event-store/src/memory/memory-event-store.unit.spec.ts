import { describe, expect, it } from '@jest/globals';
import { eventStoreContract } from '../testing/event-store-contract.js';
import { expectRefusal, freshStream, newEvent, newEvents } from '../testing/contract-events.js';
import { MemoryEventStore } from './memory-event-store.js';

eventStoreContract('memory', async () => {
  const store = new MemoryEventStore();
  return { store, dispose: () => store.close() };
});

describe('MemoryEventStore', () => {
  it('has no head while it is empty', async () => {
    expect(await new MemoryEventStore().head()).toBeUndefined();
  });

  it('tells the observer of commits and conflicts', async () => {
    const told: string[] = [];
    const store = new MemoryEventStore({
      committed: (events, appends, seconds) => told.push(`${events} in ${appends}, ${seconds >= 0}`),
      conflict: () => told.push('conflict'),
    });
    const stream = freshStream();
    const events = newEvents(3);
    await store.append(stream, events, 'no-stream');
    await expectRefusal(store.append(stream, [newEvent()], 'no-stream'), 'revision-conflict', 2n);
    await store.append(stream, events, 'no-stream');
    expect(told).toEqual(['3 in 1, true', 'conflict']);
  });
});
