import { type GraphEvent } from '#claims';
import { type EventMetadata } from '#custody';
import { type EventRow } from '../views/schema.js';

/** An event as the read model's copy of the log holds it. */
export interface LoggedEvent extends GraphEvent {
  readonly position: bigint;
  /** The RFC 8785 text that is hashed. */
  readonly record: string;
}

interface ParsedRecord {
  readonly id: string;
  readonly stream: string;
  readonly revision: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: EventMetadata;
}

export const LOGGED_COLUMNS = ['log_index', 'position', 'record'] as const;

export type LoggedRow = Pick<EventRow, (typeof LOGGED_COLUMNS)[number]>;

export function loggedEvent(row: LoggedRow): LoggedEvent {
  const { id, stream, revision, type, data, metadata } = JSON.parse(row.record) as ParsedRecord;
  return {
    logIndex: row.log_index,
    position: BigInt(row.position),
    record: row.record,
    id,
    stream,
    revision: BigInt(revision),
    type,
    data,
    metadata,
  };
}
