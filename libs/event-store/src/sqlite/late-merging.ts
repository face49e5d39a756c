import type Database from 'better-sqlite3';
import { type ManyRows } from './many-rows.js';

/**
 * Entries that an index keeps in memory before it merges them into its table on disk. More make merging cheaper and the
 * start slower: up to twice as many events are read again after a restart.
 */
export const RECENT_ENTRIES = 16_384;
/** Entries merged for each event written: at more than one, a batch is merged before the next is full. */
const MERGED_PER_EVENT = 2;

/**
 * Writes an index to disk late: in sorted batches, a few entries with each group of appends. If the index were updated with
 * every group, nearly one page would be rewritten for each event, most of all disk writes; merged in its own order, each page
 * is written once for all its entries of a batch.
 */
export class LateMerging<Entry> {
  #batch: readonly Entry[] = [];
  #merged = 0;
  #batchThrough = -1;
  readonly #setThrough: Database.Statement<[number]>;
  readonly #getThrough: Database.Statement<[], number>;

  readonly #rows: ManyRows<Entry>;

  /**
   * @param marker table with the position up to which the index on disk is complete
   * @param rows of the index; an entry that is there already, merged by a batch that a crash interrupted, is left alone
   */
  constructor(database: Database.Database, marker: string, rows: ManyRows<Entry>) {
    this.#rows = rows;
    this.#setThrough = database.prepare(`UPDATE ${marker} SET through = ?`);
    this.#getThrough = database.prepare<[], number>(`SELECT through FROM ${marker}`).pluck();
  }

  /** Position up to which the index on disk is complete; −1: nothing is. Beyond, it may hold some entries of a batch. */
  through(): number {
    return this.#getThrough.get() ?? -1;
  }

  get idle(): boolean {
    return this.#batch.length === 0;
  }

  /** @param batch in the index's order: all entries behind {@link through}, up to the position `through`. */
  begin(batch: readonly Entry[], through: number): void {
    this.#batch = batch;
    this.#batchThrough = through;
    this.#merged = 0;
  }

  /**
   * Within the transaction that wrote the events.
   * @param written number of events it has written
   * @returns true when the last of the batch has been merged
   */
  advance(written: number): boolean {
    const end = Math.min(this.#batch.length, this.#merged + written * MERGED_PER_EVENT);
    this.#rows.insert(this.#batch, this.#merged, end);
    this.#merged = end;
    if (this.#merged < this.#batch.length) return false;
    this.#setThrough.run(this.#batchThrough);
    this.abandon();
    return true;
  }

  /** What was merged in a transaction that was rolled back, or before a crash, is merged again, in other batches. */
  abandon(): void {
    this.#batch = [];
  }
}
