import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AllStreamResolvedEvent,
  BACKWARDS,
  EventStoreDBClient,
  jsonEvent as proposed,
  NO_STREAM,
} from '@eventstore/db-client';
import { DELETED_REVISION, type EventStoreDbDouble, startEventStoreDbDouble } from './index.js';

/** Facts about servers 23.10.5 and 22.10.5, as observed. */
describe('the double of EventStoreDB, as a server does', () => {
  let double: EventStoreDbDouble;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    double = await startEventStoreDbDouble();
    client = EventStoreDBClient.connectionString(double.url);
    const events = Array.from({ length: 5 }, (_, n) => proposed({ id: randomUUID(), type: 'T', data: { n } }));
    await client.appendToStream('site-1', events, { expectedRevision: NO_STREAM });
  });
  afterEach(async () => {
    await client.dispose();
    await double.stop();
  });

  async function revisions(direction: 'forwards' | 'backwards' = 'forwards'): Promise<number[]> {
    const read: number[] = [];
    for await (const { event } of client.readStream('site-1', { direction })) read.push(Number(event!.revision));
    return read;
  }

  async function revisionsInAll(): Promise<bigint[]> {
    const read: bigint[] = [];
    for await (const { event } of client.readAll() as AsyncIterable<AllStreamResolvedEvent>) {
      if (event?.streamId === 'site-1') read.push(event.revision);
    }
    return read;
  }

  const append = (expectedRevision: bigint | typeof NO_STREAM) =>
    client.appendToStream('site-1', proposed({ id: randomUUID(), type: 'T', data: {} }), { expectedRevision });

  it('gives a truncated stream from its first revision on, and all of it in $all', async () => {
    await client.setStreamMetadata('site-1', { truncateBefore: 3 });
    expect(await revisions()).toEqual([3, 4]);
    expect(await revisions(BACKWARDS)).toEqual([4, 3]);
    expect(await revisionsInAll()).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(double.log.stream('$$site-1')).toMatchObject([{ type: '$metadata', revision: 0n }]);
  });

  it('gives the last events of a stream with a largest count', async () => {
    await client.setStreamMetadata('site-1', { maxCount: 2 });
    expect(await revisions()).toEqual([3, 4]);
    await append(4n);
    expect(await revisions()).toEqual([4, 5]);
  });

  it('gives no events that are older than a stream keeps them', async () => {
    await client.setStreamMetadata('site-1', { maxAge: 3_600 });
    expect(await revisions()).toEqual([0, 1, 2, 3, 4]);
    await client.setStreamMetadata('site-1', { maxAge: 0 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await revisions()).toEqual([]);
  });

  it('does not find a stream that was deleted softly, until an append without a stream brings it back', async () => {
    await client.deleteStream('site-1');
    expect(double.log.metadataOf('site-1').$tb).toBe(DELETED_REVISION);
    await expect(revisions()).rejects.toMatchObject({ type: 'stream-not-found' });
    expect(await append(NO_STREAM)).toMatchObject({ nextExpectedRevision: 5n });
    expect(double.log.metadataOf('site-1').$tb).toBe(5n);
    expect(await revisions()).toEqual([5]);
    expect(await revisionsInAll()).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
  });

  it('refuses every call on a stream with a tombstone, which stands in $all', async () => {
    await expect(client.tombstoneStream('site-1', { expectedRevision: 3n })).rejects.toMatchObject({
      type: 'wrong-expected-version',
    });
    await client.tombstoneStream('site-1', { expectedRevision: 4n });
    const refusal = { type: 'stream-deleted', streamName: 'site-1', code: 9 };
    await expect(revisions()).rejects.toMatchObject(refusal);
    await expect(append(4n)).rejects.toMatchObject({ type: 'stream-deleted', streamName: 'site-1' });
    await expect(client.tombstoneStream('site-1')).rejects.toMatchObject(refusal);
    expect(await revisionsInAll()).toEqual([0n, 1n, 2n, 3n, 4n, DELETED_REVISION]);
    expect(double.log.all.at(-1)).toMatchObject({ type: '$streamDeleted', stream: 'site-1', data: new Uint8Array() });
  });
});
