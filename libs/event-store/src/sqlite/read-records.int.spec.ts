import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type StoredEvent } from '../stored-event.js';
import { collect, newEvent, newEvents } from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { openSqliteEventStore, openSqliteEventStoreReadOnly, type SqliteEventStore } from './sqlite-event-store.js';

const CATEGORIES = ['site', 'batch'];

describe('the records of a ledger, many in one buffer', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  let store: SqliteEventStore;
  beforeEach(() => {
    made = withLedgerFolder();
    store = openSqliteEventStore(made.ledger);
  });
  afterEach(async () => {
    await store.close();
    made.remove();
  });

  async function records(through: bigint): Promise<{ records: string[]; largest: number; through: bigint }> {
    const found: string[] = [];
    let largest = 0;
    let last = -1n;
    for await (const page of store.readRecords({ categories: CATEGORIES, through })) {
      const bytes = Buffer.from(page.bytes);
      let start = 0;
      for (const end of page.ends) {
        found.push(bytes.toString('hex', start, end));
        if (end < bytes.length) expect(bytes[end]).toBe(0);
        start = end + 1;
      }
      expect(page.ends.at(-1)).toBe(bytes.length);
      expect(page.through).toBeGreaterThan(last);
      last = page.through;
      largest = Math.max(largest, bytes.length);
    }
    return { records: found, largest, through: last };
  }

  const expected = (events: readonly StoredEvent[], through: bigint) =>
    events.filter(({ position }) => position <= through).map(({ record }) => Buffer.from(record).toString('hex'));

  it('are those of the events of the categories, in order, up to a position', async () => {
    for (let n = 0; n < 6; n++)
      await store.append(`${['site', 'batch', 'checkpoint'][n % 3]}-${n}`, newEvents(400), 'no-stream');
    const events = await collect(store.readAll({ categories: CATEGORIES }));
    for (const through of [2_399n, 1_700n, 900n, 0n]) {
      expect((await records(through)).records).toEqual(expected(events, through));
    }
    expect((await records(-1n)).records).toEqual([]);
  });

  it('are the bytes as they are, whatever they are', async () => {
    await store.append('site-1', newEvents(7), 'no-stream');
    await store.close();
    const odd = [Buffer.from([0]), Buffer.from([0xff, 0, 0xc3]), Buffer.from('ü\n,'), Buffer.alloc(0)];
    const ledger = new Database(made.ledger);
    odd.forEach((bytes, n) => ledger.prepare('UPDATE events SET record = ? WHERE position = ?').run(bytes, n + 1));
    ledger.close();
    store = openSqliteEventStoreReadOnly(made.ledger);
    expect((await records(9n)).records.slice(1, 5)).toEqual(odd.map((bytes) => bytes.toString('hex')));
  });

  it('come a few at a time when they are large', async () => {
    for (let n = 0; n < 30; n++)
      await store.append(`site-${n}`, [newEvent({ text: 'x'.repeat(400_000) })], 'no-stream');
    const events = await collect(store.readAll({ categories: CATEGORIES }));
    const { records: found, largest } = await records(29n);
    expect(found).toEqual(expected(events, 29n));
    expect(largest).toBeLessThan(5 * 1024 * 1024);
  });
});
