import { canonicalBytes } from './canonical-json.js';
import { equalBytes } from './merkle-verification.js';
import { HASH_BYTES, sha256 } from './primitives.js';
import { VerificationError } from './verification-error.js';

/** 128 random bits a value: without them a withheld value from a small set (a country, a mass) is found by trying. */
export const SALT_BYTES = 16;

/**
 * Commitment to a withheld value: SHA-256(salt ‖ canonical bytes). It binds to the value and, while the salt is kept,
 * tells nothing of it; with the salt erased it is a random number.
 * @throws VerificationError `commitment-malformed` (salt not 16 bytes), or why the value has no canonical form.
 */
export function commit(value: unknown, salt: Uint8Array): Uint8Array {
  if (!(salt instanceof Uint8Array) || salt.length !== SALT_BYTES) {
    throw new VerificationError('commitment-malformed', `a salt has ${SALT_BYTES} bytes`);
  }
  const bytes = canonicalBytes(value);
  const preimage = new Uint8Array(SALT_BYTES + bytes.length);
  preimage.set(salt);
  preimage.set(bytes, SALT_BYTES);
  return sha256(preimage);
}

/**
 * Checks that a disclosed value is the one committed to.
 * @throws VerificationError `commitment-mismatch`, and as {@link commit}.
 */
export function verifyCommitment(commitment: Uint8Array, value: unknown, salt: Uint8Array): void {
  if (!(commitment instanceof Uint8Array) || commitment.length !== HASH_BYTES) {
    throw new VerificationError('commitment-malformed', `a commitment has ${HASH_BYTES} bytes`);
  }
  if (!equalBytes(commit(value, salt), commitment)) {
    throw new VerificationError('commitment-mismatch', 'not the value that was committed to');
  }
}
