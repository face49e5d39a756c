export { demandsSignature, signerOf, type Fact, type Owners } from './signer.js';
export { restatementOf } from './restatement.js';
export { SIGNATURE_FINDINGS, SignatureExaminer, type Examined, type SignatureFinding } from './examiner.js';
export { signedCommand, type SignedCommand } from './signed-command.js';
