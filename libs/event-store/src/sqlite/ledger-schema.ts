import type Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { eventOfRecord } from '../canonical-record.js';
import { EventStoreError } from '../event-store-error.js';
import { categoryOf } from '../event-store.port.js';
import { corrupt } from './sqlite-failure.js';

/** "LDBK": tells a ledger from any other SQLite file. */
const APPLICATION_ID = 0x4c44424b;
/** Version of the tables below, kept in `user_version`. A change of them is a new version, with a step in upgradeLedger. */
export const SCHEMA_VERSION = 2;

/**
 * Up to this size every page of the file is checked when it is opened. Beyond,
 * the time would grow with the ledger: the whole of it is checked by `lodebook fsck`, and at the start only what the
 * next append builds on.
 */
const QUICK_CHECK_MAX_BYTES = 64 * 1024 * 1024;

const EVENTS = `CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    category TEXT NOT NULL,
    record BLOB NOT NULL
  ) STRICT`;
const EVENT_IDS = [
  'CREATE TABLE event_ids (event_id BLOB PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  'CREATE TABLE event_ids_merged (only INTEGER PRIMARY KEY CHECK (only = 0), through INTEGER NOT NULL) STRICT',
];
const STREAM_EVENTS = [
  `CREATE TABLE stream_events (
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (stream, revision)
  ) STRICT, WITHOUT ROWID`,
  'CREATE TABLE stream_events_merged (only INTEGER PRIMARY KEY CHECK (only = 0), through INTEGER NOT NULL) STRICT',
];

/**
 * Categories of which a ledger has few events among many: reading one of them alone must not mean reading the whole log. An
 * index on every event's category would cost each append.
 */
const RARE_CATEGORIES = ['access', 'organisation'] as const;

/** SQLite uses the index of rare categories only for a query with exactly this condition. */
export const IS_RARE = `category IN (${RARE_CATEGORIES.map((category) => `'${category}'`).join(', ')})`;

const RARE_EVENTS = `CREATE INDEX events_by_rare_category ON events (category) WHERE ${IS_RARE}`;

export function isRare(category: string): boolean {
  return RARE_CATEGORIES.some((rare) => rare === category);
}

/**
 * `position` is dense from 0. `record` holds the bytes that are hashed, the complete event; `stream`, `revision` and
 * `category` repeat what is searched for. Two indexes are tables of their own and lag behind `events`: `event_ids` (UUIDs as
 * 16 bytes) and `stream_events`, each complete up to the position `through` beside it, see LateMerging.
 */
const SCHEMA = [EVENTS, RARE_EVENTS, ...EVENT_IDS, ...STREAM_EVENTS];

/** Version 1 found streams and categories by indexes that SQLite kept up with every group. */
const SCHEMA_1 = [
  EVENTS,
  'CREATE UNIQUE INDEX events_by_stream ON events (stream, revision)',
  'CREATE INDEX events_by_category ON events (category)',
  ...EVENT_IDS,
];

/** By version. */
const SCHEMAS: Readonly<Record<number, readonly string[]>> = { 1: SCHEMA_1, [SCHEMA_VERSION]: SCHEMA };

/** True for a file that SQLite has made but nobody has written to yet, also after a crash in {@link createSchema}. */
export function isBlank(database: Database.Database): boolean {
  return (
    database.pragma('application_id', { simple: true }) === 0 &&
    database.pragma('user_version', { simple: true }) === 0 &&
    database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  );
}

