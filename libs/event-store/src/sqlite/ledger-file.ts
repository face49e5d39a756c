import Database from 'better-sqlite3';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EventStoreError } from '../event-store-error.js';
import { LedgerLock } from './ledger-lock.js';
import { checkFile, checkLastEvent, createSchema, isBlank, readAsThisVersion, upgradeLedger } from './ledger-schema.js';
import { SameFile } from './same-file.js';
import { readingFailure } from './sqlite-failure.js';

/** A backup program may hold the file for a moment; nobody else should. */
export const BUSY_TIMEOUT_MS = 1_000;
/**
 * Index entries of random UUIDs are scattered all over the index: with SQLite's 16 MB every insert into a ledger of a million
 * events would read a page first.
 */
const PAGE_CACHE_BYTES = 64 * 1024 * 1024;
/**
 * Pages in the write-ahead log before they are copied into the file. Eight times SQLite's default: pages that many groups
 * touch are copied once; the log stays at about 32 MB, which a start after a crash reads.
 */
const CHECKPOINT_PAGES = 8_000;

/** An open ledger. */
export interface LedgerFile {
  readonly path: string;
  readonly database: Database.Database;
  /** Of an owner: whether the path still leads to it. */
  readonly same?: SameFile;
  /** Releases the file, and the lock of an owner. */
  close(): void;
}

/**
 * Opens a ledger as its owner, or makes a new one, folder included.
 * @throws EventStoreError `store-locked`, `store-corrupt`, `store-unavailable`.
 */
export function openLedgerFile(requested: string): LedgerFile {
  const path = preparePath(requested);
  const lock = LedgerLock.take(path);
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    configure(database);
    if (isBlank(database)) createSchema(database);
    checkFile(database, path);
    readAsThisVersion(database);
    checkLastEvent(database, path);
    settleWriteAheadLog(database, path);
    upgradeLedger(database);
  } catch (error) {
    database?.close();
    lock.release();
    throw readingFailure(path, error);
  }
  const same = new SameFile(path, database);
  return {
    path,
    database,
    same,
    close: () => {
      same.close();
      lock.release();
    },
  };
}

/**
 * Opens a ledger for reading, beside its owner or alone.
 * @throws EventStoreError `store-corrupt`, `store-unavailable`.
 */
export function openLedgerFileReadOnly(requested: string): LedgerFile {
  let database: Database.Database | undefined;
  let path = requested;
  try {
    path = realpathSync(requested);
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    checkFile(database, path);
    readAsThisVersion(database);
    checkLastEvent(database, path);
  } catch (error) {
    database?.close();
    throw readingFailure(path, error);
  }
  const opened = database;
  return { path, database, close: () => void opened.close() };
}

/** The path with all symbolic links resolved, so that one ledger has one lock whatever path is used. */
function preparePath(requested: string): string {
  try {
    if (existsSync(requested)) return realpathSync(requested);
    const folder = dirname(requested);
    const firstMade = mkdirSync(folder, { recursive: true });
    // SQLite syncs the ledger's entry in its folder; the entry of a new folder in its parent is ours to sync.
    if (firstMade !== undefined) syncFolder(dirname(firstMade));
    return join(realpathSync(folder), basename(requested));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EventStoreError('store-unavailable', `the folder of ${requested} cannot be used: ${why}`, undefined, {
      cause,
    });
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function configure(database: Database.Database): void {
  database.pragma('journal_mode = WAL');
  // better-sqlite3 is built with NORMAL for WAL, which syncs at checkpoints only.
  database.pragma('synchronous = FULL');
  database.pragma(`cache_size = ${-PAGE_CACHE_BYTES / 1024}`);
  // A checkpoint that fails is not lost: what it copied counts only after its sync, and the next begins there again.
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
}

/**
 * Copies what a crash left in the write-ahead log into the file, syncs it, and empties the log, before anything is
 * appended. A commit whose sync failed may lie in the operating system's cache as if it were on disk, and a later sync
 * would not write it again; events appended behind it in the log would be lost with it when the power goes.
 */
function settleWriteAheadLog(database: Database.Database, path: string): void {
  const [outcome] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  if (outcome?.busy !== 0) {
    throw new EventStoreError('store-unavailable', `a reader holds the ledger ${path}: close it and start again`);
  }
}
