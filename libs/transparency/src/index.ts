export { canonicalBytes, canonicalText, MAX_DEPTH } from './canonical-json.js';
export { EMPTY_ROOT, leafHash, MAX_TREE_SIZE, nodeHash, rootOf } from './merkle.js';
export {
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './merkle-verification.js';
export { VerificationError, type VerificationErrorCode } from './verification-error.js';
