import {
  type EventStore,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
} from '#event-store';
import { type ProjectorOptions } from '#read-model';

/** A log up to a position, as if nothing had been appended since. A subscription ends when aborted. */
export function logUpTo(store: EventStore, through: bigint): ProjectorOptions['store'] {
  return {
    readStream: (stream: string, options?: ReadStreamOptions) => upTo(store.readStream(stream, options), through),
    readAll: (options?: ReadAllOptions) => upTo(store.readAll(options), through),
    head: async () => {
      const head = await store.head();
      return head === undefined || head < through ? head : through;
    },
    holds: async (place) => place.position <= through && store.holds(place),
    subscribe: (options: SubscribeOptions) => batchesUpTo(store, options, through),
  };
}

async function* upTo(events: AsyncIterable<StoredEvent>, through: bigint): AsyncGenerator<StoredEvent> {
  for await (const event of events) if (event.position <= through) yield event;
}

async function* batchesUpTo(
  store: EventStore,
  { after, categories, batchSize = 500, signal }: SubscribeOptions,
  through: bigint,
): AsyncGenerator<readonly StoredEvent[]> {
  let batch: StoredEvent[] = [];
  const options = { ...(after !== undefined && { after }), ...(categories && { categories }) };
  for await (const event of store.readAll(options)) {
    if (signal.aborted) return;
    if (event.position > through) break;
    batch.push(event);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
