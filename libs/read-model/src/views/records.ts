import { type Kysely } from 'kysely';
import { EventStoreError, type RecordReader } from '#event-store';
import { equalBytes, leafHash } from '#transparency';
import { giveTurn } from '../turns.js';
import { IdLookup } from './id-lookup.js';
import { type EventRow, type RecordRow, type ViewsSchema } from './schema.js';
import { ViewsError } from './views-error.js';

/** Where an event is: in the log, and by its leaf. */
export type RecordPlace = Pick<EventRow, 'log_index' | 'position'>;

/** The records of the events in the tables. */
export interface Records {
  /**
   * True: whoever writes the tables keeps a copy of each record in `records`, in the same transaction. False: the log is
   * at hand, and a copy would be a third of the tables.
   */
  readonly copied: boolean;
  /**
   * The RFC 8785 texts that are hashed, in the order of the places.
   * @throws EventStoreError `store-corrupt` where the log has none, or one that is not its leaf; ViewsError
   *   `views-unavailable` where the copy is missing
   */
  of(db: Kysely<ViewsSchema>, places: readonly RecordPlace[]): Promise<string[]>;
}

/** The hash of a leaf of the log's tree, by log index; undefined where the tree has not grown so far. */
export type LeafReader = (logIndex: number) => Uint8Array | undefined;

/**
 * The one place that decides where records are read.
 * @param log undefined where each would be a call to a server
 * @param leaf what records are compared with; undefined: with nothing
 */
export function recordsOf(
  db: Kysely<ViewsSchema>,
  log: RecordReader | undefined,
  leaf: LeafReader | undefined,
): Records {
  const records = log === undefined ? new CopiedRecords(db) : new LoggedRecords(log);
  return leaf === undefined ? records : new ComparedRecords(records, leaf);
}

export function isRecordOf(leaf: Uint8Array, record: string): boolean {
  return equalBytes(leaf, leafHash(Buffer.from(record, 'utf8')));
}

/** What is thrown for a record that is not its leaf's. */
export function alteredRecord(logIndex: number): EventStoreError {
  return new EventStoreError(
    'store-corrupt',
    `the record of event ${logIndex} is not the one that was signed: "lodebook fsck" tells more`,
  );
}

/** Nothing is answered from a record that was altered since its leaf was made, however well it reads. */
class ComparedRecords implements Records {
  readonly copied;
  readonly #records: Records;
  readonly #leaf: LeafReader;

  constructor(records: Records, leaf: LeafReader) {
    this.copied = records.copied;
    this.#records = records;
    this.#leaf = leaf;
  }

  async of(db: Kysely<ViewsSchema>, places: readonly RecordPlace[]): Promise<string[]> {
    const records = await this.#records.of(db, places);
    for (const [index, { log_index: logIndex }] of places.entries()) {
      if (index > 0 && index % READ_AT_ONCE === 0) await giveTurn();
      const leaf = this.#leaf(logIndex);
      if (leaf !== undefined && !isRecordOf(leaf, records[index]!)) throw alteredRecord(logIndex);
    }
    return records;
  }
}

/** Records read before the event loop may turn: about a millisecond. */
const READ_AT_ONCE = 500;

class LoggedRecords implements Records {
  readonly copied = false;
  readonly #log: RecordReader;

  constructor(log: RecordReader) {
    this.#log = log;
  }

  async of(_db: unknown, places: readonly RecordPlace[]): Promise<string[]> {
    const records: string[] = [];
    for (let from = 0; from < places.length; from += READ_AT_ONCE) {
      if (from > 0) await giveTurn();
      const some = places.slice(from, from + READ_AT_ONCE);
      for (const record of this.#log.recordsAt(some.map(({ position }) => BigInt(position)))) records.push(record);
    }
    return records;
  }
}

class CopiedRecords implements Records {
  readonly copied = true;
  readonly #rows: IdLookup<RecordRow, number>;

  constructor(db: Kysely<ViewsSchema>) {
    this.#rows = new IdLookup((ids) =>
      db.selectFrom('records').select(['log_index', 'record']).where('log_index', 'in', ids),
    );
  }

  async of(db: Kysely<ViewsSchema>, places: readonly RecordPlace[]): Promise<string[]> {
    const indexes = new Set(places.map(({ log_index }) => log_index));
    const rows = await this.#rows.find(db, [...indexes]);
    const copies = new Map(rows.map(({ log_index, record }) => [log_index, record]));
    return places.map(({ log_index }) => {
      const record = copies.get(log_index);
      if (record === undefined) {
        throw new ViewsError('views-unavailable', `The read tables have no copy of the record of event ${log_index}`);
      }
      return record;
    });
  }
}
