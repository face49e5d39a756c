import { type Kysely } from 'kysely';
import { type GraphEvent } from '#claims';
import { type EventMetadata } from '#custody';
import { EventStoreError } from '#event-store';
import { type RecordAnswer } from '../answers/index.js';
import { type Records } from '../views/records.js';
import { type EventRow, type ViewsSchema } from '../views/schema.js';

/** An event of the log that is in the tables. */
export interface LoggedEvent extends GraphEvent {
  readonly position: bigint;
  /** The RFC 8785 text that is hashed. */
  readonly record: string;
}

/** What of a row of `events` tells where its record is, and whose it is. */
export const LOGGED_COLUMNS = ['log_index', 'position', 'event_id'] as const;

export type LoggedRow = Pick<EventRow, (typeof LOGGED_COLUMNS)[number]>;

/** The record of an event, as text and as what it says. */
export interface ReadRecord {
  readonly logIndex: number;
  readonly text: string;
  readonly record: RecordAnswer;
}

/**
 * The records of rows, in their order.
 * @throws EventStoreError `store-corrupt` where the log has no record for a row, or that of another event; ViewsError
 *   `views-unavailable` where it was to have been copied
 */
export async function recordsOfRows(
  records: Records,
  db: Kysely<ViewsSchema>,
  rows: readonly LoggedRow[],
): Promise<ReadRecord[]> {
  const texts = await records.of(db, rows);
  return rows.map((row, index) => ({ logIndex: row.log_index, ...parsed(row, texts[index]!) }));
}

/** The events of rows, in their order. @throws as {@link recordsOfRows} */
export async function loggedEvents(
  records: Records,
  db: Kysely<ViewsSchema>,
  rows: readonly LoggedRow[],
): Promise<LoggedEvent[]> {
  const texts = await records.of(db, rows);
  return rows.map((row, index) => {
    const { text, record } = parsed(row, texts[index]!);
    const { id, stream, revision, type, data, metadata } = record;
    return {
      logIndex: row.log_index,
      position: BigInt(row.position),
      record: text,
      id,
      stream,
      revision: BigInt(revision),
      type,
      data,
      metadata: metadata as unknown as EventMetadata,
    };
  });
}

/** The tables never hold what the log did not: if they disagree now, the log was altered. */
function parsed({ log_index, event_id }: LoggedRow, text: string): Pick<ReadRecord, 'text' | 'record'> {
  let record: RecordAnswer | undefined;
  let cause: unknown;
  try {
    record = JSON.parse(text) as RecordAnswer;
  } catch (error) {
    cause = error;
  }
  if (record?.id === event_id) return { text, record };
  throw new EventStoreError(
    'store-corrupt',
    `the record of event ${log_index} is not the one that was recorded: "lodebook fsck" tells more`,
    undefined,
    { cause },
  );
}
