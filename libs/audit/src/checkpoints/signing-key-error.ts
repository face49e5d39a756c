/** The signing key that was given is not a key, or not one of this log. The message follows the name of where it was given. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}
