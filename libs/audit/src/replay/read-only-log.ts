import { ledgerPath, openEventStore, openSqliteEventStoreReadOnly, type EventStore } from '#event-store';
import { type KeyRing } from '#transparency';
import { ledgerStreams } from '../log/ledger-streams.js';
import { SkippedRecords } from '../log/skipped-records.js';
import { readKeyRing } from '../checkpoints/checkpoint-events.js';
import { readKeptCheckpoint } from '../checkpoints/kept-checkpoint.js';
import { requireLogFile, requireOwnLog, type LedgerPlace } from '../checkpoints/log-identity.js';
import { storeSource, type ReplaySource } from './replay-source.js';
import { TreeFile } from '../tree/tree-file.js';

/** A ledger's log, open for reading while a server may be writing it. */
export interface ReadOnlyLog {
  readonly store: EventStore;
  /** Undefined: nothing in the log was ever signed. */
  readonly ring: KeyRing | undefined;
  /** Records by others in its streams, as far as it was read. */
  readonly skipped: SkippedRecords;
  /** The log as it is now, or a later moment of it: never less than what was signed when it was opened. */
  source(): Promise<ReplaySource>;
  close(): Promise<void>;
}

/**
 * @param trusted first key of the log, from elsewhere; default: the one that the log itself names
 * @throws EventStoreError; OtherLogError when it is not the data folder's; AlteredLogError when its keys do not follow from one another
 */
export async function openReadOnlyLog(
  { eventStoreUrl, dataFolder, streamPrefix }: LedgerPlace,
  trusted?: string,
): Promise<ReadOnlyLog> {
  requireLogFile({ eventStoreUrl, dataFolder });
  const path = ledgerPath(eventStoreUrl, dataFolder);
  const skipped = new SkippedRecords();
  const store =
    path === undefined
      ? await openEventStore(eventStoreUrl, { dataFolder, streams: ledgerStreams({ streamPrefix }, skipped.note) })
      : openSqliteEventStoreReadOnly(path);
  const tree = TreeFile.openReadOnly(dataFolder);
  const kept = readKeptCheckpoint(dataFolder);
  const close = async (): Promise<void> => {
    tree?.close();
    await store.close();
  };
  try {
    await requireOwnLog(store, dataFolder);
    const ring = await readKeyRing(store, trusted);
    const size = tree?.state()?.size ?? 0n;
    const stored = tree && { storedLeaf: tree.leavesInOrder(size), storedTree: { dataFolder, size } };
    return { store, ring, skipped, source: () => storeSource(store, ring, kept, stored), close };
  } catch (error) {
    await close();
    throw error;
  }
}
