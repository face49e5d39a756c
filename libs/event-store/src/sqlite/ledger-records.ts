import Database from 'better-sqlite3';
import { type RecordReader } from '../event-store.port.js';
import { BUSY_TIMEOUT_MS, type LedgerFile } from './ledger-file.js';
import { corrupt, readingFailure } from './sqlite-failure.js';

/** Positions per statement: beyond, a record costs no less. */
const POSITIONS_AT_ONCE = 500;

/** Reads the records of a ledger by position, many with one statement: a statement each takes half as long again. */
export class LedgerRecords implements RecordReader {
  readonly #found: Database.Statement<[string], string | null>;

  readonly #file: Omit<LedgerFile, 'close'>;

  constructor(file: Omit<LedgerFile, 'close'>) {
    this.#file = file;
    // As text: a buffer for each record would cost more than its decoding.
    this.#found = file.database
      .prepare<[string], string | null>(
        'SELECT CAST(record AS TEXT) FROM json_each(?) AS place LEFT JOIN events ON position = place.value',
      )
      .pluck();
  }

  /** @see RecordReader.recordsAt */
  recordsAt(positions: readonly bigint[]): string[] {
    const records: string[] = [];
    for (let from = 0; from < positions.length; from += POSITIONS_AT_ONCE) {
      const some = positions.slice(from, from + POSITIONS_AT_ONCE);
      for (const [index, record] of this.#find(some).entries()) {
        if (record === null) throw corrupt(this.#file.path, `it has no event at position ${some[index]}`);
        records.push(record);
      }
    }
    return records;
  }

  #find(positions: readonly bigint[]): (string | null)[] {
    try {
      return this.#found.all(`[${positions.join()}]`);
    } catch (error) {
      this.#file.same?.require(); // an overwritten file looks like a damaged one
      throw readingFailure(this.#file.path, error);
    }
  }
}

/** Records over a connection of their own. */
export interface OpenRecords extends RecordReader {
  close(): void;
}

/**
 * Opens the records of a ledger that its owner, who has checked the file, has open in this process.
 * @throws EventStoreError `store-unavailable`, `store-corrupt`
 */
export function openLedgerRecords(path: string): OpenRecords {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    const opened = database;
    const records = new LedgerRecords({ path, database });
    return { recordsAt: (positions) => records.recordsAt(positions), close: () => void opened.close() };
  } catch (error) {
    database?.close();
    throw readingFailure(path, error);
  }
}
