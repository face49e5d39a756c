import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { type EventStoreErrorCode } from '../event-store-error.js';
import { type EventStore } from '../event-store.port.js';
import { type JsonObject, type NewEvent, type StoredEvent } from '../stored-event.js';

/** The store of the running test: made before the tests run, after they are declared. */
export type StoreOf = () => EventStore;

/** A category nobody else uses. */
export const freshCategory = (): string => `c${randomBytes(6).toString('hex')}`;

/** A stream that does not exist, of a category nobody else uses unless one is given. */
export const freshStream = (category = freshCategory()): string => `${category}-${randomBytes(6).toString('hex')}`;

export function newEvent(data: JsonObject = {}, type = 'BatchRegistered'): NewEvent {
  return { id: randomUUID(), type, data, metadata: { schemaVersion: 1 } };
}

export const newEvents = (count: number): NewEvent[] => Array.from({ length: count }, (_, n) => newEvent({ n }));

/** Appends events, one append each, and returns their positions. */
export async function appendOneByOne(
  store: EventStore,
  stream: string,
  events: readonly NewEvent[],
): Promise<bigint[]> {
  const positions: bigint[] = [];
  for (const [index, event] of events.entries()) {
    const result = await store.append(stream, [event], index === 0 ? 'no-stream' : BigInt(index - 1));
    positions.push(...result.positions);
  }
  return positions;
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

export const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

export const revisionsOf = (events: readonly StoredEvent[]): bigint[] => events.map(({ revision }) => revision);

export async function readStream(store: EventStore, stream: string): Promise<StoredEvent[]> {
  return collect(store.readStream(stream));
}

/** Expects that the store refuses with a code, and returns nothing else of the error than what the caller may rely on. */
export async function expectRefusal(
  attempt: Promise<unknown>,
  code: EventStoreErrorCode,
  actualRevision?: bigint,
): Promise<void> {
  await expect(attempt).rejects.toMatchObject({ name: 'EventStoreError', code, actualRevision });
}
