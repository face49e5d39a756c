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

/** Of 16 random bytes, 9 or more differ but once in 10^14. */
const FEWEST_DISTINCT_BYTES = 9;

/**
 * Whether a salt is plainly not of 128 random bits: few bytes that differ (all equal, a half that is repeated), a
 * sequence of one step, digits as text. No randomness can be proved; what a client makes by mistake is found.
 */
export function isWeakSalt(salt: Uint8Array): boolean {
  if (salt.length !== SALT_BYTES || new Set(salt).size < FEWEST_DISTINCT_BYTES) return true;
  const steps = new Set(salt.subarray(1).map((byte, index) => byte - salt[index]!)); // modulo 256, as bytes are;
  const digits = /^[0-9a-fA-F-]+$/.test(String.fromCharCode(...salt));
  return steps.size === 1 || digits;
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
