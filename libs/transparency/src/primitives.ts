import * as crypto from 'node:crypto';

/**
 * The only file that touches a runtime. A browser build puts another module with these exports in its place; everything
 * above is synchronous, so it must be too (WebCrypto is not).
 */

/** Length of a SHA-256 digest in bytes. */
export const HASH_BYTES = 32;

// `crypto.hash` came with Node 20.12. Asked for a Buffer it spends longer on allocating one than on hashing; a one-byte
// string copied out by hand is twice as fast for records of a few hundred bytes.
const oneShot = (crypto as { hash?: typeof crypto.hash }).hash;

/** SHA-256. */
export const sha256: (bytes: Uint8Array) => Uint8Array =
  oneShot === undefined
    ? (bytes) => new Uint8Array(crypto.createHash('sha256').update(bytes).digest())
    : (bytes) => {
        const binary = oneShot('sha256', bytes, 'binary');
        const digest = new Uint8Array(HASH_BYTES);
        for (let i = 0; i < HASH_BYTES; i++) digest[i] = binary.charCodeAt(i);
        return digest;
      };
