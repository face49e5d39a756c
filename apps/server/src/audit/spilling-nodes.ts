import Database from 'better-sqlite3';
import { type ProvenanceGraph } from '#claims';

/** Nodes of a kind kept in memory: what a replay of a small ledger needs never touches the disk, a large one is bounded. */
const NODES_KEPT = 20_000;
/** Evicted at once, so that the disk is written in runs. */
const NODES_EVICTED = 5_000;
const IDS_READ = 1_000;
/** Of the temporary database, kilobytes. */
const PAGE_CACHE_KB = 16_384;

/**
 * A map of nodes that keeps the latest in memory and the rest on disk. Reads and writes as a `Map`; it must not be iterated.
 * Nodes are plain JSON and are changed in place, so that any in memory may differ from its copy on disk.
 */
class SpillingNodes<Node> extends Map<string, Node> {
  readonly #read: Database.Statement<[string], string>;
  readonly #write: Database.Statement<[string, string]>;
  readonly #idsAfter: Database.Statement<[string, number], string>;
  #spilled = false;
  #frozen = false;

  constructor(
    private readonly database: Database.Database,
    kind: string,
  ) {
    super();
    database.exec(`CREATE TABLE ${kind} (id TEXT PRIMARY KEY, node TEXT NOT NULL) WITHOUT ROWID`);
    this.#read = database.prepare<[string], string>(`SELECT node FROM ${kind} WHERE id = ?`).pluck();
    this.#write = database.prepare(`INSERT OR REPLACE INTO ${kind} (id, node) VALUES (?, ?)`);
    this.#idsAfter = database
      .prepare<[string, number], string>(`SELECT id FROM ${kind} WHERE id > ? ORDER BY id LIMIT ?`)
      .pluck();
  }

  override get(id: string): Node | undefined {
    const kept = super.get(id);
    if (kept !== undefined || !this.#spilled) return kept;
    const text = this.#read.get(id);
    if (text === undefined) return undefined;
    const node = JSON.parse(text) as Node;
    super.set(id, node);
    return node;
  }

  override has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  /** Brings the memory back within its bounds. Not while anybody holds a node. */
  trim(): void {
    if (super.size > NODES_KEPT) this.#evict(NODES_EVICTED);
  }

  /** No node is changed any more. */
  freeze(): void {
    if (this.#spilled) this.#evict(super.size);
    this.#frozen = true;
  }

  /** All ids, in ascending order of their UTF-8 bytes; once frozen. */
  *ids(): Generator<string> {
    if (!this.#spilled) {
      yield* [...super.keys()].sort(byUtf8);
      return;
    }
    for (let last = ''; ;) {
      const ids = this.#idsAfter.all(last, IDS_READ);
      yield* ids;
      const end = ids.at(-1);
      if (end === undefined) return;
      last = end;
    }
  }

  #evict(count: number): void {
    this.#spilled = true;
    this.database.transaction(() => {
      let left = count;
      for (const [id, node] of super.entries()) {
        if (left-- <= 0) break;
        if (!this.#frozen) this.#write.run(id, JSON.stringify(node));
        super.delete(id);
      }
    })();
  }
}

/** A provenance graph of any size at bounded memory, in a fresh place that is gone when it is closed. */
export class SpillingGraph implements ProvenanceGraph {
  // An empty name is a temporary database: SQLite writes it to disk as it grows, and removes it.
  readonly #database = new Database('');
  readonly batches;
  readonly transformations;
  readonly shipments;
  readonly sites;

  constructor() {
    this.#database.pragma(`cache_size = -${PAGE_CACHE_KB}`);
    this.#database.pragma('journal_mode = OFF');
    const nodes = <K extends keyof ProvenanceGraph>(kind: K) =>
      new SpillingNodes<ProvenanceGraph[K] extends Map<string, infer Node> ? Node : never>(this.#database, kind);
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

function byUtf8(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
