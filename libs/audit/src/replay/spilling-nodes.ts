import Database from 'better-sqlite3';
import { type ProvenanceGraph } from '#claims';

/** Estimated bytes of nodes kept in memory: a replay of a small ledger never touches the disk, that of a large one is bounded. */
const BYTES_KEPT = 24 * 1024 * 1024;
/** How they are shared out, which is about how ledgers use them. */
const PARTS: Readonly<Record<keyof ProvenanceGraph, number>> = {
  batches: 0.6,
  transformations: 0.2,
  shipments: 0.1,
  sites: 0.1,
};
/** Nodes are evicted until so much of the bytes is left, so that the disk is written in runs. */
const LEFT_BY_EVICTION = 0.75;
/** While all nodes are gone through once more, this part (one in so many) of the bytes is held in addition. */
const PASSING_PART = 4;
/** Bytes of a node that was read from disk, for each character of its text. */
const BYTES_A_CHARACTER = 1.4;
/** Nodes read at a time when all are gone through. */
const NODES_READ = 500;
/** Of the temporary database, kilobytes. */
const PAGE_CACHE_KB = 4_096;

/** Estimates in bytes, from what makes nodes large; measured on nodes of generated ledgers. */
const SIZE_OF: { readonly [K in keyof ProvenanceGraph]: (node: NodeOf<K>) => number } = {
  batches: ({ uses, stays, hops, labels, assays, anomalies, given, parents }) =>
    1_000 +
    300 * (uses.length + stays.length + anomalies.length) +
    900 * hops.length +
    400 * (labels.length + assays.length) +
    1_000 * (given?.length ?? 0) +
    60 * parents.length,
  transformations: ({ inputs, outputs }) => 500 + 450 * inputs.length + 200 * outputs.length,
  shipments: ({ batchIds }) => 500 + 60 * batchIds.length,
  sites: () => 500,
};

type NodeOf<K extends keyof ProvenanceGraph> = ProvenanceGraph[K] extends Map<string, infer Node> ? Node : never;

interface Row {
  /** In the order in which the nodes were first evicted. */
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
  /** Made when a node is first looked up on disk, with an index of ids: of most logs no node is, until all are folded. */
  #read: Database.Statement<[string], Omit<Row, 'id'>> | undefined;
  readonly #insert: Database.Statement<[string, string]>;
  readonly #update: Database.Statement<[string, number]>;
  /** Where the nodes in memory that were read back lie on disk. */
  readonly #places = new Map<string, number>();
  readonly #after: Database.Statement<[number, number], Row>;
  /** Ids that were written to disk. Most ids looked up are new and need not be searched there. */
  #spilled: SeenIds | undefined;
  /** Once frozen: what was read from disk, which may be dropped without being written. */
  #passing = new Map<string, Node>();
  #passed = new Map<string, Node>();
  #passingBytes = 0;
  #frozen = false;
  /** Calls of {@link trim} since the nodes kept were last measured. */
  #trims = 0;
  #made = 0;

  readonly #database: Database.Database;
  readonly #kind: string;
  readonly #bytesKept: number;
  readonly #sizeOf: (node: Node) => number;

  constructor(database: Database.Database, kind: string, bytesKept: number, sizeOf: (node: Node) => number) {
    super();
    this.#database = database;
    this.#kind = kind;
    this.#bytesKept = bytesKept;
    this.#sizeOf = sizeOf;
    database.exec(`CREATE TABLE ${kind} (place INTEGER PRIMARY KEY, id TEXT NOT NULL, node TEXT NOT NULL)`);
    this.#insert = database.prepare(`INSERT INTO ${kind} (id, node) VALUES (?, ?)`);
    this.#update = database.prepare(`UPDATE ${kind} SET node = ? WHERE place = ?`);
    this.#after = database.prepare(`SELECT place, id, node FROM ${kind} WHERE place > ? ORDER BY place LIMIT ?`);
  }

