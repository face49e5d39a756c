import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { type AppendRequest, earlierAppend, type Placement, requireRevision } from '../append-request.js';
import { fillRecord } from '../canonical-record.js';

import { type AppendResult } from '../event-store.port.js';
import { EventIdIndex } from './event-id-index.js';

/** Streams whose last revision is remembered: the busy sites of a large ledger, in about 20 MB. */
const REMEMBERED_STREAMS = 100_000;

/**
 * Writes appends within a transaction that the caller begins and ends. Every check of an append comes before its first
 * insert, so that a refusal leaves nothing to undo and the transaction goes on with the next.
 */
export class LedgerWriter {
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly rollback: Database.Statement;
  private readonly insert: Database.Statement<[number, string, number, string, Buffer]>;
  private readonly byPosition: Database.Statement<[number], { stream: string; revision: number }>;
  private readonly lastRevision: Database.Statement<[string], number | null>;
  private readonly lastPosition: Database.Statement<[], number | null>;
  /** −1: the stream does not exist. */
  private readonly revisions = new LRUCache<string, number>({ max: REMEMBERED_STREAMS });
  private readonly ids: EventIdIndex;
  private nextPosition: number;
  private undone = false;

  constructor(private readonly database: Database.Database) {
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.commit = database.prepare('COMMIT');
    this.rollback = database.prepare('ROLLBACK');
    this.insert = database.prepare(
      'INSERT INTO events (position, stream, revision, category, record) VALUES (?, ?, ?, ?, ?)',
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
    const earlier = earlierAppend(
      stream,
      ids,
      ids.map((id) => this.placementOf(id)),
    );
    if (earlier) return earlier;
    let revision = this.revisionOf(stream);
    requireRevision(request, revision < 0 ? undefined : BigInt(revision));
    const positions: bigint[] = [];
    for (let index = 0; index < frames.length; index++) {
      revision++;
      const position = this.nextPosition++;
      this.insert.run(position, stream, revision, category, fillRecord(frames[index]!, revision));
      this.ids.add(ids[index]!, position);
      positions.push(BigInt(position));
    }
    this.revisions.set(stream, revision);
    return { revision: BigInt(revision), positions, alreadyAppended: false };
  }

  private placementOf(id: string): Placement | undefined {
    const position = this.ids.positionOf(id);
    if (position === undefined) return undefined;
    const row = this.byPosition.get(position)!;
    return { stream: row.stream, revision: BigInt(row.revision), position: BigInt(position) };
  }

  private revisionOf(stream: string): number {
    const remembered = this.revisions.get(stream);
    if (remembered !== undefined) return remembered;
    const stored = this.lastRevision.get(stream) ?? -1;
    if (stored >= 0) this.revisions.set(stream, stored);
    return stored;
  }

  /** What is remembered of a transaction that was undone is wrong. */
  private takeUpFromDisk(): void {
    this.revisions.clear();
    this.ids.reload();
    this.nextPosition = this.storedEnd();
    this.undone = false;
  }

  private storedEnd(): number {
    return (this.lastPosition.get() ?? -1) + 1;
  }
}
