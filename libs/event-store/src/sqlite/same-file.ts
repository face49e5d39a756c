import Database from 'better-sqlite3';
import { renameSync, statSync } from 'node:fs';
import { EventStoreError } from '../event-store-error.js';
import { hasSqliteCode } from './sqlite-failure.js';

/** The first record of a log and the last. */
interface Ends {
  readonly position: number;
  readonly record: Buffer;
}

const ENDS = `SELECT position, record FROM events WHERE position IN
  ((SELECT min(position) FROM events), (SELECT max(position) FROM events)) ORDER BY position`;

/** Errors that say nothing about the file: no descriptor or memory is left, or somebody holds it. */
const PASSING = ['SQLITE_CANTOPEN', 'SQLITE_BUSY', 'SQLITE_IOERR', 'SQLITE_NOMEM'];

/**
 * Whether the file at the ledger's path is still the one that its owner has open, with the owner's content: SQLite keeps
 * writing to a file that was moved away or deleted, and what is acknowledged would be written where nobody finds it.
 */
export class SameFile {
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #opened: ReturnType<typeof lookAt>;
  readonly #openedLog: ReturnType<typeof lookAt>;
  readonly #ends: Database.Statement<[], Ends>;
  /** Its modification time at the last comparison with the owner's content. */
  #changedAt: bigint | undefined;
  #exchanged: EventStoreError | undefined;
  /** Called once, when the file is found to have been replaced. */
  onExchanged: () => void = () => undefined;

  constructor(path: string, database: Database.Database) {
    this.#path = path;
    this.#database = database;
    this.#opened = lookAt(path);
    this.#openedLog = lookAt(`${path}-wal`);
    this.#ends = database.prepare(ENDS);
    this.#changedAt = this.#opened?.ctimeNs;
  }

  /** The problem that the last check found; undefined: none. */
  get exchanged(): EventStoreError | undefined {
    return this.#exchanged;
  }

  /** Checks, which takes a few microseconds unless the file was written to. @throws EventStoreError `history-changed` */
  require(): void {
    const found = lookAt(this.#path);
    if (this.#exchanged === undefined) {
      if (found === undefined) this.#exchanged = historyChanged(this.#path, 'is no longer there');
      else if (!isSame(found, this.#opened)) this.#exchanged = historyChanged(this.#path, 'was exchanged for another');
      else if (found.ctimeNs !== this.#changedAt) {
        const same = this.#hasTheSame();
        if (same === false) this.#exchanged = historyChanged(this.#path, 'was written over or damaged');
        if (same !== undefined) this.#changedAt = found.ctimeNs;
      }
      if (this.#exchanged) this.onExchanged();
    }
    if (this.#exchanged !== undefined) throw this.#exchanged;
  }

  /** Closes the owner's connection, by which SQLite deletes the write-ahead log by its name: not that of another file. */
  close(): void {
    const log = `${this.#path}-wal`;
    const found = lookAt(log);
    if (found === undefined || isSame(found, this.#openedLog)) {
      this.#database.close();
      return;
    }
    renameSync(log, `${log}-kept`);
    try {
      this.#database.close();
    } finally {
      renameSync(`${log}-kept`, log);
    }
  }

  /** Over a separate connection, since the owner's has pages in memory. @returns undefined when none can be opened just now */
  #hasTheSame(): boolean | undefined {
    let fresh: Database.Database | undefined;
    try {
      const ours = this.#ends.all();
      fresh = new Database(this.#path, { readonly: true, fileMustExist: true });
      const theirs = fresh.prepare<[], Ends>(ENDS).all();
      return (
        ours.length === theirs.length &&
        ours.every(({ position, record }, n) => theirs[n]!.position === position && theirs[n]!.record.equals(record))
      );
    } catch (error) {
      return hasSqliteCode(error, ...PASSING) ? undefined : false;
    } finally {
      fresh?.close();
    }
  }
}

function lookAt(path: string): { dev: bigint; ino: bigint; ctimeNs: bigint } | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function isSame(one: ReturnType<typeof lookAt>, other: ReturnType<typeof lookAt>): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev;
}

function historyChanged(path: string, what: string): EventStoreError {
  return new EventStoreError(
    'history-changed',
    `the ledger ${path} ${what} while it was open: nothing more is recorded. Stop the server before its files are moved or restored`,
  );
}
