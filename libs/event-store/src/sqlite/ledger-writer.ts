import type Database from 'better-sqlite3';
import { type AppendRequest, earlierAppends, type Placement, requireRevision } from '../append-request.js';
import { fillRecord } from '../canonical-record.js';
import { type AppendResult } from '../event-store.port.js';
import { EventStoreError } from '../event-store-error.js';
import { CommittedTail, type Placed } from './committed-tail.js';
import { EventIdIndex } from './event-id-index.js';
import { ManyRows } from './many-rows.js';
import { type OwnedStreamIndex } from './owned-stream-index.js';

/**
 * Writes appends, many in a transaction. Every check of an append, or of those that belong together, comes before the first
 * event is given a place, so that a refusal leaves nothing to undo and the transaction goes on with the next.
 */
export class LedgerWriter {
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #rollback: Database.Statement;
  readonly #rows: ManyRows<Placed>;
  /** Events given their positions in this transaction. */
  #placed: Placed[] = [];
  /** How many of them are in the table. */
  #inserted = 0;
  readonly #byPosition: Database.Statement<[number], { stream: string; revision: number }>;
  readonly #lastPosition: Database.Statement<[], number | null>;
  readonly #ids: EventIdIndex;
  #nextPosition: number;
  #undone = false;

  /** What it has written last. */
  readonly tail = new CommittedTail();
  readonly #database: Database.Database;
  readonly #streams: OwnedStreamIndex;

  constructor(database: Database.Database, streams: OwnedStreamIndex) {
    this.#database = database;
    this.#streams = streams;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    // A text that SQLite takes for a blob as it is, in UTF-8, costs less than a Buffer of its own.
    this.#rows = new ManyRows<Placed>(
      database,
      'INSERT INTO events (position, stream, revision, category, record)',
      '(?, ?, ?, ?, CAST(? AS BLOB))',
      ({ position, stream, revision, category, text }, values) =>
        void values.push(position, stream, revision, category, text),
    );
    this.#byPosition = database.prepare('SELECT stream, revision FROM events WHERE position = ?');
    this.#lastPosition = database.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
    this.#ids = new EventIdIndex(database);
    this.#nextPosition = this.#storedEnd();
  }

  /** Where the event with this id is in the log; or would be, had its transaction not been undone. */
  positionOf(eventId: string): number | undefined {
    return this.#ids.find(eventId);
  }

  /**
   * Appends in one transaction, which is on disk when this returns.
   * @param sets of appends that belong together, which are appended or refused together
   * @returns the results of each set, or why it was refused: one that is refused does not affect the others
   * @throws whatever SQLite throws; the transaction is then undone, unless that fails too.
   */
  appendAll(sets: readonly (readonly AppendRequest[])[]): (readonly AppendResult[] | EventStoreError)[] {
    try {
      if (this.#undone) this.#takeUpFromDisk();
      this.#begin.run();
      const first = this.#nextPosition;
      const requests = sets.flat();
      this.#ids.lookUp(requests.flatMap(({ ids }) => ids));
      this.#streams.lookUp(requests.map(({ stream }) => stream));
      const outcomes = sets.map((set) => this.#outcomeOf(set));
      this.#insertPlaced();
      this.#ids.merge(this.#nextPosition - first);
      this.#streams.merge(this.#nextPosition - first);
      this.#commit.run();
      this.tail.add(this.#placed);
      return outcomes;
    } catch (error) {
      this.#undone = true;
      this.tail.clear();
      this.#streams.undo();
      // Some errors (SQLITE_FULL, SQLITE_IOERR) have undone it already: https://www.sqlite.org/lang_transaction.html
      if (this.#database.inTransaction) this.#rollback.run();
      throw error;
    } finally {
      this.#placed = [];
      this.#inserted = 0;
    }
  }

  #outcomeOf(set: readonly AppendRequest[]): readonly AppendResult[] | EventStoreError {
    try {
      return this.#append(set);
    } catch (error) {
      if (error instanceof EventStoreError) return error;
      throw error;
    }
  }

  /** @throws EventStoreError `revision-conflict` or `event-id-reused`, with nothing placed. */
  #append(set: readonly AppendRequest[]): readonly AppendResult[] {
    const earlier = this.#earlierAppends(set);
    if (earlier) return earlier;
    const revisions = set.map((request) => this.#requiredRevision(request));
    return set.map((request, index) => this.#place(request, revisions[index]!));
  }

  /** @returns the revision of the stream's last event; −1: the stream does not exist */
  #requiredRevision(request: AppendRequest): number {
    const revision = this.#streams.lastRevision(request.stream);
    requireRevision(request, revision < 0 ? undefined : BigInt(revision));
    return revision;
  }

  #place({ stream, category, ids, frames }: AppendRequest, after: number): AppendResult {
    let revision = after;
    const positions: bigint[] = [];
    for (let index = 0; index < frames.length; index++) {
      revision++;
      const position = this.#nextPosition++;
      const id = ids[index]!;
      this.#placed.push({ position, stream, revision, category, text: fillRecord(frames[index]!, revision), id });
      this.#ids.add(id, position);
      this.#streams.add(stream, revision, position);
      positions.push(BigInt(position));
    }
    return { revision: BigInt(revision), positions, alreadyAppended: false };
  }

  #earlierAppends(set: readonly AppendRequest[]): readonly AppendResult[] | undefined {
    if (set.every(({ ids }) => ids.every((id) => this.#ids.positionOf(id) === undefined))) return undefined;
    return earlierAppends(set, (id) => this.#placementOf(id));
  }

  #insertPlaced(): void {
    this.#rows.insert(this.#placed, this.#inserted);
    this.#inserted = this.#placed.length;
  }

  #placementOf(id: string): Placement | undefined {
    const position = this.#ids.positionOf(id);
    if (position === undefined) return undefined;
    this.#insertPlaced(); // it may be of this very transaction
    const row = this.#byPosition.get(position)!;
    return { stream: row.stream, revision: BigInt(row.revision), position: BigInt(position) };
  }

  /** Drops what was remembered from a transaction that was rolled back. */
  #takeUpFromDisk(): void {
    this.#ids.reload();
    this.#nextPosition = this.#storedEnd();
    this.#undone = false;
  }

  #storedEnd(): number {
    return (this.#lastPosition.get() ?? -1) + 1;
  }
}
