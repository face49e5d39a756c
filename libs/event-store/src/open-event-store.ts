import { join } from 'node:path';
import { EventStoreError } from './event-store-error.js';
import { type EventStoreObserver } from './event-store-observer.js';
import { type EventStore } from './event-store.port.js';
import { type Protection, type protectStreams as protect } from './eventstoredb/index.js';
import { MemoryEventStore } from './memory/memory-event-store.js';
import { type LedgerStreams } from './stream-finding.js';
import { type OpenRecords, openLedgerRecords } from './sqlite/ledger-records.js';
import { type Grown, openSqliteEventStore, openSqliteEventStoreReadOnly } from './sqlite/sqlite-event-store.js';

export const LEDGER_FILE = 'ledger.db';

const DISTRIBUTED = /^(esdb|kurrentdb)(\+discover)?:\/\//;

export interface OpenEventStoreOptions {
  /** Where `sqlite:` without a path keeps the ledger. */
  readonly dataFolder: string;
  readonly observe?: EventStoreObserver;
  /** Of a server that holds streams of others too; default: all but the server's own are the ledger's. */
  readonly streams?: LedgerStreams;
}

/**
 * Opens the store that a URL names: `sqlite:` (the ledger of the data folder), `sqlite:{path}`, `memory:`, or the
 * connection string of an EventStoreDB or KurrentDB (`esdb://…`, `esdb+discover://…`, `kurrentdb://…`).
 * @throws EventStoreError `store-unavailable` (an unknown URL, too), `store-locked`, `store-corrupt`.
 */
export async function openEventStore(url: string, options: OpenEventStoreOptions): Promise<EventStore> {
  const observing = options.observe ? { observe: options.observe } : {};
  if (url === 'memory:') return new MemoryEventStore(options.observe);
  if (url.startsWith('sqlite:')) return openSqliteEventStore(pathOf(url, options.dataFolder), observing);
  if (DISTRIBUTED.test(url)) {
    // The client and its protocol definitions are loaded only by those who use them.
    const { openEventStoreDb } = await import('./eventstoredb/index.js');
    return openEventStoreDb(url, { ...observing, ...(options.streams && { streams: options.streams }) });
  }
  // Not the URL itself: it may hold a password.
  const scheme = /^[a-z+]*:/i.exec(url)?.[0] ?? 'no scheme';
  throw new EventStoreError(
    'store-unavailable',
    `an event store is named by sqlite:, sqlite:{path}, memory:, esdb://…, esdb+discover://… or kurrentdb://…, not by ${scheme}`,
  );
}

/**
 * Opens, for reading, the log that its owner has open in this process or another.
 * @param url as of {@link openEventStore}; not `memory:`, which nobody but its owner sees.
 * @param options.grown wakes the subscriptions of an embedded log; a distributed one tells by itself.
 * @throws EventStoreError `store-unavailable`, `store-corrupt`.
 */
export async function openEventStoreReader(
  url: string,
  options: Pick<OpenEventStoreOptions, 'dataFolder' | 'streams'> & { readonly grown: Grown },
): Promise<EventStore> {
  if (!url.startsWith('sqlite:')) return openEventStore(url, options);
  return openSqliteEventStoreReadOnly(pathOf(url, options.dataFolder), options);
}

/**
 * Opens the records of a log that its owner has open in this process, for another thread.
 * @returns undefined for an engine whose records are not at hand, see `EventStore.records`
 * @throws EventStoreError `store-unavailable`, `store-corrupt`
 */
export function openRecords(url: string, dataFolder: string): OpenRecords | undefined {
  const path = ledgerPath(url, dataFolder);
  return path === undefined ? undefined : openLedgerRecords(path);
}

/** @see protectStreams of the adapter, loaded only by those who use it */
export async function protectStreams(...asked: Parameters<typeof protect>): Promise<Protection> {
  const { protectStreams: protecting } = await import('./eventstoredb/index.js');
  return protecting(...asked);
}

/** Where the embedded log that a URL names is; undefined: the URL names another engine. */
export function ledgerPath(url: string, dataFolder: string): string | undefined {
  return url.startsWith('sqlite:') ? pathOf(url, dataFolder) : undefined;
}

function pathOf(url: string, dataFolder: string): string {
  const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  return path === '' ? join(dataFolder, LEDGER_FILE) : path;
}
