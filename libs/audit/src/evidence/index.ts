/** Verifies the evidence of a batch, and needs no runtime but that of `libs/transparency`: an entry of its own, for browsers. */
export { verifyBatchEvidence, type Reread, type VerifiedEvidence } from './batch-evidence.js';
