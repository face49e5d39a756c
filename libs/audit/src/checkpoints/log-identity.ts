import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreError, ledgerPath, type EventStore } from '#event-store';
import { KEY_STREAM } from './checkpoint-events.js';

/** In the data folder: which log it belongs to. */
const LOG_IDENTITY_FILE = 'log.json';

/** The log that a data folder belongs to. */
export interface NamedLog {
  /** {@link identityOf} the log. */
  readonly log: string;
  /** Where it was when the folder was last opened. */
  readonly engine: EventStore['engine'];
}

/** Where a ledger's log is, and its data folder. */
export interface LedgerPlace {
  /** `sqlite:`, `memory:`, or `esdb://…` of an EventStoreDB. */
  readonly eventStoreUrl: string;
  readonly dataFolder: string;
  /** The prefix of the ledger's stream names, on a server that it shares. */
  readonly streamPrefix?: string | undefined;
}

/** The data folder belongs to a log other than the configured one. Nothing was touched. */
export class OtherLogError extends Error {
  override readonly name = 'OtherLogError';

  constructor(dataFolder: string, named: NamedLog, found: string) {
    super(
      `the data folder ${dataFolder} (LODEBOOK_DATA) belongs to the log ${named.log}, which was ${WHERE[named.engine]}, ` +
        `but ${found}. Nothing was changed. Look at LODEBOOK_EVENTSTORE_URL (not set, it means ledger.db in the data ` +
        'folder), or give the other log a data folder of its own with LODEBOOK_DATA.',
    );
  }
}

const WHERE: Readonly<Record<EventStore['engine'], string>> = {
  sqlite: 'in an SQLite file',
  eventstoredb: 'on EventStoreDB',
  memory: 'in memory',
};

/**
 * What identifies a log: the id of the event that names its first key, the first event that a ledger records. Every
 * copy of the log has the same, on any engine.
 * @returns undefined for a log that no ledger was opened on yet
 */
export async function identityOf(store: Pick<EventStore, 'readStream'>): Promise<string | undefined> {
  for await (const { id } of store.readStream(KEY_STREAM, { limit: 1 })) return id;
  return undefined;
}

/** @returns undefined for a folder that belongs to no log yet */
export function namedLog(dataFolder: string): NamedLog | undefined {
  const path = join(dataFolder, LOG_IDENTITY_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const { log, engine } = JSON.parse(readFileSync(path, 'utf8')) as NamedLog;
    if (typeof log === 'string' && engine in WHERE) return { log, engine };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
  }
  throw new Error(`${path} does not say which log the data folder belongs to: restore it from the backup`);
}

/** Records atomically which log the folder belongs to. */
export function nameLog(dataFolder: string, named: NamedLog): void {
  const before = namedLog(dataFolder);
  if (before?.log === named.log && before.engine === named.engine) return;
  const path = join(dataFolder, LOG_IDENTITY_FILE);
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(named)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

/**
 * To be called before the log is opened by its owner, which would make a missing file.
 * @throws OtherLogError when the folder belongs to a log and the file that is configured does not exist
 */
export function requireLogFile({ eventStoreUrl, dataFolder }: LedgerPlace): void {
  const named = namedLog(dataFolder);
  const path = ledgerPath(eventStoreUrl, dataFolder);
  if (named === undefined || path === undefined || existsSync(path)) return;
  throw new OtherLogError(dataFolder, named, `there is no ${path}`);
}

/** To be called before anything is read from the log or written. @throws OtherLogError */
export async function requireOwnLog(
  store: Pick<EventStore, 'readStream' | 'engine'>,
  dataFolder: string,
): Promise<void> {
  const named = namedLog(dataFolder);
  if (named === undefined) return;
  const found = await identityOf(store);
  if (found === named.log) return;
  const where = `the log ${WHERE[store.engine]} that is configured`;
  throw new OtherLogError(
    dataFolder,
    named,
    found === undefined ? `${where} is no ledger's yet` : `${where} is ${found}`,
  );
}

/**
 * As {@link requireOwnLog}, of a log that may be damaged: one that cannot be read passes, for whoever examines it to say
 * what is wrong with it.
 * @param open opens it for reading
 */
export async function requireOwnLogIfReadable(
  place: LedgerPlace,
  open: () => EventStore | Promise<EventStore>,
): Promise<void> {
  if (namedLog(place.dataFolder) === undefined) return;
  requireLogFile(place);
  let store: EventStore | undefined;
  try {
    store = await open();
    await requireOwnLog(store, place.dataFolder);
  } catch (error) {
    if (!(error instanceof EventStoreError) || error.code !== 'store-corrupt') throw error;
  } finally {
    await store?.close();
  }
}
