import { MAX_TREE_SIZE, nodeHash } from './merkle.js';
import { HASH_BYTES } from './primitives.js';
import { VerificationError } from './verification-error.js';

export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  /** 0-based. */
  readonly leafIndex: bigint;
  /** Leaves of the tree that has this root. */
  readonly treeSize: bigint;
  /** Sibling hashes, from the leaf upwards. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/**
 * Checks that a leaf is in the tree with that root, at that index. RFC 9162 §2.1.3.2.
 * @throws VerificationError `size-out-of-range`, `index-out-of-range`, `hash-malformed`, `proof-length`, `root-mismatch`.
 */
export function verifyInclusion({ leafHash, leafIndex, treeSize, proof, root }: InclusionClaim): void {
  requireSize(treeSize, 'treeSize');
  if (typeof leafIndex !== 'bigint' || leafIndex < 0n || leafIndex >= treeSize) {
    throw new VerificationError('index-out-of-range', 'leafIndex must be at least 0 and below treeSize');
  }
  requireHash(leafHash, 'leafHash');
  requireHash(root, 'root');
  requireProof(proof);
  // Levels where the leaf's path and the tree's last leaf's differ have a sibling each; above them only the path's one
  // bits do, for there the right edge has nothing to its right.
  const inner = bitLength(leafIndex ^ (treeSize - 1n));
  const border = countOnes(leafIndex >> BigInt(inner));
  requireProofLength(proof, inner + border);
  let hash = leafHash;
  for (let level = 0; level < inner; level++) {
    const sibling = proof[level]!;
    hash = (leafIndex >> BigInt(level)) & 1n ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }
  for (let i = inner; i < proof.length; i++) hash = nodeHash(proof[i]!, hash);
  requireRoot(hash, root, 'root');
}

export interface ConsistencyClaim {
  /** Leaves of the older tree, at least 1: of an empty tree there is nothing to be consistent with. */
  readonly size1: bigint;
  readonly size2: bigint;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Checks that the tree of `size2` leaves begins with the very leaves of the tree of `size1`. RFC 9162 §2.1.4.2.
 * @throws VerificationError `size-out-of-range`, `hash-malformed`, `proof-length`, `root-mismatch`.
 */
export function verifyConsistency({ size1, size2, root1, root2, proof }: ConsistencyClaim): void {
  requireSize(size1, 'size1');
  requireSize(size2, 'size2');
  if (size1 > size2) throw new VerificationError('size-out-of-range', 'size1 must not exceed size2');
  requireProof(proof);
  if (size1 === size2) {
    // Nothing is computed here, so the roots are compared as they come, of whatever length: the public test vectors of
    // transparency-dev/merkle hold such a pair and want it accepted.
    requireProofLength(proof, 0);
    requireBytes(root1, 'root1');
    requireBytes(root2, 'root2');
    requireRoot(root1, root2, 'root2');
    return;
  }
  requireHash(root1, 'root1');
  requireHash(root2, 'root2');
  // The proof is an inclusion proof, in the new tree, of the last complete subtree of the old one.
  const shift = trailingZeros(size1);
  const path = (size1 - 1n) >> BigInt(shift);
  const inner = bitLength((size1 - 1n) ^ (size2 - 1n)) - shift;
  const border = countOnes(path >> BigInt(inner));
  // An old tree that is one complete subtree is its own seed: its root is known and not sent.
  const seedSent = path !== 0n;
  requireProofLength(proof, inner + border + (seedSent ? 1 : 0));
  const seed = seedSent ? proof[0]! : root1;
  const siblings = seedSent ? proof.slice(1) : proof;

  let old = seed;
  let grown = seed;
  for (let level = 0; level < inner; level++) {
    const sibling = siblings[level]!;
    if ((path >> BigInt(level)) & 1n) {
      old = nodeHash(sibling, old);
      grown = nodeHash(sibling, grown);
    } else {
      grown = nodeHash(grown, sibling);
    }
  }
  for (let i = inner; i < siblings.length; i++) {
    old = nodeHash(siblings[i]!, old);
    grown = nodeHash(siblings[i]!, grown);
  }
  requireRoot(old, root1, 'root1');
  requireRoot(grown, root2, 'root2');
}

/** Whether two byte strings are equal. Nothing here is secret: it may end early. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function requireSize(size: bigint, name: string): void {
  if (typeof size !== 'bigint' || size < 1n || size > MAX_TREE_SIZE) {
    throw new VerificationError('size-out-of-range', `${name} must be a bigint between 1 and 2^63 − 1`);
  }
}

function requireBytes(value: Uint8Array, name: string): void {
  if (!(value instanceof Uint8Array)) throw new VerificationError('hash-malformed', `${name} must be bytes`);
}

function requireHash(hash: Uint8Array, name: string): void {
  requireBytes(hash, name);
  if (hash.length !== HASH_BYTES) {
    throw new VerificationError('hash-malformed', `${name} must be ${HASH_BYTES} bytes`);
  }
}

function requireProof(proof: readonly Uint8Array[]): void {
  if (!Array.isArray(proof)) throw new VerificationError('proof-length', 'proof must be a list of hashes');
}

function requireProofLength(proof: readonly Uint8Array[], length: number): void {
  if (proof.length !== length) {
    throw new VerificationError('proof-length', `the proof has ${proof.length} hashes, these sizes need ${length}`);
  }
  proof.forEach((hash, i) => requireHash(hash, `proof[${i}]`));
}

function requireRoot(computed: Uint8Array, claimed: Uint8Array, name: string): void {
  if (!equalBytes(computed, claimed))
    throw new VerificationError('root-mismatch', `the proof does not lead to ${name}`);
}

function bitLength(n: bigint): number {
  return n === 0n ? 0 : n.toString(2).length;
}

function countOnes(n: bigint): number {
  let ones = 0;
  for (let rest = n; rest > 0n; rest >>= 1n) if (rest & 1n) ones++;
  return ones;
}

function trailingZeros(n: bigint): number {
  let zeros = 0;
  for (let rest = n; (rest & 1n) === 0n; rest >>= 1n) zeros++;
  return zeros;
}
