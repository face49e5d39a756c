import type Database from 'better-sqlite3';
import { eventOfRecord } from '../canonical-record.js';
import { LateMerging, RECENT_ENTRIES } from './late-merging.js';
import { ManyRows } from './many-rows.js';

type Entry = readonly [id: string, position: number];

/**
 * Finds an event by its id, for idempotent appends. The newest ids are held in memory and merged late; after a crash those
 * not yet merged are read from the log.
 */
export class EventIdIndex {
  #recent = new Map<string, number>();
  #merging = new Map<string, number>();
  readonly #toDisk: LateMerging<Entry>;
  /** Of the ids looked up last, those that the index on disk has. */
  readonly #onDisk = new Map<string, number>();
  readonly #findOne: Database.Statement<[string], number>;
  readonly #findMany: Database.Statement<[string], [id: string, position: number]>;

  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#findOne = database
      .prepare<[string], number>("SELECT position FROM event_ids WHERE event_id = unhex(?, '-')")
      .pluck();
    this.#findMany = database
      .prepare<[string], [id: string, position: number]>(
        `SELECT asked.value, found.position FROM json_each(?) AS asked
          CROSS JOIN event_ids AS found ON found.event_id = unhex(asked.value, '-')`,
      )
      .raw();
    const rows = new ManyRows<Entry>(
      database,
      'INSERT OR IGNORE INTO event_ids (event_id, position)',
      "(unhex(?, '-'), ?)",
      ([id, position], values) => void values.push(id, position),
    );
    this.#toDisk = new LateMerging(database, 'event_ids_merged', rows);
    this.reload();
  }

  /** Looks up at once the ids that will be needed until the next look-up. */
  lookUp(ids: readonly string[]): void {
    this.#onDisk.clear();
    for (const [id, position] of this.#findMany.all(JSON.stringify(ids))) this.#onDisk.set(id, position);
  }

  /** @param id one of those looked up last */
  positionOf(id: string): number | undefined {
    return this.#recent.get(id) ?? this.#merging.get(id) ?? this.#onDisk.get(id);
  }

  /** For any id, between transactions; after one that was rolled back, for its ids too. */
  find(id: string): number | undefined {
    return this.#recent.get(id) ?? this.#merging.get(id) ?? this.#findOne.get(id);
  }

  add(id: string, position: number): void {
    this.#recent.set(id, position);
  }

  /** Within the transaction that wrote the events. @param written number of events it has written. */
  merge(written: number): void {
    if (this.#toDisk.idle) {
      if (this.#recent.size < RECENT_ENTRIES) return;
      this.#merging = this.#recent;
      this.#recent = new Map();
      let through = -1;
      for (const position of this.#merging.values()) through = Math.max(through, position);
      this.#toDisk.begin(byFirstDigits([...this.#merging]), through);
    }
    if (this.#toDisk.advance(written)) this.#merging = new Map();
  }

  /** Reloads from disk: when the ledger is opened, and after a transaction that was undone. */
  reload(): void {
    this.#recent = new Map();
    this.#merging = new Map();
    this.#toDisk.abandon();
    const rows = this.#database.prepare<[number], { position: number; record: Buffer }>(
      'SELECT position, record FROM events WHERE position > ? ORDER BY position',
    );
    for (const { position, record } of rows.iterate(this.#toDisk.through())) {
      this.#recent.set(eventOfRecord(record, BigInt(position)).id, position);
    }
  }
}

/**
 * In ascending order of the first eight digits: enough to bring together inserts that are close in the index.
 */
function byFirstDigits(entries: readonly Entry[]): Entry[] {
  const count = entries.length;
  const keys = Float64Array.from(entries, ([id], index) => Number.parseInt(id.slice(0, 8), 16) * count + index);
  return Array.from(keys.sort(), (key) => entries[key % count]!);
}
