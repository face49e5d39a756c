export { AppendOnlyTree, type NodeId, type NodeReader, type NodeStore, type NodeWriter } from './append-only-tree.js';
export { canonicalBytes, canonicalText, MAX_DEPTH } from './canonical-json.js';
export { EMPTY_ROOT, leafHash, MAX_TREE_SIZE, nodeHash, rootOf } from './merkle.js';
export { consistencyProof, inclusionProof, rootAt } from './merkle-proofs.js';
export {
  equalBytes,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './merkle-verification.js';
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
