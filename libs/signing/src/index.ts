export {
  decidingType,
  demandsSignature,
  isOfAuthority,
  signerOf,
  SIGNING_EVENTS,
  type Fact,
  type Owners,
} from './signer.js';
export { restatementOf } from './restatement.js';
export {
  SIGNATURE_FINDINGS,
  SignatureExaminer,
  type Examined,
  type ExaminedEvent,
  type SignatureFinding,
} from './examiner.js';
export { keyStatement, proveKey, verifyPossession, type KeyStatement, type ProvedKey } from './possession.js';
export { boundCommand, erasureCommand, signedCommand, type SignedCommand, type SignedFor } from './signed-command.js';
