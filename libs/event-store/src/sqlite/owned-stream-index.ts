import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { LateMerging, RECENT_ENTRIES } from './late-merging.js';
import { type LedgerFile } from './ledger-file.js';
import { ManyRows } from './many-rows.js';
import { Runs, type StreamEntry, StreamIndex } from './stream-index.js';

/** Streams whose last revision is remembered: enough for the busy sites of a large ledger, and a bound on memory. */
const REMEMBERED_STREAMS = 100_000;

/**
 * The owner's index of streams, merged into `stream_events` late. Until then no key on disk prevents a revision from being
 * given twice: the writer does, by asking here where a stream ends, and {@link reload}, which examines everything that a
 * crash or another program has left unmerged.
 */
export class OwnedStreamIndex extends StreamIndex {
  #stale = false;
  readonly #lastRevisions = new LRUCache<string, number>({ max: REMEMBERED_STREAMS });
  /** Of the streams looked up last, those of which nothing is on disk. */
  #absent = new Set<string>();
  readonly #lastMerged: Database.Statement<[string, number], number | null>;
  readonly #toDisk: LateMerging<StreamEntry>;

  constructor(file: LedgerFile) {
    super(file);
    const { database } = file;
    this.#lastMerged = database
      .prepare<[string, number], number | null>(
        'SELECT max(revision) FROM stream_events WHERE stream = ? AND position <= ?',
      )
      .pluck();
    const rows = new ManyRows<StreamEntry>(
      database,
      'INSERT OR IGNORE INTO stream_events (stream, revision, position)',
      '(?, ?, ?)',
      ({ stream, revision, position }, values) => void values.push(stream, revision, position),
    );
    this.#toDisk = new LateMerging(database, 'stream_events_merged', rows);
    this.#requireUnmergedBehindMerged();
  }

  /** Looks up many streams at once that are about to be needed: most that are not remembered are new. */
  lookUp(streams: readonly string[]): void {
    this.refresh();
    const unknown = streams.filter((stream) => !this.isInMemory(stream) && !this.#lastRevisions.has(stream));
    this.#absent = new Set(unknown);
    for (const stream of this.existingOnDisk(unknown)) this.#absent.delete(stream);
  }

  /** Revision of the stream's last event; −1: the stream does not exist. */
  lastRevision(stream: string): number {
    this.refresh();
    return this.#recent.lastRevision(stream) ?? this.#merging?.lastRevision(stream) ?? this.#lastOnDisk(stream);
  }

  /** Within the transaction that writes the event. @param revision the next of its stream. */
  add(stream: string, revision: number, position: number): void {
    this.#recent.add(stream, revision, position);
    this.end = position;
  }

  /** Within the transaction that wrote the events. @param written number of events it has written. */
  merge(written: number): void {
    this.refresh();
    if (this.#toDisk.idle) {
      if (this.#recent.events < RECENT_ENTRIES) return;
      this.#toDisk.begin(inOrder(this.#recent), this.end);
      this.unmerged.push(new Runs());
    }
    if (!this.#toDisk.advance(written)) return;
    this.through = this.#toDisk.through();
    const merged = this.unmerged.shift()!;
    this.#absent.clear();
    for (const stream of merged.byStream.keys()) this.#lastRevisions.set(stream, merged.lastRevision(stream));
  }

  /** The current transaction was rolled back: what is on disk counts. */
  undo(): void {
    this.#stale = true;
  }

  protected override refresh(): void {
    if (!this.#stale) return;
    this.#toDisk.abandon();
    this.#lastRevisions.clear();
    this.#absent.clear();
    this.reload();
    this.#stale = false;
  }

  get #recent(): Runs {
    return this.unmerged.at(-1)!;
  }

  get #merging(): Runs | undefined {
    return this.unmerged.length > 1 ? this.unmerged[0] : undefined;
  }

  #lastOnDisk(stream: string): number {
    const remembered = this.#lastRevisions.get(stream);
    if (remembered !== undefined) return remembered;
    if (this.#absent.has(stream)) return -1;
    const revision = this.#lastMerged.get(stream, this.through) ?? -1;
    if (revision >= 0) this.#lastRevisions.set(stream, revision);
    return revision;
  }

  #requireUnmergedBehindMerged(): void {
    for (const [stream, { revisions }] of this.#recent.byStream) {
      if (this.#lastOnDisk(stream) >= revisions[0]!) throw this.twice(stream, revisions[0]!);
    }
  }
}

/** In the order of the primary key of `stream_events`, or nearly: names compare by UTF-16 units here, by UTF-8 there. */
function inOrder({ byStream }: Runs): StreamEntry[] {
  const streams = [...byStream].sort(([a], [b]) => (a < b ? -1 : 1));
  return streams.flatMap(([stream, { revisions, positions }]) =>
    revisions.map((revision, index) => ({ stream, revision, position: positions[index]! })),
  );
}
