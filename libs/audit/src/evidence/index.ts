/** What verifies the evidence of a batch, and needs no runtime but that of `libs/transparency`: a door of its own, for browsers. */
export { verifyBatchEvidence, type Reread, type VerifiedEvidence } from './batch-evidence.js';
