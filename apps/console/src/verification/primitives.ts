import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 as digestOf } from '@noble/hashes/sha2.js';

/**
 * The browser's version of `libs/transparency/src/primitives.ts`. That module is synchronous, which rules out WebCrypto.
 * Ed25519 signatures are checked by RFC 8032 §5.1.7, not by the laxer rule of ZIP 215: what Node rejects is rejected here.
 */
export const HASH_BYTES = 32;
export const ED25519_KEY_BYTES = 32;
export const ED25519_SIGNATURE_BYTES = 64;

export function sha256(bytes: Uint8Array): Uint8Array {
  return digestOf(bytes);
}

export type Ed25519Verifier = (message: Uint8Array, signature: Uint8Array) => boolean;

export function ed25519Verifier(publicKey: Uint8Array): Ed25519Verifier {
  return (message, signature) => {
    if (signature.length !== ED25519_SIGNATURE_BYTES) return false;
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false; // a key or signature that is not a point of the curve
    }
  };
}

export function ed25519VerifierElsewhere(
  publicKey: Uint8Array,
): (message: Uint8Array, signature: Uint8Array) => Promise<boolean> {
  const verify = ed25519Verifier(publicKey);
  return (message, signature) => Promise.resolve(verify(message, signature));
}

export interface Ed25519Signer {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export function ed25519Signer(seed: Uint8Array): Ed25519Signer {
  return { publicKey: ed25519.getPublicKey(seed), sign: (message) => ed25519.sign(message, seed) };
}
