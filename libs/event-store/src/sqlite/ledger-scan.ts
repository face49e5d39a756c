import Database from 'better-sqlite3';
import { canonicalText } from '#transparency';
import { eventOfRecord } from '../canonical-record.js';
import { categoryOf } from '../event-store.port.js';
import { type StoredEvent } from '../stored-event.js';
import { streamIndexDamage } from './stream-index-damage.js';

/** A row of the log as it is in the file; nothing in it is trusted. */
export interface ScannedRow {
  readonly position: number;
  readonly record: Uint8Array;
  /** Undefined when the record cannot be read. */
  readonly event: StoredEvent | undefined;
  /** What is wrong with the row by itself. */
  readonly problem: string | undefined;
}

interface Row {
  position: number;
  stream: string;
  revision: number;
  category: string;
  record: Buffer;
}

/** A ledger file, open to be examined whatever state it is in, beside its owner too. */
export class LedgerScan {
  readonly #database: Database.Database;

  /** @throws SqliteError when the file is no database at all */
  constructor(path: string) {
    this.#database = new Database(path, { readonly: true, fileMustExist: true });
  }

  /** Position of the last row. */
  head(): number {
    return this.#database.prepare<[], number | null>('SELECT max(position) FROM events').pluck().get() ?? -1;
  }

  /**
   * Every row, in the order of the log, from the table itself: no index is trusted.
   * @throws SqliteError where the file cannot be read on
   */
  *rows(through: number): Generator<ScannedRow> {
    const page = this.#database.prepare<[number, number], Row>(
      'SELECT * FROM events NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position LIMIT 500',
    );
    for (let after = -1; ;) {
      const rows = page.all(after, through);
      for (const row of rows) yield scanned(row);
      const last = rows.at(-1);
      if (!last) return;
      after = last.position;
    }
  }

  /** What SQLite itself finds wrong with its pages, and where the index of streams differs from the log. */
  damage(): string[] {
    try {
      const found = this.#database.pragma('integrity_check(20)') as { integrity_check: string }[];
      const damaged = found.map(({ integrity_check: line }) => line).filter((line) => line !== 'ok');
      return damaged.length > 0 ? damaged : streamIndexDamage(this.#database);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  close(): void {
    this.#database.close();
  }
}

function scanned({ position, stream, revision, category, record }: Row): ScannedRow {
  let event: StoredEvent;
  try {
    event = eventOfRecord(record, BigInt(position));
    if (canonicalText(JSON.parse(record.toString('utf8'))) !== record.toString('utf8')) {
      return { position, record, event, problem: 'its record is not in canonical form' };
    }
  } catch {
    return { position, record, event: undefined, problem: 'its record cannot be read' };
  }
  const agrees =
    event.stream === stream && event.revision === BigInt(revision) && categoryOf(event.stream) === category;
  return { position, record, event, problem: agrees ? undefined : 'its columns do not say what its record says' };
}
