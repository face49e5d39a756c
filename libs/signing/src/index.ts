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
export { signedCommand, type SignedCommand } from './signed-command.js';
