import { EventStoreError } from '../event-store-error.js';

/**
 * Whether SQLite failed with one of these codes or an extension of them (https://www.sqlite.org/rescode.html). Told by
 * the code and not by the class: the native module throws the class of whoever loaded it first in the process.
 */
export function hasSqliteCode(error: unknown, ...primary: readonly string[]): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  const { code } = error;
  return typeof code === 'string' && primary.some((name) => code === name || code.startsWith(`${name}_`));
}

const RESTORE_ADVICE =
  'Nothing was changed or deleted. Keep the damaged files, restore ledger.db (with its -wal file, if there is one) from ' +
  'the last backup, and check it with `lodebook fsck`.';

export function corrupt(path: string, why: string, cause?: unknown): EventStoreError {
  return new EventStoreError('store-corrupt', `the ledger ${path} is damaged: ${why}. ${RESTORE_ADVICE}`, undefined, {
    cause,
  });
}

/** What a failure to open or to read means to the caller. */
export function readingFailure(path: string, error: unknown): EventStoreError {
  if (error instanceof EventStoreError) return error;
  const why = error instanceof Error ? error.message : String(error);
  if (hasSqliteCode(error, 'SQLITE_CORRUPT', 'SQLITE_NOTADB')) return corrupt(path, why, error);
  return new EventStoreError('store-unavailable', `the ledger ${path} cannot be read: ${why}`, undefined, {
    cause: error,
  });
}
