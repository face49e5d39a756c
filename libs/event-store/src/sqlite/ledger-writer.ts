import type Database from 'better-sqlite3';
import { type AppendRequest, earlierAppend, type Placement, requireRevision } from '../append-request.js';
import { fillRecord } from '../canonical-record.js';
import { type AppendResult } from '../event-store.port.js';
import { EventIdIndex } from './event-id-index.js';
import { type OwnedStreamIndex } from './owned-stream-index.js';

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
  private readonly lastPosition: Database.Statement<[], number | null>;
  private readonly ids: EventIdIndex;
  private nextPosition: number;
  private undone = false;

  constructor(
    private readonly database: Database.Database,
    private readonly streams: OwnedStreamIndex,
  ) {
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.commit = database.prepare('COMMIT');
    this.rollback = database.prepare('ROLLBACK');
    // A text that SQLite takes for a blob as it is, in UTF-8, costs less than a Buffer of its own.
    this.insert = database.prepare(
      'INSERT INTO events (position, stream, revision, category, record) VALUES (?, ?, ?, ?, CAST(? AS BLOB))',
    );
    this.byPosition = database.prepare('SELECT stream, revision FROM events WHERE position = ?');
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
      this.streams.merge(this.nextPosition - first);
      this.commit.run();
    } catch (error) {
      this.undone = true;
      this.streams.undo();
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
    let revision = this.streams.lastRevision(stream);
    requireRevision(request, revision < 0 ? undefined : BigInt(revision));
    const positions: bigint[] = [];
    for (let index = 0; index < frames.length; index++) {
      revision++;
      const position = this.nextPosition++;
      this.insert.run(position, stream, revision, category, fillRecord(frames[index]!, revision));
      this.ids.add(ids[index]!, position);
      this.streams.add(stream, revision, position);
      positions.push(BigInt(position));
    }
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

  /** What is remembered of a transaction that was undone is wrong. */
  private takeUpFromDisk(): void {
    this.ids.reload();
    this.nextPosition = this.storedEnd();
    this.undone = false;
  }

  private storedEnd(): number {
    return (this.lastPosition.get() ?? -1) + 1;
  }
}
