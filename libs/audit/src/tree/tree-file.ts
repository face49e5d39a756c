import Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ManyRows, type EventPlace } from '#event-store';
import { HASH_BYTES, rootAt, type NodeStore } from '#transparency';

/** File name of the tree's nodes, in the data folder. Disposable: rebuilt from the log. */
const TREE_FILE = 'tree.db';

/** "LdTr": marks the file as Lodebook's tree (SQLite's `application_id`). */
const APPLICATION_ID = 0x4c645472;
/** Version of the tables below (SQLite's `user_version`). A file with another layout is rebuilt. */
const LAYOUT_VERSION = 1;

/** Kilobytes: the upper nodes, which every proof reads, and the growing edge stay in memory. */
const PAGE_CACHE_KB = 16_384;

/** Leaves read at a time where all are. */
const LEAVES_READ = 512;

/** The last leaf in the tree, by which its log is recognised again. */
export type LastLeaf = EventPlace;

interface NodeRow {
  readonly place: number;
  readonly hash: Uint8Array;
}

interface StateRow {
  size: number;
  position: string;
  stream: string;
  revision: string;
  event_id: string;
}

/** The nodes of the Merkle tree on disk: those of every complete subtree, each written once. */
export class TreeFile implements NodeStore {
  readonly #database: Database.Database;
  readonly #read: Database.Statement<[number], Buffer>;
  readonly #leaves: Database.Statement<[number, number], { hashes: Buffer | null; count: number }>;
  readonly #rows: ManyRows<NodeRow>;
  /** Nodes that {@link grow} has been given, and will write. */
  #grown: NodeRow[] | undefined;
  readonly #state: Database.Statement<[], StateRow>;
  readonly #setState: Database.Statement<[StateRow]>;