export function createSchema(database: Database.Database): void {
  database.transaction(() => {
    for (const statement of SCHEMA) database.exec(statement);
    database.exec('INSERT INTO event_ids_merged (only, through) VALUES (0, -1)');
    database.exec('INSERT INTO stream_events_merged (only, through) VALUES (0, -1)');
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}

/**
 * Checks that the file is a ledger of this version or one before.
 * @throws EventStoreError `store-corrupt`, or `store-unavailable` for another program's file and a newer ledger.
 */
export function checkFile(database: Database.Database, path: string): void {
  checkSchema(database, path);
  if (statSync(path).size > QUICK_CHECK_MAX_BYTES) return;
  const finding = database.pragma('quick_check(1)', { simple: true });
  if (finding !== 'ok') throw corrupt(path, String(finding));
}

/**
 * Lets a ledger of version 1 be read as one of this version, by this connection and without a change to the file: its own
 * index of streams is always complete.
 */
export function readAsThisVersion(database: Database.Database): void {
  if (versionOf(database) !== 1) return;
  database.exec(`
    CREATE TEMP VIEW stream_events AS SELECT stream, revision, position FROM events;
    CREATE TEMP VIEW stream_events_merged AS SELECT coalesce(max(position), -1) AS through FROM events`);
}

/** Brings a ledger of version 1 to this one, in one transaction: all or nothing of it is on disk when this returns. */
export function upgradeLedger(database: Database.Database): void {
  if (versionOf(database) !== 1) return;
  database
    .transaction(() => {
      database.exec('DROP VIEW IF EXISTS temp.stream_events; DROP VIEW IF EXISTS temp.stream_events_merged');
      for (const statement of STREAM_EVENTS) database.exec(statement);
      database.exec(`
        INSERT INTO stream_events SELECT stream, revision, position FROM events ORDER BY stream, revision;
        INSERT INTO stream_events_merged SELECT 0, coalesce(max(position), -1) FROM events;
        DROP INDEX events_by_stream;
        DROP INDEX events_by_category;
        ${RARE_EVENTS}`);
      database.pragma(`user_version = ${SCHEMA_VERSION}`);
    })
    .immediate();
}

function versionOf(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function checkSchema(database: Database.Database, path: string): void {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new EventStoreError('store-unavailable', `${path} is a database, but not a ledger of Lodebook`);
  }
  const version = versionOf(database);
  if (version > SCHEMA_VERSION) {
    throw new EventStoreError(
      'store-unavailable',
      `the ledger ${path} was written by a newer Lodebook (schema ${version}, this one knows ${SCHEMA_VERSION}): ` +
        'start that version, or restore the backup made before the upgrade',
    );
  }
  const found = database
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  const schema = SCHEMAS[version];
  // As a set: VACUUM INTO, a way to make backups, writes them in another order.
  if (!schema || found.length !== schema.length || schema.some((sql) => !found.includes(sql))) {
    throw corrupt(path, 'its tables are not those of a ledger');
  }
}

const INDEXES = [
  ['event_ids_merged', 'event ids'],
  ['stream_events_merged', 'streams'],
] as const;

interface LastRow {
  position: number;
  stream: string;
  revision: number;
  category: string;
  record: Buffer;
}

/**
 * The next append builds on the last event: its columns must say what its record says, and its stream end with it.
 * @throws EventStoreError `store-corrupt`
 */
export function checkLastEvent(database: Database.Database, path: string): void {
  const row = database.prepare<[], LastRow>('SELECT * FROM events ORDER BY position DESC LIMIT 1').get();
  for (const [marker, index] of INDEXES) {
    const through = database.prepare<[], number>(`SELECT through FROM ${marker}`).pluck().get();
    if (through === undefined || through > (row?.position ?? -1)) {
      throw corrupt(path, `its index of ${index} ends behind its last event`);
    }
  }
  if (!row) return;
  let event;
  try {
    event = eventOfRecord(row.record, BigInt(row.position));
  } catch (cause) {
    throw corrupt(path, `the record at position ${row.position} cannot be read`, cause);
  }
  const lastRevision = database
    .prepare(
      `SELECT max(revision) FROM (
        SELECT max(revision) AS revision FROM stream_events WHERE stream = $stream UNION ALL
        SELECT max(revision) FROM events WHERE stream = $stream
          AND position > (SELECT through FROM stream_events_merged))`,
    )
    .pluck()
    .get({ stream: row.stream });
  if (
    event.stream !== row.stream ||
    categoryOf(event.stream) !== row.category ||
    event.revision !== BigInt(row.revision) ||
    lastRevision !== row.revision
  ) {
    throw corrupt(path, `the record at position ${row.position} and its place in the log do not agree`);
  }
}
