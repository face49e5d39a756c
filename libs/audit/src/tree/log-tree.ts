import { type EventStore, type StoredEvent } from '#event-store';
import { Follower, Waiters, type Place } from '#following';
import { EVIDENCE_CATEGORIES } from '#read-model';
import {
  AppendOnlyTree,
  type Checkpoint,
  consistencyProof,
  encodeTile,
  equalBytes,
  inclusionProof,
  leafHash,
  rootAt,
  TILE_WIDTH,
  type TileId,
  VerificationError,
} from '#transparency';
import { AlteredLogError } from '../log/altered-log-error.js';
import { type LastLeaf, type TreeFile } from './tree-file.js';

/** Most leaves that one transaction adds while following the log. */
const LEAVES_AT_ONCE = 500;

/**
 * After a batch that took all there was, the next waits this long for more events, milliseconds: leaves share a
 * transaction, and a caller that needs a proof waits for the next signature anyway.
 */
const GATHERING_MS = 100;

interface LogTreeOptions {
  readonly store: EventStore;
  readonly file: TreeFile;
  /** The last signed checkpoint: leaves that it covers are never removed. */
  readonly signed: () => Pick<Checkpoint, 'size' | 'root'> | undefined;
  /** Called when a signed leaf is no longer in the log. Following has ended. */
  readonly onAlarm: (error: AlteredLogError) => void;
  /** Called when unsigned leaves were removed. @param size leaves that are left */
  readonly onTakenBack?: (size: bigint) => void;
  /** A failure that will be retried. */
  readonly onError?: (error: unknown, attempt: number) => void;
}

/**
 * The Merkle tree over the evidence of the log, in its global order: follows the store by a subscription of its own,
 * whichever store it is. An append writes two nodes on average; every proof reads O(log n) of them.
 */
export class LogTree {
  readonly #options: LogTreeOptions;
  #tree = AppendOnlyTree.empty();
  #last: LastLeaf | undefined;
  readonly #follower: Follower;
  #follows = false;
  readonly #waiters = new Waiters();
  readonly #listeners = new Set<() => void>();
  #holds = true;

