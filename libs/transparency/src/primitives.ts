import * as crypto from 'node:crypto';

/**
 * The only file that touches a runtime. A browser build puts a module with the same exports in its place; everything
 * above it is synchronous, so that module must be too (WebCrypto is not).
 */

/** Length of a SHA-256 digest in bytes. */
export const HASH_BYTES = 32;
/** Lengths in bytes, RFC 8032 §5.1. */
export const ED25519_KEY_BYTES = 32;
export const ED25519_SIGNATURE_BYTES = 64;

/** SHA-256. */
export function sha256(bytes: Uint8Array): Uint8Array {
  // Asked for a Buffer, `crypto.hash` spends longer on allocating it than on hashing; a string of one character a byte,
  // copied out by hand, is twice as fast for records of a few hundred bytes. Node has it since 20.12.
  const binary = crypto.hash('sha256', bytes, 'binary');
  const digest = new Uint8Array(HASH_BYTES);
  for (let i = 0; i < HASH_BYTES; i++) digest[i] = binary.charCodeAt(i);
  return digest;
}

// DER around a raw key, RFC 8410 §§ 4, 7: node:crypto takes no raw Ed25519 keys.
const SPKI_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);
const PKCS8_PREFIX = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
);

/** Verifies Ed25519 signatures of one key. Keep it: parsing the key costs as much as a verification. */
export type Ed25519Verifier = (message: Uint8Array, signature: Uint8Array) => boolean;

/** @param publicKey {@link ED25519_KEY_BYTES} bytes, checked by the caller. */
export function ed25519Verifier(publicKey: Uint8Array): Ed25519Verifier {
  const key = crypto.createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return (message, signature) =>
    signature.length === ED25519_SIGNATURE_BYTES && crypto.verify(null, message, key, signature);
}

/**
 * As {@link ed25519Verifier}, by the same rule, on another thread where the runtime has some: for many at once. One that has
 * none answers at once.
 */
export function ed25519VerifierElsewhere(
  publicKey: Uint8Array,
): (message: Uint8Array, signature: Uint8Array) => Promise<boolean> {
  const key = crypto.createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return (message, signature) =>
    new Promise((resolve, reject) => {
      if (signature.length !== ED25519_SIGNATURE_BYTES) return resolve(false);
      crypto.verify(null, message, key, signature, (error, holds) => (error ? reject(error) : resolve(holds)));
    });
}

export interface Ed25519Signer {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** @param seed the private key of RFC 8032 §5.1.5, {@link ED25519_KEY_BYTES} bytes, checked by the caller. */
export function ed25519Signer(seed: Uint8Array): Ed25519Signer {
  const key = crypto.createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const spki = crypto.createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: new Uint8Array(spki.subarray(SPKI_PREFIX.length)),
    sign: (message) => new Uint8Array(crypto.sign(null, message, key)),
  };
}
