/** Why the read model said no; a closed union. */
export type ViewsErrorCode =
  /** `LODEBOOK_VIEWS_URL` names an engine that is not there. */
  | 'views-url-unsupported'
  /** The views file cannot be made or written. */
  | 'views-unavailable'
  /** The file of the secret behind pseudonyms does not hold one. */
  | 'pseudonym-key-malformed'
  /** A cursor that this ledger did not give for this list. */
  | 'invalid-cursor';

export class ViewsError extends Error {
  override readonly name = 'ViewsError';

  constructor(
    readonly code: ViewsErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
