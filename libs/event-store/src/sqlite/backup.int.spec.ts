import { afterEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { type EventStore } from '../event-store.port.js';
import { type NewEvent } from '../stored-event.js';
import { openSqliteEventStore } from './sqlite-event-store.js';

const event = (): NewEvent => ({ id: randomUUID(), type: 'Noted', data: {}, metadata: {} });

async function recordsOf(store: EventStore): Promise<string[]> {
  const records: string[] = [];
  for await (const { record } of store.readAll()) records.push(Buffer.from(record).toString());
  return records;
}

describe('a backup by VACUUM INTO', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lodebook-backup-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made while the ledger runs, and is a ledger that goes on', async () => {
    const store = openSqliteEventStore(join(folder, 'ledger.db'));
    await store.append('site-a', [event(), event()], 'no-stream');
    const saved = await recordsOf(store);

    const reader = new Database(join(folder, 'ledger.db'), { readonly: true });
    reader.prepare('VACUUM INTO ?').run(join(folder, 'backup.db'));
    reader.close();
    await store.append('site-a', [event()], 1n);
    await store.close();

    const restored = openSqliteEventStore(join(folder, 'backup.db'));
    expect(await recordsOf(restored)).toEqual(saved);
    await expect(restored.append('site-a', [event()], 1n)).resolves.toMatchObject({ revision: 2n });
    await restored.close();
  });
});
