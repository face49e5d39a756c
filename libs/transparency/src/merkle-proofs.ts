import { completeSubtrees, readNode, type NodeId, type NodeReader } from './append-only-tree.js';
import { EMPTY_ROOT, foldPeaks, MAX_TREE_SIZE } from './merkle.js';
import { VerificationError } from './verification-error.js';

/** Leaves [from, to), a subtree as RFC 9162 splits a tree: complete, or at the tree's right edge. */
interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Inclusion proof of a leaf in the tree of the first `size` leaves, from stored nodes: O(log n) reads. RFC 9162 §2.1.3.1.
 * @throws VerificationError `size-out-of-range`, `index-out-of-range`, `node-missing`, `hash-malformed`.
 */
export function inclusionProof(index: bigint, size: bigint, nodes: NodeReader): Uint8Array[] {
  return inclusionRanges(index, size).map((range) => subtreeRoot(range, nodes));
}

/**
 * Consistency proof between the trees of the first `size1` and `size2` leaves, from stored nodes: O(log n) reads.
 * RFC 9162 §2.1.4.1.
 * @throws VerificationError `size-out-of-range` (also for `size1` 0: an empty tree proves nothing), `node-missing`,
 *   `hash-malformed`.
 */
export function consistencyProof(size1: bigint, size2: bigint, nodes: NodeReader): Uint8Array[] {
  return consistencyRanges(size1, size2).map((range) => subtreeRoot(range, nodes));
}

/** Root of the tree of the first `size` leaves, from stored nodes. @throws as {@link inclusionProof}. */
export function rootAt(size: bigint, nodes: NodeReader): Uint8Array {
  requireSize(size, 0n);
  return size === 0n ? EMPTY_ROOT : subtreeRoot({ from: 0n, to: size }, nodes);
}

/** The stored nodes that {@link inclusionProof} reads. */
export function inclusionNodes(index: bigint, size: bigint): NodeId[] {
  return inclusionRanges(index, size).flatMap(({ from, to }) => completeSubtrees(from, to));
}

/** The stored nodes that {@link consistencyProof} reads. */
export function consistencyNodes(size1: bigint, size2: bigint): NodeId[] {
  return consistencyRanges(size1, size2).flatMap(({ from, to }) => completeSubtrees(from, to));
}

/** The stored nodes that {@link rootAt} reads. */
export function rootNodes(size: bigint): NodeId[] {
  requireSize(size, 0n);
  return size === 0n ? [] : completeSubtrees(0n, size);
}

function inclusionRanges(index: bigint, size: bigint): Range[] {
  requireSize(size, 1n);
  if (index < 0n || index >= size) throw new VerificationError('index-out-of-range', 'the tree has no such leaf');
  const siblings: Range[] = [];
  let from = 0n;
  let to = size;
  while (to - from > 1n) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      siblings.push({ from: middle, to });
      to = middle;
    } else {
      siblings.push({ from, to: middle });
      from = middle;
    }
  }
  return siblings.reverse();
}

function consistencyRanges(size1: bigint, size2: bigint): Range[] {
  requireSize(size1, 1n);
  requireSize(size2, size1);
  const ranges: Range[] = [];
  let from = 0n;
  let to = size2;
  // Descends to the subtree that ends where the old tree ends; it is the proof's seed.
  while (size1 < to) {
    const middle = from + splitOf(to - from);
    if (size1 <= middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
    }
  }
  // From 0 it is the whole old tree: the verifier has that root already.
  if (from > 0n) ranges.push({ from, to });
  return ranges.reverse();
}

function subtreeRoot({ from, to }: Range, nodes: NodeReader): Uint8Array {
  return foldPeaks(completeSubtrees(from, to).map(({ level, index }) => readNode(nodes, level, index)));
}

/** Largest power of two below `width`, which is at least 2: where RFC 6962 §2.1 splits. */
function splitOf(width: bigint): bigint {
  return 1n << BigInt((width - 1n).toString(2).length - 1);
}

function requireSize(size: bigint, least: bigint): void {
  if (size < least || size > MAX_TREE_SIZE) {
    throw new VerificationError('size-out-of-range', `a tree size between ${least} and 2^63 − 1 is needed`);
  }
}
