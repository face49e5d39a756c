/**
 * Every way a proof, note, tile, bundle or value can be wrong. The set is closed: input from outside, however hostile,
 * ends in one of these.
 */
export type VerificationErrorCode =
  // values
  | 'lone-surrogate'
  | 'non-finite-number'
  | 'not-json'
  | 'too-deep'
  | 'not-canonical'
  // tree
  | 'size-out-of-range'
  | 'index-out-of-range'
  | 'hash-malformed'
  | 'proof-length'
  | 'root-mismatch'
  | 'node-missing'
  | 'tile-malformed'
  | 'entry-too-large'
  // notes, checkpoints, keys
  | 'note-malformed'
  | 'checkpoint-malformed'
  | 'key-malformed'
  | 'key-unknown'
  | 'origin-mismatch'
  | 'signature-missing'
  | 'signature-invalid'
  | 'signature-malformed'
  | 'commitment-malformed'
  | 'commitment-mismatch'
  // bundles
  | 'line-too-long'
  | 'too-many-lines'
  | 'bundle-too-large'
  | 'bundle-truncated'
  | 'bundle-trailing'
  | 'version-unsupported'
  | 'field-malformed'
  | 'order-violated'
  | 'leaf-mismatch'
  | 'incomplete'
  | 'judge-failed'
  | 'verdict-mismatch';

/** A verification that failed. Exceptions of any other kind are bugs of this library. */
export class VerificationError extends Error {
  override readonly name: string = 'VerificationError';

  constructor(
    readonly code: VerificationErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
