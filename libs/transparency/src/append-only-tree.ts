import { foldPeaks, MAX_TREE_SIZE, nodeHash } from './merkle.js';
import { HASH_BYTES } from './primitives.js';
import { VerificationError } from './verification-error.js';

/**
 * Nodes of complete subtrees. Level 0 is the leaves; the node at (level, index) covers the leaves
 * [index × 2^level, (index + 1) × 2^level). Once known a node never changes.
 */
export interface NodeReader {
  get(level: number, index: bigint): Uint8Array | undefined;
}

export interface NodeWriter {
  put(level: number, index: bigint, hash: Uint8Array): void;
}

export interface NodeStore extends NodeReader, NodeWriter {}

/**
 * The growing end of the tree: the roots of its complete subtrees, one for each one bit of its size, largest first (a
 * compact range). An append hashes O(log n) nodes, one on average, and keeps nothing else.
 */
export class AppendOnlyTree {
  #leaves: bigint;
  readonly #peaks: Uint8Array[];

  private constructor(leaves: bigint, peaks: Uint8Array[]) {
    this.#leaves = leaves;
    this.#peaks = peaks;
  }

  static empty(): AppendOnlyTree {
    return new AppendOnlyTree(0n, []);
  }

  /**
   * Takes up a tree of `size` leaves where it was left, in O(log n) reads.
   * @throws VerificationError `size-out-of-range`, `node-missing`.
   */
  static resume(size: bigint, nodes: NodeReader): AppendOnlyTree {
    if (size < 0n || size > MAX_TREE_SIZE) throw new VerificationError('size-out-of-range', 'no such tree size');
    return new AppendOnlyTree(
      size,
      completeSubtrees(0n, size).map(({ level, index }) => readNode(nodes, level, index)),
    );
  }

  /** A tree that goes on from here by itself. */
  copy(): AppendOnlyTree {
    return new AppendOnlyTree(this.#leaves, [...this.#peaks]);
  }

  /** Leaves so far; the index that the next one gets. */
  get size(): bigint {
    return this.#leaves;
  }

  /** Root of the tree as it is; O(log n) hashes. */
  root(): Uint8Array {
    return foldPeaks(this.#peaks);
  }

  /**
   * Adds a leaf. Every node that it completes is handed to `nodes`, the leaf itself first: two a leaf on average.
   * @returns the leaf's index.
   * @throws VerificationError `hash-malformed`.
   */
  append(leafHash: Uint8Array, nodes?: NodeWriter): bigint {
    if (leafHash.length !== HASH_BYTES) throw new VerificationError('hash-malformed', 'a leaf hash has 32 bytes');
    const leafIndex = this.#leaves;
    nodes?.put(0, leafIndex, leafHash);
    let hash = leafHash;
    let level = 0;
    for (let index = leafIndex; index & 1n;) {
      hash = nodeHash(this.#peaks.pop()!, hash);
      level += 1;
      index >>= 1n;
      nodes?.put(level, index, hash);
    }
    this.#peaks.push(hash);
    this.#leaves += 1n;
    return leafIndex;
  }
}

export interface NodeId {
  readonly level: number;
  readonly index: bigint;
}

/**
 * The complete subtrees, largest first, that make up the leaves [from, to). `from` must be a multiple of the largest power
 * of two that is not above `to - from`, as it is for every range that RFC 9162 splits a tree into.
 */
export function completeSubtrees(from: bigint, to: bigint): NodeId[] {
  const nodes: NodeId[] = [];
  let start = from;
  for (let level = (to - from).toString(2).length - 1; level >= 0; level--) {
    const width = 1n << BigInt(level);
    if (to - start < width) continue;
    nodes.push({ level, index: start >> BigInt(level) });
    start += width;
  }
  return nodes;
}

export function readNode(nodes: NodeReader, level: number, index: bigint): Uint8Array {
  const hash = nodes.get(level, index);
  if (hash === undefined) throw new VerificationError('node-missing', `no node at level ${level}, index ${index}`);
  if (hash.length !== HASH_BYTES) {
    throw new VerificationError('hash-malformed', `the node at level ${level}, index ${index} is not a hash`);
  }
  return hash;
}