  private constructor(database: Database.Database) {
    this.#database = database;
    this.#read = database.prepare<[number], Buffer>('SELECT hash FROM nodes WHERE place = ?').pluck();
    this.#leaves = database.prepare(
      `SELECT CAST(group_concat(hash, '') AS BLOB) AS hashes, count(*) AS count
        FROM (SELECT hash FROM nodes WHERE place BETWEEN ? AND ? AND place % 2 = 0 ORDER BY place)`,
    );
    this.#rows = new ManyRows<NodeRow>(
      database,
      'INSERT OR REPLACE INTO nodes (place, hash)',
      '(?, ?)',
      ({ place, hash }, values) => void values.push(place, hash),
    );
    this.#state = database.prepare('SELECT size, position, stream, revision, event_id FROM tree');
    this.#setState = database.prepare(
      'INSERT OR REPLACE INTO tree (only, size, position, stream, revision, event_id) VALUES (0, @size, @position, @stream, @revision, @event_id)',
    );
  }

  /** Opens the nodes of a data folder; a file that is damaged or has another layout is rebuilt. */
  static open(dataFolder: string): TreeFile {
    const path = join(dataFolder, TREE_FILE);
    try {
      return TreeFile.#opened(new Database(path));
    } catch (error) {
      if (!(error instanceof Database.SqliteError) || !/^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(error.code)) throw error;
      for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
      return TreeFile.#opened(new Database(path));
    }
  }

  /** Opens the nodes as they are, for reading, beside their owner too; undefined when there are none to be read. */
  static openReadOnly(dataFolder: string): TreeFile | undefined {
    let database: Database.Database | undefined;
    try {
      database = new Database(join(dataFolder, TREE_FILE), { readonly: true, fileMustExist: true });
      return new TreeFile(database);
    } catch {
      database?.close();
      return undefined; // no loss: the log is what is checked; this only helps to locate a fault
    }
  }

  static #opened(database: Database.Database): TreeFile {
    try {
      database.pragma('journal_mode = WAL');
      // The log is authoritative: after a power loss the last transactions may be missing here, but never half there.
      database.pragma('synchronous = NORMAL');
      database.pragma(`cache_size = ${-PAGE_CACHE_KB}`);
      const known = database.pragma('application_id', { simple: true }) === APPLICATION_ID;
      if (!known || database.pragma('user_version', { simple: true }) !== LAYOUT_VERSION) makeTables(database);
      return new TreeFile(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get(level: number, index: bigint): Uint8Array | undefined {
    return this.#read.get(placeOf(level, index));
  }

  /** Root over the first `size` leaves. @throws VerificationError `node-missing` */
  rootAt(size: bigint): Uint8Array {
    return rootAt(size, this);
  }

  /**
   * Looks up leaves in ascending order, many at a time.
   * @param size of the tree; undefined: beyond it, or the file lacks the leaf
   */
  leavesInOrder(size: bigint): (index: bigint) => Uint8Array | undefined {
    let first = 0;
    let hashes: Uint8Array = new Uint8Array(0);
    return (wanted) => {
      if (wanted >= size) return undefined;
      const index = Number(wanted);
      if (index < first || index >= first + hashes.length / HASH_BYTES) {
        const end = Math.min(index + LEAVES_READ, Number(size));
        const read = this.#leaves.get(2 * index, 2 * (end - 1))!;
        // Where one is missing, the others are not in their places.
        if (read.hashes === null || read.count !== end - index || read.hashes.length !== read.count * HASH_BYTES)
          return this.get(0, wanted);
        first = index;
        hashes = read.hashes;
      }
      return hashes.subarray((index - first) * HASH_BYTES, (index - first + 1) * HASH_BYTES);
    };
  }

  put(level: number, index: bigint, hash: Uint8Array): void {
    const row = { place: placeOf(level, index), hash };
    if (this.#grown) this.#grown.push(row);
    else this.#rows.insert([row]);
  }

  /** Leaves in the tree, and the last of them; undefined for a tree without leaves. */
  state(): { size: bigint; last: LastLeaf } | undefined {
    const row = this.#state.get();
    if (!row) return undefined;
    const { size, position, stream, revision, event_id: eventId } = row;
    return { size: BigInt(size), last: { position: BigInt(position), stream, revision: BigInt(revision), eventId } };
  }

  /**
   * Writes nodes and where the tree then stands, together or not at all; until then the nodes cannot be read.
   * @param write puts the nodes
   */
  grow(write: () => { size: bigint; last: LastLeaf }): void {
    const grown: NodeRow[] = [];
    this.#grown = grown;
    try {
      const { size, last } = write();
      this.#database.transaction(() => {
        this.#rows.insert(grown);
        this.#stand(size, last);
      })();
    } finally {
      this.#grown = undefined;
    }
  }

  /**
   * Keeps only the first leaves. Inner nodes above the cut stay, and are rewritten before they are read: a node is read
   * only once all its leaves are there.
   * @param last of the leaves that stay; undefined when none does
   */
  cutBack(size: bigint, last: LastLeaf | undefined): void {
    if (last === undefined) return this.clear();
    this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM nodes WHERE place >= ?').run(placeOf(0, size));
      this.#stand(size, last);
    })();
  }

  #stand(size: bigint, last: LastLeaf): void {
    this.#setState.run({
      size: Number(size),
      position: last.position.toString(),
      stream: last.stream,
      revision: last.revision.toString(),
      event_id: last.eventId,
    });
  }

  clear(): void {
    this.#database.transaction(() => this.#database.exec('DELETE FROM nodes; DELETE FROM tree'))();
  }

  close(): void {
    this.#database.close();
  }
}

/**
 * In-order number of a node: leaves on the even places, each inner node between the two halves it joins. One integer key,
 * and a growing tree writes next to where it wrote last.
 */
function placeOf(level: number, index: bigint): number {
  return (2 * Number(index) + 1) * 2 ** level - 1;
}

function makeTables(database: Database.Database): void {
  database.transaction(() => {
    database.exec('DROP TABLE IF EXISTS nodes; DROP TABLE IF EXISTS tree');
    database.exec('CREATE TABLE nodes (place INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT');
    database.exec(
      `CREATE TABLE tree (
        only INTEGER PRIMARY KEY CHECK (only = 0),
        size INTEGER NOT NULL,
        position TEXT NOT NULL,
        stream TEXT NOT NULL,
        revision TEXT NOT NULL,
        event_id TEXT NOT NULL
      ) STRICT`,
    );
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${LAYOUT_VERSION}`);
  })();
}
