import { afterAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { collect, newEvents } from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { IS_RARE } from './ledger-schema.js';
import { openSqliteEventStore } from './sqlite-event-store.js';

describe('events of a rare category among many', () => {
  const { ledger, remove } = withLedgerFolder();
  afterAll(remove);

  it('are found, before, between and behind the others, without passing those', async () => {
    const store = openSqliteEventStore(ledger);
    for (let round = 0; round < 3; round++) {
      await store.append(`access-${round}`, newEvents(1), 'no-stream');
      await store.append(`site-${round}`, newEvents(4_000), 'no-stream');
    }
    await store.append('access-last', newEvents(1), 'no-stream');
    const found = await collect(store.readAll({ categories: ['access'] }));
    await store.close();
    expect(found.map(({ stream, position }) => [stream, position])).toEqual([
      ['access-0', 0n],
      ['access-1', 4_001n],
      ['access-2', 8_002n],
      ['access-last', 12_003n],
    ]);
    const database = new Database(ledger, { readonly: true });
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN SELECT record FROM events WHERE category = ? AND ${IS_RARE} AND position > ?`)
      .all('access', 0) as { detail: string }[];
    database.close();
    expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining('events_by_rare_category')]);
  });
});
