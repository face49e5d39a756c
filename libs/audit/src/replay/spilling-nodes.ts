import Database from 'better-sqlite3';
import { type ProvenanceGraph } from '#claims';

/** Nodes of each kind kept in memory: a replay of a small ledger never touches the disk, that of a large one is bounded. */
const NODES_KEPT = 20_000;
/** Evicted at once, so that the disk is written in runs. */
const NODES_EVICTED = 5_000;
/** While all nodes are gone through once more, this fraction (one in so many) of the nodes kept is held in addition. */
const NODES_PASSING_PART = 4;
/** Nodes read at a time when all are gone through. */
const NODES_READ = 500;
/** Of the temporary database, kilobytes. */
const PAGE_CACHE_KB = 16_384;

interface Row {
  place: number;
  id: string;
  node: string;
}

/**
 * A map of nodes that keeps the latest in memory and the rest on disk. Reads and writes as a `Map`; it must not be iterated.
 * Nodes are plain JSON and are changed in place, so a node in memory may differ from its copy on disk. On disk they lie in
 * the order in which they were first evicted, which is roughly that of the log: what belongs together is close.
 */
class SpillingNodes<Node> extends Map<string, Node> {
  readonly #read: Database.Statement<[string], string>;
  readonly #write: Database.Statement<[string, string]>;
  readonly #after: Database.Statement<[number, number], Row>;
  /** Ids that were written to disk. Most ids looked up are new and need not be searched there. */
  #spilled: SeenIds | undefined;
  /** Once frozen: what was read from disk, which may be dropped without being written. */
  readonly #passing = new Map<string, Node>();
  #frozen = false;
  #made = 0;

  readonly #database: Database.Database;
  readonly #nodesKept: number;

  constructor(database: Database.Database, kind: string, nodesKept: number) {
    super();
    this.#database = database;
    this.#nodesKept = nodesKept;
    database.exec(`CREATE TABLE ${kind} (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, node TEXT NOT NULL)`);
    this.#read = database.prepare<[string], string>(`SELECT node FROM ${kind} WHERE id = ?`).pluck();
    this.#write = database.prepare(
      `INSERT INTO ${kind} (id, node) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET node = excluded.node`,
    );
    this.#after = database.prepare(`SELECT place, id, node FROM ${kind} WHERE place > ? ORDER BY place LIMIT ?`);
  }

  override get(id: string): Node | undefined {
    const kept = super.get(id) ?? this.#passing.get(id);
    if (kept !== undefined || this.#spilled?.mayHave(id) !== true) return kept;
    const text = this.#read.get(id);
    if (text === undefined) return undefined;
    const node = JSON.parse(text) as Node;
    if (this.#frozen) this.#passing.set(id, node);
    else super.set(id, node);
    return node;
  }

  /** A node that was there is never set anew: it is changed in place. */
  override set(id: string, node: Node): this {
    this.#made++;
    return super.set(id, node);
  }

  /** Nodes made so far, in memory or not. */
  get made(): number {
    return this.#made;
  }

  override has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  /** Brings memory back within its bounds. Must not be called while anybody holds a node. */
  trim(): void {
    if (this.#frozen) this.#drop();
    else if (super.size > this.#nodesKept) this.#evict(Math.min(NODES_EVICTED, this.#nodesKept));
  }

  /** From now on no node may be changed. */
  freeze(): void {
    this.#frozen = true;
  }

  /** All ids, each with its node in memory, in the order in which the nodes were made; once frozen. */
  *ids(): Generator<string> {
    if (this.#spilled === undefined) {
      yield* super.keys();
      return;
    }
    for (let last = 0; ;) {
      const rows = this.#after.all(last, NODES_READ);
      for (const { id, node } of rows) {
        if (super.get(id) === undefined && !this.#passing.has(id)) this.#passing.set(id, JSON.parse(node) as Node);
        yield id;
      }
      const end = rows.at(-1);
      if (end === undefined) break;
      last = end.place;
    }
    for (const id of super.keys()) if (!this.#isOnDisk(id)) yield id;
  }

  #isOnDisk(id: string): boolean {
    return this.#spilled?.mayHave(id) === true && this.#read.get(id) !== undefined;
  }

  /** Drops the earlier half of the nodes gone through, when they are too many. */
  #drop(): void {
    const most = Math.ceil(this.#nodesKept / NODES_PASSING_PART);
    if (this.#passing.size <= most) return;
    let left = Math.ceil(most / 2);
    for (const id of this.#passing.keys()) {
      if (left-- <= 0) break;
      this.#passing.delete(id);
    }
  }

  #evict(count: number): void {
    const spilled = (this.#spilled ??= new SeenIds());
    this.#database.transaction(() => {
      let left = count;
      for (const [id, node] of super.entries()) {
        if (left-- <= 0) break;
        this.#write.run(id, JSON.stringify(node));
        spilled.add(id);
        super.delete(id);
      }
    })();
  }
}

/** Bits of {@link SeenIds}: with ten million ids, one in three that were never added is a false positive. */
const SEEN_BITS = 2 ** 25;

/** A set of ids in bounded memory (a Bloom filter with two bits per id) that may report ids that were never added. */
class SeenIds {
  readonly #bits = new Uint32Array(SEEN_BITS / 32);

  add(id: string): void {
    const { first, second } = placesOf(id);
    this.#bits[first >>> 5]! |= 1 << (first & 31);
    this.#bits[second >>> 5]! |= 1 << (second & 31);
  }

  mayHave(id: string): boolean {
    const { first, second } = placesOf(id);
    return ((this.#bits[first >>> 5]! >>> (first & 31)) & (this.#bits[second >>> 5]! >>> (second & 31)) & 1) === 1;
  }
}

/** From two FNV-1a hashes with different offsets, the second with its bits mixed once more. */
function placesOf(id: string): { first: number; second: number } {
  let one = 0x811c9dc5;
  let other = 0x9747b28c;
  for (let index = 0; index < id.length; index++) {
    const unit = id.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x85ebca6b);
  }
  return { first: (one ^ (one >>> 15)) & (SEEN_BITS - 1), second: (other ^ (other >>> 13)) & (SEEN_BITS - 1) };
}

/** A provenance graph of any size in bounded memory, in a temporary database that is deleted when it is closed. */
export class SpillingGraph implements ProvenanceGraph {
  // An empty name is a temporary database: SQLite writes it to disk as it grows, and removes it.
  readonly #database = new Database('');
  readonly batches;
  readonly transformations;
  readonly shipments;
  readonly sites;

  /** @param nodesKept of each kind in memory */
  constructor(nodesKept = NODES_KEPT) {
    this.#database.pragma(`cache_size = -${PAGE_CACHE_KB}`);
    this.#database.pragma('journal_mode = OFF');
    const nodes = <K extends keyof ProvenanceGraph>(kind: K) =>
      new SpillingNodes<ProvenanceGraph[K] extends Map<string, infer Node> ? Node : never>(
        this.#database,
        kind,
        nodesKept,
      );
    this.batches = nodes('batches');
    this.transformations = nodes('transformations');
    this.shipments = nodes('shipments');
    this.sites = nodes('sites');
  }

  trim(): void {
    for (const nodes of [this.batches, this.transformations, this.shipments, this.sites]) nodes.trim();
  }

  freeze(): void {
    for (const nodes of [this.batches, this.transformations, this.shipments, this.sites]) nodes.freeze();
  }

  close(): void {
    this.#database.close();
  }
}
