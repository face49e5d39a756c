import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANY, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { type EventStoreDbDouble, startEventStoreDbDouble } from './index.js';

/** A wrong password as observed on a server; rights as in the server's documentation. */
describe('the double of a secured EventStoreDB', () => {
  let double: EventStoreDbDouble;
  const clients: EventStoreDBClient[] = [];
  beforeEach(async () => {
    double = await startEventStoreDbDouble({
      users: {
        admin: { password: 'changeit', groups: ['$admins'] },
        ledger: { password: 'se:cret', groups: ['ledgers'] },
        other: { password: 'other' },
      },
    });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
    await double.stop();
  });

  const as = (user?: string): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString(user ? double.url.replace('://', `://${user}@`) : double.url);
    client['supports'] = () => Promise.resolve(false);
    clients.push(client);
    return client;
  };
  const append = (client: EventStoreDBClient) =>
    client.appendToStream('site-1', jsonEvent({ type: 'T', data: {} }), { expectedRevision: ANY });
  const count = async (source: AsyncIterable<unknown>): Promise<number> => {
    let items = 0;
    for await (const item of source) items += item ? 1 : 0;
    return items;
  };

  it('refuses a wrong password', async () => {
    await expect(append(as('ledger:wrong'))).rejects.toMatchObject({ type: 'access-denied', code: 16 });
    await expect(count(as('nobody:x').readAll())).rejects.toMatchObject({ type: 'access-denied', code: 16 });
  });

  it('lets everybody read and write streams, and admins alone read all of the log', async () => {
    await append(as());
    await append(as('ledger:se%3Acret'));
    expect(await count(as('other:other').readStream('site-1'))).toBe(2);
    expect(await count(as('admin:changeit').readAll())).toBeGreaterThan(2);
    await expect(count(as('other:other').readAll())).rejects.toMatchObject({ type: 'access-denied', code: 7 });
  });

  it('keeps to the rights that a stream was given', async () => {
    const admin = as('admin:changeit');
    await admin.setStreamMetadata('site-1', {
      acl: { writeRoles: ['ledgers'], readRoles: ['$all'], deleteRoles: [], metaWriteRoles: ['$admins'] },
    });
    const denied = { type: 'access-denied', code: 7 };
    await append(as('ledger:se%3Acret'));
    await expect(append(as('other:other'))).rejects.toMatchObject(denied);
    expect(await count(as('other:other').readStream('site-1'))).toBe(1);
    await expect(as('ledger:se%3Acret').deleteStream('site-1')).rejects.toMatchObject(denied);
    await expect(as('ledger:se%3Acret').setStreamMetadata('site-1', { maxCount: 1 })).rejects.toMatchObject(denied);
  });
});
