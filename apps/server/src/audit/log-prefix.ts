import {
  type EventStore,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
} from '#event-store';

/** A log up to a position, as if nothing had been appended since. Only to be read; a subscription ends when aborted. */
export function logUpTo(store: EventStore, through: bigint): EventStore {
  return {
    engine: store.engine,
    append: () => Promise.reject(new Error('a part of a log is not appended to')),
    readStream: (stream: string, options?: ReadStreamOptions) => upTo(store.readStream(stream, options), through),
    readAll: (options?: ReadAllOptions) => upTo(store.readAll(options), through),
    subscribe: (options: SubscribeOptions) => batchesUpTo(store, options, through),
    head: async () => {
      const head = await store.head();
      return head === undefined || head < through ? head : through;
    },
    ping: () => store.ping(),
    close: () => Promise.resolve(),
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
