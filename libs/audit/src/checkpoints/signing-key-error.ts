/**
 * The signing key that was given is not a key, or not one of this log. The message is shown after the name of its
 * source.
 */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}
