import type Database from 'better-sqlite3';
import { type ReadStreamOptions } from '../event-store.port.js';
import { type LedgerFile } from './ledger-file.js';
import { corrupt } from './sqlite-failure.js';

export type Direction = NonNullable<ReadStreamOptions['direction']>;

/** An event's place in its stream and in the log. */
export interface StreamEntry {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

/** Where a part of a stream lies, in ascending order of revisions. */
interface Run {
  readonly revisions: number[];
  readonly positions: number[];
}

/** Runs of streams by their names: what the table `stream_events` lacks. */
export class Runs {
  readonly byStream = new Map<string, Run>();
  /** Number of events in all of them. */
  events = 0;

  /** @returns false when the stream has that revision already. */
  add(stream: string, revision: number, position: number): boolean {
    this.events++;
    const run = this.byStream.get(stream);
    if (!run) {
      this.byStream.set(stream, { revisions: [revision], positions: [position] });
      return true;
    }
    // Always the end, except in a log that was altered.
    const place = revision > run.revisions.at(-1)! ? run.revisions.length : countBelow(run.revisions, revision);
    if (run.revisions[place] === revision) return false;
    run.revisions.splice(place, 0, revision);
    run.positions.splice(place, 0, position);
    return true;
  }

  lastRevision(stream: string): number | undefined {
    return this.byStream.get(stream)?.revisions.at(-1);
  }
}

/**
 * Finds the events of a stream: in `stream_events` as far as that is complete, and after that in the rest of the log, held in
 * memory. Readers other than the owner use this; it looks for new events before each answer.
 */
export class StreamIndex {
  /** From old to new; all of it behind `through`. */
  protected unmerged: Runs[] = [];
  protected through = -1;
  /** Position of the last event that is known here. */
  protected end = -1;
  readonly #throughOnDisk: Database.Statement<[], number>;
  readonly #rowsAfter: Database.Statement<[number], StreamEntry>;
  readonly #forwards: Database.Statement<[string, number, number, number], number>;
  readonly #backwards: Database.Statement<[string, number, number, number], number>;
  readonly #firstOfMany: Database.Statement<[string, number], string>;

  constructor(protected readonly file: LedgerFile) {
    const { database } = file;
    this.#throughOnDisk = database.prepare<[], number>('SELECT through FROM stream_events_merged').pluck();
    this.#rowsAfter = database.prepare(
      'SELECT stream, revision, position FROM events WHERE position > ? ORDER BY position',
    );
    const select = 'SELECT position FROM stream_events WHERE stream = ? AND revision';
    const paged = (condition: string): Database.Statement<[string, number, number, number], number> =>
      database.prepare<[string, number, number, number], number>(`${select} ${condition} LIMIT ?`).pluck();
    this.#forwards = paged('>= ? AND position <= ? ORDER BY revision');
    this.#backwards = paged('<= ? AND position <= ? ORDER BY revision DESC');
    this.#firstOfMany = database
      .prepare<[string, number], string>(
        `SELECT asked.value FROM json_each(?) AS asked
          CROSS JOIN stream_events AS found ON found.stream = asked.value AND found.revision = 0 AND found.position <= ?`,
      )
      .pluck();
    this.reload();
  }

  /**
   * Positions of a stream's events, in the order of reading.
   * @param from revision, inclusive
   * @param limit at most so many
   * @throws EventStoreError `store-corrupt`
   */
  positions(stream: string, direction: Direction, from: number, limit: number): number[] {
    this.refresh();
    const runs = this.unmerged.flatMap(({ byStream }) => byStream.get(stream) ?? []);
    return direction === 'forwards'
      ? this.#upwards(stream, runs, from, limit)
      : this.#downwards(stream, runs.reverse(), from, limit);
  }

  /** Those of these streams that have an event. @throws EventStoreError `store-corrupt` */
  existing(streams: readonly string[]): Set<string> {
    this.refresh();
    const found = new Set(streams.filter((stream) => this.isInMemory(stream)));
    const others = streams.filter((stream) => !found.has(stream));
    for (const stream of this.existingOnDisk(others)) found.add(stream);
    return found;
  }

  protected isInMemory(stream: string): boolean {
    return this.unmerged.some(({ byStream }) => byStream.has(stream));
  }

  protected existingOnDisk(streams: readonly string[]): string[] {
    return streams.length === 0 ? [] : this.#firstOfMany.all(JSON.stringify(streams), this.through);
  }

  protected refresh(): void {
    if (this.#throughOnDisk.get() !== this.through) this.reload();
    else this.#takeRowsAfter(this.end);
  }

  protected reload(): void {
    const runs = new Runs();
    this.unmerged = [runs];
    this.through = this.#throughOnDisk.get() ?? -1;
    this.#takeRowsAfter(this.through);
  }

  #takeRowsAfter(position: number): void {
    this.end = position;
    for (const row of this.#rowsAfter.iterate(position)) {
      if (!this.unmerged.at(-1)!.add(row.stream, row.revision, row.position))
        throw this.twice(row.stream, row.revision);
      this.end = row.position;
    }
  }

  #upwards(stream: string, runs: readonly Run[], from: number, limit: number): number[] {
    const inMemory = runs[0] !== undefined && from >= runs[0].revisions[0]!;
    const found = inMemory ? [] : this.#forwards.all(stream, from, this.through, limit);
    for (const { revisions, positions } of runs) {
      const start = countBelow(revisions, from);
      found.push(...positions.slice(start, start + limit - found.length));
    }
    return found;
  }

  #downwards(stream: string, runs: readonly Run[], from: number, limit: number): number[] {
    const found: number[] = [];
    for (const { revisions, positions } of runs) {
      const end = countBelow(revisions, from + 1);
      found.push(...positions.slice(Math.max(0, end - limit + found.length), end).reverse());
    }
    if (found.length < limit) found.push(...this.#backwards.all(stream, from, this.through, limit - found.length));
    return found;
  }

  protected twice(stream: string, revision: number): Error {
    return corrupt(this.file.path, `${stream} has revision ${revision} twice`);
  }
}

/** How many of the ascending numbers are less than `bound`. */
function countBelow(ascending: readonly number[], bound: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
