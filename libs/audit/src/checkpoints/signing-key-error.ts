/** The key that was given to sign with is none, or none of this log. The message goes on after the name of what gave it. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}
