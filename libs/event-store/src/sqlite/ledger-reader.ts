import type Database from 'better-sqlite3';
import { eventOfRecord } from '../canonical-record.js';
import { type ReadRecordsOptions, type RecordPage } from '../event-store.port.js';
import { type StoredEvent } from '../stored-event.js';
import { type LogPage, READ_PAGE_EVENTS } from '../log-reading.js';
import { type LedgerFile } from './ledger-file.js';
import { IS_RARE, isRare } from './ledger-schema.js';
import { corrupt, readingFailure } from './sqlite-failure.js';
import { type Direction, type StreamIndex } from './stream-index.js';

/** Most bytes of records that one page holds (and one event more): bounds the memory of a reader of large events. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** How far a reader of some categories searches at a time: where they are rare, a page must not cover the whole ledger. */
const WINDOW_POSITIONS = 10_000;

interface Row {
  position: number;
  record: Buffer;
}

interface Records {
  bytes: Buffer | null;
  lengths: string | null;
  through: number | null;
}

/** Reads the committed log in pages, each in one call: no statement stays open between them. */
export class LedgerReader {
  readonly #lastPosition: Database.Statement<[], number | null>;
  readonly #lastRow: Database.Statement<[], Row>;
  readonly #all: Database.Statement<[number, number], Row>;
  readonly #ofRareCategory: Database.Statement<[string, number, number], Row>;
  readonly #ofCategories: Database.Statement<[number, number, string, number], Row>;
  readonly #atPosition: Database.Statement<[number], Row>;
  readonly #ofStream: Database.Statement<[number, string], Row>;
  readonly #bytesOf: Database.Statement<[number, number, string, number], number | null>;
  readonly #records: Database.Statement<[number, number, string, number], Records>;

  readonly #file: LedgerFile;
  readonly #streams: StreamIndex;

