import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEventStore } from './open-event-store.js';
import { expectRefusal } from './testing/contract-events.js';
import { withLedgerFolder } from './testing/ledger-folder.js';

describe('openEventStore', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  beforeEach(() => {
    made = withLedgerFolder();
  });
  afterEach(() => made.remove());

  it.each([
    ['the data folder, which it makes', () => 'sqlite:', () => join(made.folder, 'new', 'data', 'ledger.db')],
    ['a path', () => `sqlite:${made.folder}/mine.db`, () => join(made.folder, 'mine.db')],
    ['a path with slashes', () => `sqlite://${made.folder}/mine.db`, () => join(made.folder, 'mine.db')],
  ])('keeps the ledger in %s', async (_, url, file) => {
    const store = await openEventStore(url(), { dataFolder: join(made.folder, 'new', 'data') });
    expect(store.engine).toBe('sqlite');
    await store.close();
    expect(existsSync(file())).toBe(true);
  });

  it('opens a store in memory', async () => {
    const store = await openEventStore('memory:', { dataFolder: made.folder });
    expect(store.engine).toBe('memory');
    expect(existsSync(made.ledger)).toBe(false);
  });

  it('refuses another scheme without repeating what may be a secret', async () => {
    const opening = openEventStore('postgres://me:secret@host/db', { dataFolder: made.folder });
    await expectRefusal(opening, 'store-unavailable');
    await expect(opening).rejects.toThrow(/not by postgres:$/);
  });
});
