import type Database from 'better-sqlite3';
import { eventOfRecord } from '../canonical-record.js';
import { LateMerging, RECENT_ENTRIES } from './late-merging.js';

type Entry = readonly [id: string, position: number];

/**
 * Finds an event by its id, for idempotent appends. The newest ids are held in memory and merged late; after a crash those
 * not yet merged are read from the log.
 */
export class EventIdIndex {
  private recent = new Map<string, number>();
  private merging = new Map<string, number>();
  private readonly toDisk: LateMerging<Entry>;
  private readonly find: Database.Statement<[string], number>;

  constructor(private readonly database: Database.Database) {
    this.find = database
      .prepare<[string], number>("SELECT position FROM event_ids WHERE event_id = unhex(?, '-')")
      .pluck();
    const insert = database.prepare<[string, number]>(
      "INSERT OR IGNORE INTO event_ids (event_id, position) VALUES (unhex(?, '-'), ?)",
    );
    this.toDisk = new LateMerging(database, 'event_ids_merged', ([id, position]) => insert.run(id, position));
    this.reload();
  }

  positionOf(id: string): number | undefined {
    return this.recent.get(id) ?? this.merging.get(id) ?? this.find.get(id);
  }

  add(id: string, position: number): void {
    this.recent.set(id, position);
  }

  /** Within the transaction that wrote the events. @param written number of events it has written. */
  merge(written: number): void {
    if (this.toDisk.idle) {
      if (this.recent.size < RECENT_ENTRIES) return;
      this.merging = this.recent;
      this.recent = new Map();
      let through = -1;
      for (const position of this.merging.values()) through = Math.max(through, position);
      this.toDisk.begin(byFirstDigits([...this.merging]), through);
    }
    if (this.toDisk.advance(written)) this.merging = new Map();
  }

  /** Takes up what the disk says: when the ledger is opened, and after a transaction that was undone. */
  reload(): void {
    this.recent = new Map();
    this.merging = new Map();
    this.toDisk.abandon();
    const rows = this.database.prepare<[number], { position: number; record: Buffer }>(
      'SELECT position, record FROM events WHERE position > ? ORDER BY position',
    );
    for (const { position, record } of rows.iterate(this.toDisk.through())) {
      this.recent.set(eventOfRecord(record, BigInt(position)).id, position);
    }
  }
}

/**
 * In ascending order of the first eight digits: enough for inserts that lie together in the index to come together.
 */
function byFirstDigits(entries: readonly Entry[]): Entry[] {
  const count = entries.length;
  const keys = Float64Array.from(entries, ([id], index) => Number.parseInt(id.slice(0, 8), 16) * count + index);
  return Array.from(keys.sort(), (key) => entries[key % count]!);
}
