import { HASH_BYTES, sha256 } from './primitives.js';
import { VerificationError } from './verification-error.js';

/** RFC 6962 §2.1: leaves and nodes are hashed under different first bytes, so that neither passes for the other. */
const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** Sizes are what C2SP logs can count: a signed 64-bit integer. */
export const MAX_TREE_SIZE = (1n << 63n) - 1n;

const LEAF_SCRATCH_BYTES = 64 * 1024;
// Hashing is synchronous, so one buffer serves every call; allocating one a leaf costs as much as the hash.
const leafScratch = new Uint8Array(LEAF_SCRATCH_BYTES);
leafScratch[0] = LEAF_PREFIX;
const nodeScratch = new Uint8Array(1 + 2 * HASH_BYTES);
nodeScratch[0] = NODE_PREFIX;

/** Hash of a leaf, SHA-256(0x00 ‖ bytes). RFC 6962 §2.1. */
export function leafHash(bytes: Uint8Array): Uint8Array {
  const length = bytes.length + 1;
  const preimage = length <= LEAF_SCRATCH_BYTES ? leafScratch.subarray(0, length) : new Uint8Array(length);
  preimage.set(bytes, 1);
  return sha256(preimage);
}

/**
 * Hash of the leaf that is bytes [start, end) of a buffer. After a zero byte they are hashed where they are, with that byte
 * as the prefix, without being copied.
 */
export function leafHashIn(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start > 0 && bytes[start - 1] === LEAF_PREFIX
    ? sha256(bytes.subarray(start - 1, end))
    : leafHash(bytes.subarray(start, end));
}

/** Hash of an inner node, SHA-256(0x01 ‖ left ‖ right). RFC 6962 §2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) {
    throw new VerificationError('hash-malformed', `a node joins two hashes of ${HASH_BYTES} bytes`);
  }
  nodeScratch.set(left, 1);
  nodeScratch.set(right, 1 + HASH_BYTES);
  return sha256(nodeScratch);
}

/** Root of the tree without leaves: SHA-256 of nothing. RFC 6962 §2.1. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** Merkle tree hash over leaf hashes in order; memory O(log n). RFC 6962 §2.1. */
export function rootOf(leafHashes: Iterable<Uint8Array>): Uint8Array {
  const peaks: Uint8Array[] = [];
  let size = 0;
  for (const leaf of leafHashes) {
    let hash = leaf;
    // As many complete subtrees end here as the size so far has low one bits.
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) hash = nodeHash(peaks.pop()!, hash);
    peaks.push(hash);
    size++;
  }
  return foldPeaks(peaks);
}

/** Joins the roots of complete subtrees, largest first, into the root of the tree they make up. */
export function foldPeaks(peaks: readonly Uint8Array[]): Uint8Array {
  if (peaks.length === 0) return EMPTY_ROOT;
  let root = peaks[peaks.length - 1]!;
  for (let i = peaks.length - 2; i >= 0; i--) root = nodeHash(peaks[i]!, root);
  return root;
}
