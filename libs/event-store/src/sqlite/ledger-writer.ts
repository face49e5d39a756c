import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { type AppendRequest, earlierAppend, type Placement, requireRevision } from '../append-request.js';
import { fillRecord } from '../canonical-record.js';

import { type AppendResult } from '../event-store.port.js';
import { eventIdBytes } from './event-id-bytes.js';

/** Streams whose last revision is remembered: the busy sites of a large ledger, in about 20 MB. */
const REMEMBERED_STREAMS = 100_000;

interface PlacementRow {
  stream: string;
  revision: number;
  position: number;
}

/**
 * Writes appends within a transaction that the caller begins and ends. Every check of an append comes before its first
 * insert, so that a refusal leaves nothing to undo and the transaction goes on with the next.
 */
export class LedgerWriter {
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly rollback: Database.Statement;
  private readonly insert: Database.Statement<[number, string, number, string, Buffer, Buffer]>;
  private readonly byId: Database.Statement<[Buffer], PlacementRow>;
  private readonly lastRevision: Database.Statement<[string], number | null>;
  private readonly lastPosition: Database.Statement<[], number | null>;
  /** −1: the stream does not exist. */
  private readonly revisions = new LRUCache<string, number>({ max: REMEMBERED_STREAMS });
  private nextPosition: number;

  constructor(private readonly database: Database.Database) {
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.commit = database.prepare('COMMIT');
    this.rollback = database.prepare('ROLLBACK');
    this.insert = database.prepare(
      'INSERT INTO events (position, stream, revision, category, event_id, record) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.byId = database.prepare('SELECT stream, revision, position FROM events WHERE event_id = ?');
    this.lastRevision = database
      .prepare<[string], number | null>('SELECT max(revision) FROM events WHERE stream = ?')
      .pluck();
    this.lastPosition = database.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
    this.nextPosition = this.storedEnd();
  }

  /**
   * Runs `work` in one transaction, which is on disk when this returns.
   * @throws whatever SQLite throws; the transaction is then undone, unless that fails too.
   */
  durably(work: () => void): void {
    try {
      this.begin.run();
      work();
      this.commit.run();
    } catch (error) {
      // Some errors (SQLITE_FULL, SQLITE_IOERR) have undone it already: https://www.sqlite.org/lang_transaction.html §4
      if (this.database.inTransaction) this.rollback.run();
      this.revisions.clear();
      this.nextPosition = this.storedEnd();
      throw error;
    }
  }

  /**
   * Within {@link durably}.
   * @throws EventStoreError `revision-conflict` or `event-id-reused`, with nothing written.
   */
  append(request: AppendRequest): AppendResult {
    const { stream, category, frames } = request;
    const ids = request.ids.map(eventIdBytes);
    const earlier = earlierAppend(
      stream,
      request.ids,
      ids.map((id) => this.placementOf(id)),
    );
    if (earlier) return earlier;
    let revision = this.revisionOf(stream);
    requireRevision(request, revision < 0 ? undefined : BigInt(revision));
    const positions: bigint[] = [];
    for (let index = 0; index < frames.length; index++) {
      revision++;
      const position = this.nextPosition++;
      this.insert.run(position, stream, revision, category, ids[index]!, fillRecord(frames[index]!, revision));
      positions.push(BigInt(position));
    }
    this.revisions.set(stream, revision);
    return { revision: BigInt(revision), positions, alreadyAppended: false };
  }

  private placementOf(id: Buffer): Placement | undefined {
    const row = this.byId.get(id);
    return row && { stream: row.stream, revision: BigInt(row.revision), position: BigInt(row.position) };
  }

  private revisionOf(stream: string): number {
    const remembered = this.revisions.get(stream);
    if (remembered !== undefined) return remembered;
    const stored = this.lastRevision.get(stream) ?? -1;
    if (stored >= 0) this.revisions.set(stream, stored);
    return stored;
  }

  private storedEnd(): number {
    return (this.lastPosition.get() ?? -1) + 1;
  }
}
