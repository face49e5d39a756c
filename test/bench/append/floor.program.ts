import Database from 'better-sqlite3';
import { join } from 'node:path';
import { canonicalRecord, categoryOf } from '#event-store';
import { asked, say } from '../harness/program.js';
import { appendsOf, type Workload } from './workload.js';

/** Rows of one transaction. */
const ROWS_PER_TRANSACTION = 1_000;

interface Row {
  readonly stream: string;
  readonly revision: number;
  readonly record: Buffer;
}

/** Inserts either the rows of a workload or those of an existing ledger. */
const spec = asked<{ folder: string; warmUp?: Workload; workload?: Workload; ledger?: string }>();
const database = new Database(join(spec.folder, 'floor.db'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
// The minimum for a log: its order, and one event for each revision of a stream.
database.exec(`CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  revision INTEGER NOT NULL,
  category TEXT NOT NULL,
  record BLOB NOT NULL,
  UNIQUE (stream, revision)
) STRICT`);
const insert = database.prepare('INSERT INTO events (stream, revision, category, record) VALUES (?, ?, ?, ?)');
const insertAll = database.transaction((rows: readonly Row[]) => {
  for (const { stream, revision, record } of rows) insert.run(stream, revision, categoryOf(stream), record);
});

if (spec.warmUp) insertRows(rowsOf(spec.warmUp, 'warm-up'));
const rows = spec.workload ? rowsOf(spec.workload, 'measured') : rowsOfLedger(spec.ledger!);
const count = database.prepare<[], number>('SELECT count(*) FROM events').pluck();
const before = count.get()!;
const seconds = insertRows(rows);
const events = count.get()! - before;
database.close();
say({ value: events / seconds, work: `${events} events` });

function insertRows(all: readonly Row[]): number {
  const began = performance.now();
  for (let from = 0; from < all.length; from += ROWS_PER_TRANSACTION) {
    insertAll.immediate(all.slice(from, from + ROWS_PER_TRANSACTION));
  }
  return (performance.now() - began) / 1000;
}

/**
 * In the order in which a log receives them: one from each waiting client in turn, as when all are answered together.
 */
function rowsOf(workload: Workload, name: string): Row[] {
  const revisions = new Map<string, number>();
  const rows: Row[] = [];
  for (const { stream, events } of appendsOf(workload, name)) {
    for (const event of events) {
      const revision = (revisions.get(stream) ?? -1) + 1;
      revisions.set(stream, revision);
      rows.push({ stream, revision, record: Buffer.from(canonicalRecord(stream, BigInt(revision), event)) });
    }
  }
  return rows;
}

function rowsOfLedger(path: string): Row[] {
  const ledger = new Database(path, { readonly: true });
  const found = ledger.prepare<[], Row>('SELECT stream, revision, record FROM events ORDER BY position').all();
  ledger.close();
  return found;
}