  override get(id: string): Node | undefined {
    const kept = super.get(id) ?? (this.#frozen ? this.#passingBy(id) : undefined);
    if (kept !== undefined || this.#spilled?.mayHave(id) !== true) return kept;
    const row = this.#onDisk(id);
    if (row === undefined) return undefined;
    const node = JSON.parse(row.node) as Node;
    if (this.#frozen) {
      this.#pass(id, node, row.node.length);
    } else {
      super.set(id, node);
      this.#places.set(id, row.place);
    }
    return node;
  }

  /** A node that is there is changed in place; only an altered log makes one anew. */
  override set(id: string, node: Node): this {
    if (!super.has(id)) {
      const row = this.#spilled?.mayHave(id) === true ? this.#onDisk(id) : undefined;
      if (row === undefined) this.#made++;
      else this.#places.set(id, row.place);
    }
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
    if (this.#frozen) {
      if (this.#passingBytes > this.#bytesKept / PASSING_PART / 2) this.#drop();
      return;
    }
    // Nodes grow where they are. They are measured again when a quarter as many events may have changed them.
    if (++this.#trims < super.size / 4) return;
    this.#trims = 0;
    let bytes = 0;
    for (const node of super.values()) bytes += this.#sizeOf(node);
    if (bytes > this.#bytesKept) this.#evict(bytes - this.#bytesKept * LEFT_BY_EVICTION);
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
        if (super.get(id) === undefined && this.#passingBy(id) === undefined)
          this.#pass(id, JSON.parse(node) as Node, node.length);
        yield id;
      }
      const end = rows.at(-1);
      if (end === undefined) break;
      last = end.place;
    }
    for (const id of super.keys()) if (!this.#places.has(id)) yield id;
  }

  #onDisk(id: string): Omit<Row, 'id'> | undefined {
    if (this.#read === undefined) {
      this.#database.exec(`CREATE UNIQUE INDEX ${this.#kind}_by_id ON ${this.#kind} (id)`);
      this.#read = this.#database.prepare(`SELECT place, node FROM ${this.#kind} WHERE id = ?`);
    }
    return this.#read.get(id);
  }

  #passingBy(id: string): Node | undefined {
    return this.#passing.get(id) ?? this.#passed.get(id);
  }

  #pass(id: string, node: Node, characters: number): void {
    this.#passing.set(id, node);
    this.#passingBytes += characters * BYTES_A_CHARACTER;
  }

  /** Drops the earlier half of the nodes gone through. */
  #drop(): void {
    this.#passed = this.#passing;
    this.#passing = new Map();
    this.#passingBytes = 0;
  }

  /** @param bytes to be freed */
  #evict(bytes: number): void {
    const spilled = (this.#spilled ??= new SeenIds());
    this.#database.transaction(() => {
      let left = bytes;
      for (const [id, node] of super.entries()) {
        if (left <= 0) break;
        left -= this.#sizeOf(node);
        const place = this.#places.get(id);
        if (place === undefined) this.#insert.run(id, JSON.stringify(node));
        else this.#update.run(JSON.stringify(node), place);
        this.#places.delete(id);
        spilled.add(id);
        super.delete(id);
      }
    })();
  }
}

/** Bits of {@link SeenIds}: with ten million ids, one in three that were never added is a false positive. */
const SEEN_BITS = 2 ** 25;
const LAST_WORD = SEEN_BITS / 32 - 1;

/** A set of ids in bounded memory (a Bloom filter with two bits per id) that may report ids that were never added. */
class SeenIds {
  readonly #bits = new Uint32Array(SEEN_BITS / 32);

  add(id: string): void {
    const first = hashOf(id);
    const second = mixed(first);
    this.#bits[(first >>> 5) & LAST_WORD]! |= 1 << (first & 31);
    this.#bits[(second >>> 5) & LAST_WORD]! |= 1 << (second & 31);
  }

  mayHave(id: string): boolean {
    const first = hashOf(id);
    if (((this.#bits[(first >>> 5) & LAST_WORD]! >>> (first & 31)) & 1) === 0) return false;
    const second = mixed(first);
    return ((this.#bits[(second >>> 5) & LAST_WORD]! >>> (second & 31)) & 1) === 1;
  }
}

/** FNV-1a, 32 bits, with its high bits mixed into the low ones. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return mixed(hash);
}

/** A bijection of 32 bits that leaves no bit where it was (the finalizer of MurmurHash3). */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** A provenance graph of any size in bounded memory, in a temporary database that is deleted when it is closed. */
export class SpillingGraph implements ProvenanceGraph {
  // An empty name is a temporary database: SQLite writes it to disk as it grows, and removes it.
  readonly #database = new Database('');
  readonly batches;
  readonly transformations;
  readonly shipments;
  readonly sites;

  /** @param bytesKept estimated, of nodes in memory */
  constructor(bytesKept = BYTES_KEPT) {
    this.#database.pragma(`cache_size = -${PAGE_CACHE_KB}`);
    this.#database.pragma('journal_mode = OFF');
    const nodes = <K extends keyof ProvenanceGraph>(kind: K) =>
      new SpillingNodes<NodeOf<K>>(this.#database, kind, bytesKept * PARTS[kind], SIZE_OF[kind]);
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
