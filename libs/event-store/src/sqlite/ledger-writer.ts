import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { type AppendRequest, earlierAppend, type Placement, requireRevision } from '../append-request.js';
import { fillRecord } from '../canonical-record.js';
import { type AppendResult } from '../event-store.port.js';
import { EventIdIndex } from './event-id-index.js';

/** Streams whose last revision is remembered: enough for the busy sites of a large ledger, and a bound on memory. */
const REMEMBERED_STREAMS = 100_000;

/** Where a stream ends. */
interface Tail {
  /** Of its last event; −1: the stream does not exist. */
  revision: number;
}

/**
 * Writes appends within a transaction that the caller begins and ends. Every check of an append comes before its first
 * insert, so that a refusal leaves nothing to undo and the transaction goes on with the next.
 */
export class LedgerWriter {
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly rollback: Database.Statement;
  private readonly insert: Database.Statement<[number, string, number, string, string]>;
  private readonly byPosition: Database.Statement<[number], { stream: string; revision: number }>;
  private readonly lastRevision: Database.Statement<[string], number | null>;
  private readonly lastPosition: Database.Statement<[], number | null>;
  private readonly tails = new LRUCache<string, Tail>({ max: REMEMBERED_STREAMS });
  private readonly ids: EventIdIndex;
  private nextPosition: number;
  private undone = false;

  constructor(private readonly database: Database.Database) {
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.commit = database.prepare('COMMIT');
    this.rollback = database.prepare('ROLLBACK');
    // A text that SQLite takes for a blob as it is, in UTF-8, costs less than a Buffer of its own.
    this.insert = database.prepare(
      'INSERT INTO events (position, stream, revision, category, record) VALUES (?, ?, ?, ?, CAST(? AS BLOB))',
    );
    this.byPosition = database.prepare('SELECT stream, revision FROM events WHERE position = ?');
    this.lastRevision = database
      .prepare<[string], number | null>('SELECT max(revision) FROM events WHERE stream = ?')
      .pluck();
    this.lastPosition = database.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
    this.ids = new EventIdIndex(database);
    this.nextPosition = this.storedEnd();
  }

  /**
   * Runs `work` in one transaction, which is on disk when this returns.
   * @throws whatever SQLite throws; the transaction is then undone, unless that fails too.
   */
  durably(work: () => void): void {
    try {
      if (this.undone) this.takeUpFromDisk();
      this.begin.run();
      const first = this.nextPosition;
      work();
      this.ids.merge(this.nextPosition - first);
      this.commit.run();
    } catch (error) {
      this.undone = true;
      // Some errors (SQLITE_FULL, SQLITE_IOERR) have undone it already: https://www.sqlite.org/lang_transaction.html
      if (this.database.inTransaction) this.rollback.run();
      throw error;
    }
  }

  /**
   * Within {@link durably}.
   * @throws EventStoreError `revision-conflict` or `event-id-reused`, with nothing written.
   */
  append(request: AppendRequest): AppendResult {
    const { stream, category, ids, frames } = request;
    const earlier = this.earlierAppend(request);
    if (earlier) return earlier;
    const tail = this.tailOf(stream);
    let { revision } = tail;
    requireRevision(request, revision < 0 ? undefined : BigInt(revision));
    const positions: bigint[] = [];
    for (let index = 0; index < frames.length; index++) {
      revision++;
      const position = this.nextPosition++;
      this.insert.run(position, stream, revision, category, fillRecord(frames[index]!, revision));
      this.ids.add(ids[index]!, position);
      positions.push(BigInt(position));
    }
    if (tail.revision < 0) this.tails.set(stream, tail);
    tail.revision = revision;
    return { revision: BigInt(revision), positions, alreadyAppended: false };
  }

  private earlierAppend({ stream, ids }: AppendRequest): AppendResult | undefined {
    if (ids.every((id) => this.ids.positionOf(id) === undefined)) return undefined;
    return earlierAppend(
      stream,
      ids,
      ids.map((id) => this.placementOf(id)),
    );
  }

  private placementOf(id: string): Placement | undefined {
    const position = this.ids.positionOf(id);
    if (position === undefined) return undefined;
    const row = this.byPosition.get(position)!;
    return { stream: row.stream, revision: BigInt(row.revision), position: BigInt(position) };
  }

  private tailOf(stream: string): Tail {
    const remembered = this.tails.get(stream);
    if (remembered) return remembered;
    const tail = { revision: this.lastRevision.get(stream) ?? -1 };
    if (tail.revision >= 0) this.tails.set(stream, tail);
    return tail;
  }

  /** What is remembered of a transaction that was undone is wrong. */
  private takeUpFromDisk(): void {
    this.tails.clear();
    this.ids.reload();
    this.nextPosition = this.storedEnd();
    this.undone = false;
  }

  private storedEnd(): number {
    return (this.lastPosition.get() ?? -1) + 1;
  }
}
