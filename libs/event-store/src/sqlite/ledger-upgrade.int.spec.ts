import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { canonicalRecord } from '../canonical-record.js';
import { categoryOf } from '../event-store.port.js';
import { type NewEvent } from '../stored-event.js';
import { collect, expectRefusal, idsOf, newEvent, newEvents } from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { LedgerScan } from './ledger-scan.js';
import { upgradeLedger } from './ledger-schema.js';
import { openSqliteEventStore, openSqliteEventStoreReadOnly, type SqliteEventStore } from './sqlite-event-store.js';

/** As the first release made it: never to be changed. */
const SCHEMA_1 = [
  `CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    category TEXT NOT NULL,
    record BLOB NOT NULL
  ) STRICT`,
  'CREATE UNIQUE INDEX events_by_stream ON events (stream, revision)',
  'CREATE INDEX events_by_category ON events (category)',
  'CREATE TABLE event_ids (event_id BLOB PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  'CREATE TABLE event_ids_merged (only INTEGER PRIMARY KEY CHECK (only = 0), through INTEGER NOT NULL) STRICT',
];

describe('a ledger of schema 1', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  const opened: SqliteEventStore[] = [];
  const streams = ['site-1', 'site-2', 'organisation-über'];
  const events = newEvents(60);
  const streamOf = (index: number): string => streams[index % streams.length]!;
  const inStream = (stream: string): NewEvent[] => events.filter((_, index) => streamOf(index) === stream);
  beforeEach(() => {
    made = withLedgerFolder();
    writeSchema1(events);
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    made.remove();
  });

  /** The first half of the ids merged, as it may be found. */
  function writeSchema1(written: readonly NewEvent[]): void {
    const database = new Database(made.ledger);
    database.pragma('journal_mode = WAL');
    for (const statement of SCHEMA_1) database.exec(statement);
    const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
    const insertId = database.prepare("INSERT INTO event_ids VALUES (unhex(?, '-'), ?)");
    written.forEach((event, position) => {
      const stream = streamOf(position);
      const revision = Math.floor(position / streams.length);
      insert.run(position, stream, revision, categoryOf(stream), canonicalRecord(stream, BigInt(revision), event));
      if (position < 30) insertId.run(event.id, position);
    });
    database.exec(`INSERT INTO event_ids_merged VALUES (0, ${Math.min(29, written.length - 1)})`);
    database.pragma(`application_id = ${0x4c44424b}`);
    database.pragma('user_version = 1');
    database.close();
  }

  const openWith = (opening: (path: string) => SqliteEventStore): SqliteEventStore => {
    const store = opening(made.ledger);
    opened.push(store);
    return store;
  };

  async function expectAll(store: SqliteEventStore): Promise<void> {
    expect(idsOf(await collect(store.readAll()))).toEqual(idsOf(events));
    for (const stream of streams) {
      const written = idsOf(inStream(stream));
      expect(idsOf(await collect(store.readStream(stream)))).toEqual(written);
      expect(idsOf(await collect(store.readStream(stream, { direction: 'backwards' })))).toEqual(written.toReversed());
      expect(idsOf(await collect(store.readStream(stream, { from: 5n, limit: 2 })))).toEqual(written.slice(5, 7));
    }
    expect(idsOf(await collect(store.readAll({ categories: ['organisation'] })))).toEqual(idsOf(inStream(streams[2]!)));
  }

  const inspect = <T>(look: (database: Database.Database) => T): T => {
    const database = new Database(made.ledger, { readonly: true });
    const seen = look(database);
    database.close();
    return seen;
  };
  const version = (): unknown => inspect((database) => database.pragma('user_version', { simple: true }));

  it('is upgraded when its owner opens it, and goes on', async () => {
    const store = openWith(openSqliteEventStore);
    expect(version()).toBe(2);
    const names = inspect((database) => database.prepare('SELECT name FROM sqlite_schema ORDER BY name').pluck().all());
    expect(names).not.toContain('events_by_stream');
    expect(names).toContain('stream_events');
    await expectAll(store);
    await expectRefusal(store.append('site-1', [newEvent()], 3n), 'revision-conflict', 19n);
    await expectRefusal(store.append('site-1', [events[1]!], 19n), 'event-id-reused');
    expect(await store.append('site-1', [events[3]!], 0n)).toMatchObject({ revision: 1n, alreadyAppended: true });
    expect(await store.append('site-1', [newEvent()], 19n)).toMatchObject({ revision: 20n, positions: [60n] });
    expect(await store.append('site-9', [newEvent()], 'no-stream')).toMatchObject({ revision: 0n, positions: [61n] });
    await store.close();
    const scan = new LedgerScan(made.ledger);
    expect(scan.damage()).toEqual([]);
    scan.close();
    expect(await collect(openWith(openSqliteEventStore).readStream('site-1'))).toHaveLength(21);
  });

  it('is read as it is, and left as it is, by one who only reads', async () => {
    await expectAll(openWith(openSqliteEventStoreReadOnly));
    expect(version()).toBe(1);
    const scan = new LedgerScan(made.ledger);
    expect([...scan.rows(scan.head())].filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(scan.damage()).toEqual([]);
    scan.close();
  });

  it('is upgraded when it is empty', async () => {
    made.remove();
    made = withLedgerFolder();
    writeSchema1([]);
    const store = openWith(openSqliteEventStore);
    expect(await store.append('site-1', [newEvent()], 'no-stream')).toMatchObject({ positions: [0n] });
  });

  it('is refused when it is damaged, and left as it is', async () => {
    const database = new Database(made.ledger);
    database.exec('UPDATE events SET revision = 30 WHERE position = 59');
    database.close();
    expect(() => openWith(openSqliteEventStore)).toThrow(/do not agree.*Nothing was changed/s);
    expect(version()).toBe(1);
  });

  it('is left as it is when the upgrade runs out of space, and upgraded the next time', async () => {
    const database = new Database(made.ledger);
    database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true }) as number}`);
    expect(() => upgradeLedger(database)).toThrow(/full/);
    database.close();
    expect(version()).toBe(1);
    await expectAll(openWith(openSqliteEventStore));
    expect(version()).toBe(2);
  });
});
