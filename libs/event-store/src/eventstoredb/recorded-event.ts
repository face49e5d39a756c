import { canonicalRecord } from '../canonical-record.js';
import { EventStoreError } from '../event-store-error.js';
import { type JsonObject, type NewEvent, type StoredEvent } from '../stored-event.js';

/** What a server gives where it has no position, before 22.6 for every event that was read from its stream. */
export const NO_POSITION = 2n ** 64n - 1n;

/** A record of the server. Data or metadata that are not JSON are anything but an object. */
export interface ServerRecord {
  readonly streamId: string;
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly revision: bigint;
  readonly position?: { readonly commit: bigint } | undefined;
  readonly data: unknown;
  readonly metadata: unknown;
}

/** What a read returns; without an event it is a link to one that does not exist. */
export interface ServerEvent {
  readonly event?: ServerRecord;
}

/** The server's own streams: statistics, metadata, projections. */
export function isSystemStream(stream: string): boolean {
  return stream.startsWith('$');
}

/**
 * The event as the port gives it. Its record is built anew from what the server stores, which is the event's JSON: the
 * canonical bytes do not depend on how that was written.
 * @param stream what the ledger calls the stream; default: what the server does
 * @throws EventStoreError `store-corrupt` when the event is not the ledger's, `store-failed` when the server is too old.
 */
export function storedEvent({ event }: ServerEvent, stream = event?.streamId ?? ''): StoredEvent {
  if (event === undefined) throw new EventStoreError('store-corrupt', 'a link to an event that is not there');
  const { id, type, data, revision, position } = event;
  const metadata = event.metadata ?? {};
  if (!event.isJson || !isJsonObject(data) || !isJsonObject(metadata)) {
    throw new EventStoreError('store-corrupt', `event ${revision} of ${stream} is not a JSON object`);
  }
  if (position === undefined || position.commit === NO_POSITION) {
    throw new EventStoreError('store-failed', 'EventStoreDB 22.6 or later is needed: stream reads carry no positions');
  }
  const content = { id, type, data, metadata };
  return { ...content, stream, revision, position: position.commit, record: recordOf(stream, revision, content) };
}

function recordOf(stream: string, revision: bigint, content: NewEvent): Uint8Array {
  try {
    return canonicalRecord(stream, revision, content);
  } catch (cause) {
    throw new EventStoreError('store-corrupt', `event ${revision} of ${stream} is not canonical JSON`, undefined, {
      cause,
    });
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
