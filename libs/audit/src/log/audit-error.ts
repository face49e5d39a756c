export type AuditErrorCode =
  /** There is no such batch or programme, or there was none then. */
  | 'not-found'
  /** It will be there in a moment. */
  | 'not-yet'
  /** The answer would be larger than can be delivered at once. */
  | 'too-large'
  /** The signing key was given as a text, which the ledger cannot replace. */
  | 'key-not-replaceable'
  /** This server does not have the key that signs for this log. */
  | 'signing-key-missing';

/** A question about the log that has no answer, or none yet. */
export class AuditError extends Error {
  override readonly name = 'AuditError';

  constructor(
    readonly code: AuditErrorCode,
    message: string,
    /** Of `not-yet`: when to ask again. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}
