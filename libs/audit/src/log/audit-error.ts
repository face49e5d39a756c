export type AuditErrorCode =
  /** There is no such batch or programme, or there was none then. */
  | 'not-found'
  /** It will be there in a moment. */
  | 'not-yet'
  /** It would be more than can be handed out in one piece. */
  | 'too-large'
  /** The signing key was given as a text, which the ledger cannot replace. */
  | 'key-not-replaceable'
  /** The key that signs for this log is not at this server. */
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
