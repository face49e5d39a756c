export { AppendOnlyTree, type NodeId, type NodeReader, type NodeStore, type NodeWriter } from './append-only-tree.js';
export { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from './base64.js';
export {
  BUNDLE_FORMAT,
  BUNDLE_LIMITS,
  BundleError,
  type BundleHeader,
  type BundleLimits,
  type BundleMode,
  type Completeness,
  type EvidenceRecord,
  type NotProven,
  type StreamCoverage,
} from './bundle-format.js';
export { bundleLines } from './bundle-lines.js';
export type { BundleJudge, BundleVerification, VerifiedBundle } from './bundle-verification.js';
export { verifyBundle } from './bundle-verifier.js';
export {
  writeBundle,
  type BundleContents,
  type BundleDisclosure,
  type BundleLeaf,
  type HiddenLeaf,
  type ProvedLeaf,
} from './bundle-writer.js';
export { canonicalBytes, canonicalText, MAX_DEPTH } from './canonical-json.js';
export {
  formatCheckpoint,
  parseCheckpoint,
  verifyCheckpoint,
  type Checkpoint,
  type ParsedCheckpoint,
  type VerifiedCheckpoint,
} from './checkpoint.js';
export { commit, isWeakSalt, SALT_BYTES, verifyCommitment } from './commitment.js';
export { appendCosignature, cosign, verifyCosignatures, type Cosignature } from './cosignature.js';
export {
  detachedInput,
  parseDetached,
  publicKeyVerifier,
  publicKeyVerifierElsewhere,
  signDetached,
  verifyDetached,
  type DetachedJws,
} from './detached-jws.js';
export { KeyRing, parseKeyRotation, signKeyRotation, type KeyRotation } from './key-ring.js';
export { EMPTY_ROOT, leafHash, leafHashIn, MAX_TREE_SIZE, nodeHash, rootOf } from './merkle.js';
export { consistencyProof, inclusionProof, rootAt } from './merkle-proofs.js';
export {
  equalBytes,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './merkle-verification.js';
export {
  formatSigningKey,
  formatVerifierKey,
  noteSigner,
  parseSigningKey,
  parseVerifierKey,
  toHex,
  verifierKey,
  type NoteKeyType,
  type NoteSigner,
  type VerifierKey,
} from './note-keys.js';
export { HASH_BYTES, sha256, type Ed25519Verifier } from './primitives.js';
export { parseNote, signNote, verifyNote, type NoteSignature, type SignedNote } from './signed-note.js';
export { consistencyProofFromTiles, inclusionProofFromTiles, rootFromTiles, type TileSource } from './tile-proofs.js';
export {
  decodeEntryBundle,
  decodeTile,
  encodeEntryBundle,
  encodeTile,
  MAX_ENTRY_BYTES,
  parseTilePath,
  TILE_WIDTH,
  tilePath,
  tileWidth,
  type TileId,
} from './tiles.js';
export { VerificationError, type VerificationErrorCode } from './verification-error.js';