  constructor(file: LedgerFile, streams: StreamIndex) {
    this.#file = file;
    this.#streams = streams;
    const { database } = file;
    const select = 'SELECT position, record FROM events WHERE';
    this.#lastPosition = database.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
    this.#lastRow = database.prepare('SELECT position, record FROM events ORDER BY position DESC LIMIT 1');
    this.#all = database.prepare(`${select} position > ? ORDER BY position LIMIT ?`);
    this.#ofRareCategory = database.prepare(
      `${select} category = ? AND ${IS_RARE} AND position > ? ORDER BY position LIMIT ?`,
    );
    this.#ofCategories = database.prepare(
      `${select} position > ? AND position <= ? AND category IN (SELECT value FROM json_each(?)) ORDER BY position LIMIT ?`,
    );
    this.#atPosition = database.prepare(`${select} position = ?`);
    this.#ofStream = database.prepare(`${select} position = ? AND stream = ?`);
    const inOrder =
      'FROM events WHERE position > ? AND position <= ? AND category IN (SELECT value FROM json_each(?)) ORDER BY position LIMIT ?';
    this.#bytesOf = database
      .prepare<[number, number, string, number], number | null>(
        `SELECT sum(bytes) FROM (SELECT length(record) AS bytes ${inOrder})`,
      )
      .pluck();
    this.#records = database.prepare(
      `SELECT CAST(group_concat(record, x'00') AS BLOB) AS bytes, group_concat(length(record)) AS lengths, max(position) AS through
        FROM (SELECT position, record ${inOrder})`,
    );
  }

  head(): bigint | undefined {
    const last = this.#reading(() => this.#lastPosition.get());
    return last === null || last === undefined ? undefined : BigInt(last);
  }

  last(): StoredEvent | undefined {
    return this.#reading(() => {
      const row = this.#lastRow.get();
      return row && this.#eventOf(row.position, row.record);
    });
  }

  /** @see PagedLog.page */
  page(after: bigint | undefined, categories: readonly string[] | undefined, limit: number): LogPage {
    return this.#reading(() => {
      const last = this.#lastPosition.get() ?? -1;
      const from = after === undefined ? -1 : Number(after);
      if (from >= last) return { events: [], through: undefined };
      if (!categories) return this.#pageOf(this.#all.iterate(from, limit), limit, last);
      const [first] = categories;
      if (first === undefined) return { events: [], through: BigInt(last) };
      if (categories.length === 1 && isRare(first))
        return this.#pageOf(this.#ofRareCategory.iterate(first, from, limit), limit, last);
      const until = Math.min(last, from + WINDOW_POSITIONS);
      return this.#pageOf(this.#ofCategories.iterate(from, until, JSON.stringify(categories), limit), limit, until);
    });
  }

  /** @returns undefined when there is none left */
  records(after: number, { categories, through }: ReadRecordsOptions): RecordPage | undefined {
    return this.#reading(() => {
      const wanted = JSON.stringify(categories);
      let limit = READ_PAGE_EVENTS;
      while (limit > 1 && (this.#bytesOf.get(after, Number(through), wanted, limit) ?? 0) > PAGE_BYTES)
        limit = Math.ceil(limit / 2);
      const { bytes, lengths, through: last } = this.#records.get(after, Number(through), wanted, limit)!;
      if (bytes === null || lengths === null || last === null) return undefined;
      let end = -1;
      const ends = lengths.split(',').map((length) => (end += 1 + Number(length)));
      if (end !== bytes.length) throw corrupt(this.#file.path, `its records up to position ${last} are no bytes`);
      return { bytes, ends, through: BigInt(last) };
    });
  }

  /** The event at a position, if there is one. */
  at(position: bigint): StoredEvent | undefined {
    return this.#reading(() => {
      const row = this.#atPosition.get(Number(position));
      return row && this.#eventOf(row.position, row.record);
    });
  }

  /** @param positionOf where the event with an id is, or was to be */
  byId(eventId: string, positionOf: (eventId: string) => number | undefined): StoredEvent | undefined {
    return this.#reading(() => {
      const position = positionOf(eventId);
      const row = position === undefined ? undefined : this.#atPosition.get(position);
      const event = row && this.#eventOf(row.position, row.record);
      return event?.id === eventId ? event : undefined;
    });
  }

  /** A part of a stream; empty at its end. */
  streamPage(stream: string, direction: Direction, from: number, limit: number): StoredEvent[] {
    return this.#reading(() => {
      const positions = this.#streams.positions(stream, direction, from, limit);
      return this.#take(this.#rowsOf(stream, positions)).events;
    });
  }

  /** @see EventStore.existing */
  existing(streams: readonly string[]): Set<string> {
    return this.#reading(() => this.#streams.existing(streams));
  }

  *#rowsOf(stream: string, positions: readonly number[]): Generator<Row> {
    for (const position of positions) {
      const row = this.#ofStream.get(position, stream);
      if (!row)
        throw corrupt(this.#file.path, `its index of streams has an event of ${stream} at position ${position}`);
      yield row;
    }
  }

  #pageOf(rows: Iterable<Row>, limit: number, until: number): LogPage {
    const { events, full } = this.#take(rows);
    const lastRead = events.at(-1)?.position;
    if (lastRead !== undefined && (full || events.length === limit)) return { events, through: lastRead };
    // Beside another process's appends a row may be newer than `until`.
    return { events, through: lastRead !== undefined && lastRead > until ? lastRead : BigInt(until) };
  }

  #take(rows: Iterable<Row>): { events: StoredEvent[]; full: boolean } {
    const events: StoredEvent[] = [];
    let bytes = 0;
    for (const { position, record } of rows) {
      events.push(this.#eventOf(position, record));
      bytes += record.length;
      if (bytes >= PAGE_BYTES) return { events, full: true };
    }
    return { events, full: false };
  }

  #eventOf(position: number, record: Buffer): StoredEvent {
    try {
      return eventOfRecord(record, BigInt(position));
    } catch (cause) {
      throw corrupt(this.#file.path, `the record at position ${position} cannot be read`, cause);
    }
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      this.#file.same?.require(); // an overwritten file looks like a damaged one
      throw readingFailure(this.#file.path, error);
    }
  }
}
