import Database from 'better-sqlite3';
import { EventStoreError } from '../event-store-error.js';
import { hasSqliteCode } from './sqlite-failure.js';

/**
 * One process owns a ledger. SQLite would let several write, one after the other, but the owner numbers the events from
 * memory and remembers revisions. The lock is SQLite's own (a POSIX record lock) on an empty file beside the ledger: the
 * kernel drops it with the process, `kill -9` included, so a left file locks nobody out. It is a file of its own because
 * readers must still get at `ledger.db`.
 *
 * POSIX drops a process's locks on a file when the process closes *any* descriptor of it: nothing else may open the file
 * in this process. Network file systems whose locks do not hold across machines are unfit for the data folder.
 */
export class LedgerLock {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /**
   * @param ledgerPath of the ledger; the lock is `{ledgerPath}-lock`.
   * @throws EventStoreError `store-locked` when it is held, `store-unavailable` when it cannot be made.
   */
  static take(ledgerPath: string): LedgerLock {
    const path = `${ledgerPath}-lock`;
    let database: Database.Database | undefined;
    try {
      database = new Database(path, { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
      return new LedgerLock(database);
    } catch (cause) {
      database?.close();
      if (hasSqliteCode(cause, 'SQLITE_BUSY')) {
        throw new EventStoreError(
          'store-locked',
          `another process has the ledger ${ledgerPath} open. One process owns a ledger: stop that one first, or open ` +
            'the ledger for reading only',
          undefined,
          { cause },
        );
      }
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new EventStoreError('store-unavailable', `the lock ${path} cannot be taken: ${why}`, undefined, { cause });
    }
  }

  release(): void {
    this.#database.close();
  }
}
