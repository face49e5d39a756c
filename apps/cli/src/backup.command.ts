import Database from 'better-sqlite3';
import { Command } from 'commander';
import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LEDGER_FILE, ledgerPath, openSqliteEventStoreReadOnly } from '#event-store';
import { namedLog, OtherLogError, requireOwnLogIfReadable } from '#audit';
import { type Configuration } from '../../server/src/index.js';
import { configured, explain, failToOpen } from './configured.js';
import { EXIT, fail } from './exit.js';

/**
 * Files that are rebuilt from the log or belong only to the running process. Everything else in the data folder is
 * copied.
 */
const LEFT_OUT = /^(?:views\.db|tree\.db|server\.json$)|-(?:wal|shm|journal|lock)$|\.new$|\.damaged$/;
const SIGNING_KEY = 'signing-key.pem';

interface Options {
  withoutKey?: boolean;
}

export function backupCommand(): Command {
  return new Command('backup')
    .description('Copy everything that cannot be rebuilt into an empty folder; a server may be running')
    .argument('<folder>', 'folder for the copy; made if need be, and refused when it is not empty')
    .option('--without-key', 'leave out the signing key; keep it elsewhere, because a restored ledger needs it')
    .action(async (folder: string, options: Options) => {
      const configuration = configured();
      const { dataFolder, eventStoreUrl } = configuration;
      const ledger = ledgerPath(eventStoreUrl, dataFolder);
      if (!existsSync(dataFolder)) fail(`there is no data folder ${dataFolder} (LODEBOOK_DATA)`, EXIT.usedWrongly);
      await requireFolderOf(configuration, ledger).catch((error: unknown) => failToOpen(error, configuration));
      if (ledger !== undefined && !existsSync(ledger)) fail(`there is no ledger ${ledger}`, EXIT.usedWrongly);
      if (existsSync(folder) && readdirSync(folder).length > 0) fail(`${folder} is not empty`, EXIT.usedWrongly);
      try {
        for (const path of backUp(dataFolder, ledger, folder, options)) process.stdout.write(`${path}\n`);
      } catch (error) {
        fail(`the backup is not complete: ${explain(error, configuration)}`);
      }
      if (ledger === undefined) process.stderr.write('lodebook: the log is on EventStoreDB: back it up there\n');
    });
}

/** @returns the files written, the log last, so that it has everything that the checkpoint beside it signs */
function backUp(from: string, ledger: string | undefined, to: string, { withoutKey }: Options): string[] {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const names = readdirSync(from, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !LEFT_OUT.test(entry.name) && entry.name !== LEDGER_FILE)
    .map(({ name }) => name)
    .filter((name) => !(withoutKey && name === SIGNING_KEY));
  const copied = names.map((name) => copyOf(join(from, name), join(to, name)));
  if (ledger !== undefined) copied.push(vacuumed(ledger, join(to, LEDGER_FILE)));
  sync(to, 'r');
  return copied;
}

/**
 * A log on a server is not asked itself, since nothing of it is copied.
 * @throws OtherLogError when the folder belongs to another log than the one that is configured
 */
async function requireFolderOf(
  { dataFolder, eventStoreUrl }: Configuration,
  ledger: string | undefined,
): Promise<void> {
  const named = namedLog(dataFolder);
  if (ledger === undefined) {
    if (named?.engine === 'sqlite') throw new OtherLogError(dataFolder, named, 'an EventStoreDB is configured');
    return;
  }
  await requireOwnLogIfReadable({ dataFolder, eventStoreUrl }, () => openSqliteEventStoreReadOnly(ledger));
}

function copyOf(from: string, to: string): string {
  if (from.endsWith('.db')) return vacuumed(from, to);
  copyFileSync(from, to);
  sync(to, 'r+');
  return to;
}

/**
 * A consistent snapshot of a database that may be written to meanwhile
 * (https://www.sqlite.org/lang_vacuum.html#vacuuminto).
 */
function vacuumed(from: string, to: string): string {
  const database = new Database(from, { readonly: true, fileMustExist: true });
  try {
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    database.close();
  }
  sync(to, 'r+');
  return to;
}

/** Neither VACUUM INTO nor copyFile syncs what it writes. */
function sync(path: string, flags: 'r' | 'r+'): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