  constructor(options: LogTreeOptions) {
    this.#options = options;
    const { store, onError, onAlarm } = options;
    this.#follower = new Follower({
      store,
      categories: EVIDENCE_CATEGORIES,
      batchSize: () => LEAVES_AT_ONCE,
      gatheringMs: GATHERING_MS,
      from: () => this.#place(),
      take: (batch) => this.#take(batch),
      onError,
      endsWith: (error) => {
        if (!(error instanceof AlteredLogError)) return false;
        onAlarm(error);
        return true;
      },
    });
  }

  /** Leaves in the tree. */
  get size(): bigint {
    return this.#tree.size;
  }

  /** The last leaf was found where the log has it at the last look: nothing is signed otherwise. */
  get holds(): boolean {
    return this.#holds;
  }

  /** Checks whether the last leaf is still where it was. If not, the follower examines the log again. */
  async lookBack(): Promise<boolean> {
    if (this.#holds && !(await this.#belongsToLog())) {
      this.#holds = false;
      this.#follower.restart();
    }
    return this.#holds;
  }

  /** Loads the stored nodes. @returns false when they are not those of this log, or not all there */
  async resume(): Promise<boolean> {
    return this.#resume() && (await this.#belongsToLog());
  }

  /** Follows the log from now on. */
  follow(): void {
    this.#follows = true;
    this.#follower.start();
  }

  /** Ends after the current batch. */
  async stop(): Promise<void> {
    this.#follows = false;
    await this.#follower.stop();
  }

  /** Rebuilds every node from the log. */
  async rebuild(): Promise<void> {
    const followed = this.#follows;
    await this.stop();
    this.#options.file.clear();
    this.#resume();
    await this.catchUp();
    if (followed) this.follow();
  }

  /** Adds what the log holds now. Not while the tree is following. */
  async catchUp(): Promise<void> {
    let batch: StoredEvent[] = [];
    const after = this.#last === undefined ? {} : { after: this.#last.position };
    for await (const event of this.#options.store.readAll({ categories: EVIDENCE_CATEGORIES, ...after })) {
      batch.push(event);
      if (batch.length < TILE_WIDTH) continue;
      this.#take(batch);
      batch = [];
    }
    this.#take(batch);
  }

  /** Adds the next events of the log. Not while the tree is following. */
  grow(events: readonly StoredEvent[]): void {
    this.#take(events);
  }

  /** Calls back whenever leaves were added. @returns how to stop it */
  onGrowth(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves to true once the tree has this many leaves, to false when that takes too long. */
  waitFor(size: bigint, timeoutMs: number): Promise<boolean> {
    return this.#waiters.wait(() => this.size >= size, timeoutMs);
  }

  /** Root over the first `size` leaves. @throws VerificationError `size-out-of-range`, `node-missing` */
  rootAt(size: bigint): Uint8Array {
    return rootAt(size, this.#options.file);
  }

  /** @throws VerificationError `index-out-of-range`, `node-missing` */
  inclusionProof(index: bigint, size: bigint): Uint8Array[] {
    return inclusionProof(index, size, this.#options.file);
  }

  /** @throws VerificationError `size-out-of-range`, `node-missing` */
  consistencyProof(size1: bigint, size2: bigint): Uint8Array[] {
    return consistencyProof(size1, size2, this.#options.file);
  }

  /** Hash of a leaf; undefined beyond the end. */
  leaf(index: bigint): Uint8Array | undefined {
    return index < this.size ? this.#options.file.get(0, index) : undefined;
  }

  /** The hashes of a tile, as many as its width says, which the tree must have. C2SP tlog-tiles. */
  tile({ level, index, width }: TileId & { level: number }): Uint8Array | undefined {
    const hashes: Uint8Array[] = [];
    for (let offset = 0; offset < width; offset++) {
      const hash = this.#options.file.get(level * 8, index * BigInt(TILE_WIDTH) + BigInt(offset));
      if (hash === undefined) return undefined;
      hashes.push(hash);
    }
    return encodeTile(hashes);
  }

  #resume(): boolean {
    const state = this.#options.file.state();
    this.#tree = AppendOnlyTree.empty();
    this.#last = undefined;
    try {
      if (state) this.#tree = AppendOnlyTree.resume(state.size, this.#options.file);
      this.#last = state?.last;
      return true;
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      return false;
    }
  }

  /** Whether the log still holds the last leaf where it was. */
  async #belongsToLog(): Promise<boolean> {
    const last = this.#last;
    return last === undefined || this.#options.store.holds(last);
  }

  /** Where the stored nodes end, after removing those that the log no longer has. */
  async #place(): Promise<Place> {
    this.#resume();
    if (!(await this.#belongsToLog())) await this.#takeBack();
    this.#holds = true;
    const last = this.#last;
    return last === undefined ? {} : { after: last.position, last };
  }

  /**
   * Removes the leaves from the first that differs from the log. A leader that lost its followers may have delivered
   * events that the cluster never kept.
   * @throws AlteredLogError when that one was signed, or the log is in a file, which never loses events by itself
   */
  async #takeBack(): Promise<void> {
    this.#holds = false;
    const { file, store, signed } = this.#options;
    if (store.engine !== 'eventstoredb') {
      throw new AlteredLogError('its file was moved, exchanged or written over while the ledger was open.', undefined);
    }
    let last: LastLeaf | undefined;
    let size = 0n;
    for await (const event of store.readAll({ categories: EVIDENCE_CATEGORIES })) {
      const stored = size < this.size ? file.get(0, size) : undefined;
      if (stored === undefined || !equalBytes(stored, leafHash(event.record))) break;
      last = { position: event.position, stream: event.stream, revision: event.revision, eventId: event.id };
      size++;
    }
    if (size < (signed()?.size ?? 0n)) {
      throw new AlteredLogError(`event ${size} is not the one that was signed, or is no longer there.`, size);
    }
    file.cutBack(size, last);
    this.#resume();
    this.#options.onTakenBack?.(size);
  }

  /** A batch may be delivered twice: what is already in the tree is skipped. */
  #take(batch: readonly StoredEvent[]): void {
    const fresh = batch.filter(({ position }) => this.#last === undefined || position > this.#last.position);
    const end = fresh.at(-1);
    if (!end) return;
    const { file } = this.#options;
    const last = { position: end.position, stream: end.stream, revision: end.revision, eventId: end.id };
    file.grow(() => {
      for (const event of fresh) this.#tree.append(leafHash(event.record), file);
      return { size: this.#tree.size, last };
    });
    this.#last = last;
    this.#waiters.look();
    for (const listener of this.#listeners) listener();
  }
}
