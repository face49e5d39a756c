import Database from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type EventStoreErrorCode } from '../event-store-error.js';
import {
  appendOneByOne,
  collect,
  expectRefusal,
  freshStream,
  idsOf,
  newEvent,
  newEvents,
} from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { SCHEMA_VERSION } from './ledger-schema.js';
import { openSqliteEventStore, openSqliteEventStoreReadOnly, type SqliteEventStore } from './sqlite-event-store.js';

const asRoot = process.getuid?.() === 0;

describe('opening a ledger', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  const opened: SqliteEventStore[] = [];
  const open = (path = made.ledger): SqliteEventStore => {
    const store = openSqliteEventStore(path);
    opened.push(store);
    return store;
  };
  const openForReading = (): SqliteEventStore => {
    const store = openSqliteEventStoreReadOnly(made.ledger);
    opened.push(store);
    return store;
  };
  beforeEach(() => {
    made = withLedgerFolder();
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    made.remove();
  });

  /** A closed ledger of some events, changed behind its back. */
  async function changed(change: (database: Database.Database) => void): Promise<void> {
    const store = open();
    await store.append('site-1', newEvents(20), 'no-stream');
    await store.close();
    const database = new Database(made.ledger);
    change(database);
    database.close();
  }

  function expectOpeningRefused(code: EventStoreErrorCode, message: RegExp, path = made.ledger): void {
    let error: unknown;
    try {
      open(path);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ name: 'EventStoreError', code });
    expect((error as Error).message).toMatch(message);
  }

  it('finds everything again, and goes on where it ended', async () => {
    const stream = freshStream();
    const events = newEvents(5);
    const first = open();
    const positions = await appendOneByOne(first, stream, events);
    await first.close();
    const second = open();
    expect(await second.head()).toBe(4n);
    expect(await second.append(stream, [events[3]!], 2n)).toEqual({
      revision: 3n,
      positions: [positions[3]],
      alreadyAppended: true,
    });
    expect(await second.append(stream, [newEvent()], 4n)).toMatchObject({ revision: 5n, positions: [5n] });
  });

  it('syncs every commit', async () => {
    const pragma = jest.spyOn(Database.prototype, 'pragma');
    open();
    const writing = pragma.mock.contexts[0] as Database.Database;
    pragma.mockRestore();
    expect(writing.pragma('synchronous', { simple: true })).toBe(2);
    expect(writing.pragma('journal_mode', { simple: true })).toBe('wal');
  });

  describe('that is in use', () => {
    it('is refused to a second owner, in this process and in another', async () => {
      open();
      expectOpeningRefused('store-locked', /another process has the ledger .* open/);
      const program = `
        import Database from 'better-sqlite3';
        const database = new Database(process.argv[1], { timeout: 0 });
        try { database.exec('BEGIN EXCLUSIVE'); console.log('taken'); } catch (error) { console.log(error.code); }`;
      const other = spawnSync(process.execPath, ['--input-type=module', '-e', program, `${made.ledger}-lock`], {
        cwd: process.cwd(),
        encoding: 'utf8',
      });
      expect(other.stdout.trim()).toBe('SQLITE_BUSY');
    });

    it('is free again after the owner closed it', async () => {
      await open().close();
      await expect(open().ping()).resolves.toBeUndefined();
    });

    it('can be read beside its owner, with what the owner goes on to append', async () => {
      const owner = open();
      const events = newEvents(3);
      await owner.append('site-1', events.slice(0, 2), 'no-stream');
      const reader = openForReading();
      expect(idsOf(await collect(reader.readAll()))).toEqual(idsOf(events.slice(0, 2)));
      const stop = new AbortController();
      const seen: string[] = [];
      const following = (async () => {
        for await (const batch of reader.subscribe({ signal: stop.signal })) {
          seen.push(...idsOf(batch));
          if (seen.length === 3) stop.abort();
        }
      })();
      await owner.append('site-1', [events[2]!], 1n);
      await following;
      expect(seen).toEqual(idsOf(events));
      await expectRefusal(reader.append('site-1', [newEvent()], 2n), 'store-unavailable');
      await expectRefusal(reader.ping(), 'store-unavailable');
    });

    it('can be read without an owner', async () => {
      const owner = open();
      await owner.append('site-1', newEvents(2), 'no-stream');
      await owner.close();
      expect(await collect(openForReading().readStream('site-1'))).toHaveLength(2);
    });
  });

  describe('that is damaged', () => {
    it('is refused when it is no database', () => {
      writeFileSync(made.ledger, 'This is not a ledger. '.repeat(500));
      expectOpeningRefused('store-corrupt', /restore ledger\.db .* from the last backup/);
      expect(readFileSync(made.ledger, 'utf8')).toMatch(/^This is not a ledger/);
      expect(() => openForReading()).toThrow(/is damaged/);
    });

    it('is refused when a page was overwritten, and left as it is', async () => {
      await changed(() => undefined);
      const size = statSync(made.ledger).size;
      const file = openSync(made.ledger, 'r+');
      writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, size - 4096);
      closeSync(file);
      const damaged = readFileSync(made.ledger);
      expectOpeningRefused('store-corrupt', /is damaged/);
      expect(readFileSync(made.ledger).equals(damaged)).toBe(true);
    });

    it('is refused when it was cut off', async () => {
      await changed(() => undefined);
      const whole = readFileSync(made.ledger);
      writeFileSync(made.ledger, whole.subarray(0, whole.length - 8192));
      expectOpeningRefused('store-corrupt', /is damaged/);
    });

    it.each([
      ['its last record cannot be parsed', "UPDATE events SET record = x'7b22' WHERE position = 19"],
      ['its last record says another revision', 'UPDATE events SET revision = 25 WHERE position = 19'],
      ['its last record says another category', "UPDATE events SET category = 'batch' WHERE position = 19"],
      ['an index is gone', 'DROP TABLE stream_events'],
      ['its last event is behind another of its stream', 'UPDATE events SET revision = 30 WHERE position = 4'],
      ['ids are indexed beyond the last event', 'UPDATE event_ids_merged SET through = 20'],
      ['streams are indexed beyond the last event', 'UPDATE stream_events_merged SET through = 20'],
      ['a revision is there twice', 'UPDATE events SET revision = 3 WHERE position = 4'],
      [
        'a revision is there twice, once merged into the index',
        `INSERT INTO stream_events SELECT stream, revision, position FROM events WHERE position < 10;
         UPDATE stream_events_merged SET through = 9;
         UPDATE events SET revision = 3 WHERE position = 15`,
      ],
    ])('is refused when %s', async (_, statement) => {
      await changed((database) => database.exec(statement));
      expectOpeningRefused('store-corrupt', /is damaged/);
    });

    it('tells of a record in the middle that cannot be read when it gets there', async () => {
      await changed((database) => database.exec("UPDATE events SET record = x'7b22' WHERE position = 7"));
      const reading = collect(openForReading().readAll());
      await expectRefusal(reading, 'store-corrupt');
      await expect(reading).rejects.toThrow(/record at position 7 /);
    });
  });

  it('refuses the file of another program', () => {
    const other = new Database(made.ledger);
    other.exec('CREATE TABLE invoices (id INTEGER PRIMARY KEY)');
    other.close();
    expectOpeningRefused('store-unavailable', /not a ledger of Lodebook/);
  });

  it('refuses a ledger of a newer schema', async () => {
    await changed((database) => database.pragma(`user_version = ${SCHEMA_VERSION + 1}`));
    expectOpeningRefused('store-unavailable', /written by a newer Lodebook \(schema 3, this one knows 2\)/);
  });

  it('refuses a folder that cannot be made', () => {
    writeFileSync(join(made.folder, 'file'), '');
    expectOpeningRefused('store-unavailable', /cannot be used/, join(made.folder, 'file', 'ledger.db'));
  });

  (asRoot ? it.skip : it)('refuses a folder that it may not write to', () => {
    const folder = join(made.folder, 'read-only');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    expectOpeningRefused('store-unavailable', /cannot be taken/, join(folder, 'ledger.db'));
  });

  it('takes up a ledger copied together with its write-ahead log', async () => {
    const store = open();
    const events = newEvents(30);
    await store.append('site-1', events, 'no-stream');
    const copy = join(made.folder, 'copy.db');
    copyFileSync(made.ledger, copy);
    copyFileSync(`${made.ledger}-wal`, `${copy}-wal`);
    expect(idsOf(await collect(open(copy).readStream('site-1')))).toEqual(idsOf(events));
    expect(statSync(`${copy}-wal`).size).toBe(0);
  });
});
