import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type SqliteDatabase } from 'kysely';
import { LRUCache } from 'lru-cache';
import { type Say } from '#following';
import { ViewsError } from './views-error.js';

/** "LdVw": marks the file as Lodebook's views (SQLite's `application_id`). */
const APPLICATION_ID = 0x4c645677;
/** Layout of what is not versioned with the projection (SQLite's `user_version`). Another layout: the file is made anew. */
const LAYOUT_VERSION = 1;
/** Up to this size the file's pages are checked at every start; above, the check would hold up the start for seconds. */
const CHECKED_BYTES = 256 * 1024 * 1024;
/** Shapes of statements kept prepared per connection. Lists of ids come in fixed sizes, so that the shapes are few. */
const KEPT_STATEMENTS = 512;
/**
 * Pages of the write-ahead log after which the connection that writes copies it back: 32 MB, so that a rebuild copies a busy
 * page less often. Where a thread does so, this is for when it does not.
 */
const CHECKPOINT_PAGES = { here: 8_000, thread: 64_000 };
/** How long a connection waits for the other one's lock, milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Makes sure that the file is a usable views database, whatever it is now: one that is damaged, half-written or of
 * another layout is deleted, for everything in it comes from the log.
 * @throws ViewsError `views-unavailable` when the folder cannot be written.
 */
export function prepareFile(file: string, say: Say): void {
  const damage = existsSync(damageMark(file)) ? 'damage was found while it was in use' : findDamage(file);
  if (damage !== undefined) {
    say('warn', 'views database is made anew from the log', { file, because: damage });
    for (const suffix of ['', '-wal', '-shm', '-journal', '.damaged']) rmSync(file + suffix, { force: true });
  }
  try {
    const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    database.pragma('journal_mode = WAL');
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${LAYOUT_VERSION}`);
    database.close();
  } catch (error) {
    throw new ViewsError('views-unavailable', `The views database ${file} cannot be written`, { cause: error });
  }
}

function findDamage(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) return 'it is not a views database';
    if (database.pragma('user_version', { simple: true }) !== LAYOUT_VERSION) return 'it has another layout';
    if (statSync(file).size > CHECKED_BYTES) return undefined;
    const verdict: unknown = database.pragma('quick_check(1)', { simple: true });
    return verdict === 'ok' ? undefined : String(verdict);
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw new ViewsError('views-unavailable', `The views database ${file} cannot be read`, { cause: error });
  } finally {
    database?.close();
  }
}

/** Told by its code: the driver's error class is not always the one that this module sees. */
function isDamage(error: unknown): error is { code: string; message: string } {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return typeof error.code === 'string' && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/** Damage met meanwhile is marked beside the file, so that the next start makes it anew. */
export function markingDamage<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (isDamage(error)) writeFileSync(damageMark(file), error.message);
    throw error;
  }
}

function damageMark(file: string): string {
  return `${file}.damaged`;
}

/** A connection for Kysely that keeps its prepared statements, see {@link markingDamage}. */
export function connect(file: string, copied: 'here' | 'thread' = 'here'): SqliteDatabase {
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  // The log holds the truth: after a power loss the last transactions may be missing here, never torn (WAL).
  database.pragma('synchronous = NORMAL');
  database.pragma('cache_size = -65536');
  database.pragma('temp_store = MEMORY');
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES[copied]}`);
  const kept = new LRUCache<string, Database.Statement>({ max: KEPT_STATEMENTS });
  const marking = <T>(run: () => T): T => markingDamage(file, run);
  return {
    close: () => database.close(),
    prepare: (sql) => {
      let statement = kept.get(sql);
      if (!statement) {
        statement = marking(() => database.prepare(sql));
        kept.set(sql, statement);
      }
      const prepared = statement;
      return {
        reader: prepared.reader,
        all: (parameters) => marking(() => prepared.all(parameters)),
        run: (parameters) => marking(() => prepared.run(parameters)),
        // A statement that is being iterated is busy, and its connection with it: lists are read in pages.
        iterate: () => {
          throw new ViewsError('views-unavailable', 'Rows are read in pages, not streamed');
        },
      };
    },
  };
}
