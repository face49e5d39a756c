import { EventStoreError } from '../event-store-error.js';
import { type LedgerStreams } from '../stream-finding.js';
import { storeError } from './client-errors.js';
import { connect, disconnect } from './connection.js';
import { openEventStoreDb } from './event-store-db.js';

/** What was done: streams that are protected now, and those whose metadata hide events, which are left as evidence. */
export interface Protection {
  readonly protected: number;
  readonly leftAlone: readonly string[];
}

/** Streams whose metadata are written at once. */
const AT_ONCE = 16;

/**
 * Sets the `$acl` of every stream that the ledger has: only `user` writes, nobody but administrators deletes it or writes its
 * metadata. Streams of others are not touched, and streams that come later have what the server gives them by default.
 * @param url of a user that may write metadata
 * @throws EventStoreError
 */
export async function protectStreams(
  url: string,
  streams: LedgerStreams,
  user: string,
  progress: (streams: number) => void = () => undefined,
): Promise<Protection> {
  const names = await namesOf(url, streams);
  const client = connect(url);
  const leftAlone: string[] = [];
  let done = 0;
  const protect = async (stream: string): Promise<void> => {
    const { metadata, metastreamRevision } = await client.getStreamMetadata(streams.prefix + stream, {
      requiresLeader: true,
    });
    const { truncateBefore, maxAge, maxCount } = metadata ?? {};
    if (truncateBefore !== undefined || maxAge !== undefined || maxCount !== undefined) {
      leftAlone.push(stream);
      return;
    }
    const readers = [user, '$admins'];
    const acl = {
      readRoles: readers,
      writeRoles: [user],
      deleteRoles: ['$admins'],
      metaReadRoles: readers,
      metaWriteRoles: ['$admins'],
    };
    await client.setStreamMetadata(
      streams.prefix + stream,
      { ...metadata, acl },
      { expectedRevision: metastreamRevision ?? 'no_stream', requiresLeader: true },
    );
    progress(++done);
  };
  try {
    for (let at = 0; at < names.length; at += AT_ONCE) await Promise.all(names.slice(at, at + AT_ONCE).map(protect));
    return { protected: done, leftAlone };
  } catch (error) {
    throw error instanceof EventStoreError ? error : storeError(error, 'setting the rights of the streams');
  } finally {
    await disconnect(client);
  }
}

async function namesOf(url: string, streams: LedgerStreams): Promise<string[]> {
  const store = openEventStoreDb(url, { streams });
  const names = new Set<string>();
  try {
    for await (const { stream } of store.readAll()) names.add(stream);
  } finally {
    await store.close();
  }
  return [...names];
}
