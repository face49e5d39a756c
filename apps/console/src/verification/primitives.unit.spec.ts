import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { runs } from '../../../../test/properties/runs.js';
import { ed25519Signer, ed25519Verifier, sha256, type Ed25519Verifier } from './primitives.js';

/** A key pair of Node's, its halves as raw bytes (RFC 8410: the last 32 of each form). */
function keyPair(): {
  seed: Uint8Array;
  publicKey: Uint8Array;
  holds: Ed25519Verifier;
  signed: (m: Uint8Array) => Buffer;
} {
  const pair = generateKeyPairSync('ed25519');
  return {
    seed: new Uint8Array(pair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)),
    publicKey: new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)),
    holds: (message, signature) => verify(null, message, pair.publicKey, signature),
    signed: (message) => sign(null, message, pair.privateKey),
  };
}

describe('the primitives of a browser', () => {
  const { seed, publicKey, holds, signed } = keyPair();

  it('hash and sign as Node does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        expect(Buffer.from(sha256(message))).toEqual(createHash('sha256').update(message).digest());
        const signer = ed25519Signer(seed);
        expect(Buffer.from(signer.publicKey)).toEqual(Buffer.from(publicKey));
        expect(Buffer.from(signer.sign(message))).toEqual(signed(message));
      }),
      runs(50),
    );
  });

  it('hold a signature for good exactly when Node does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(63), fc.nat(255), (message, at, flip) => {
        const signature = new Uint8Array(signed(message));
        signature[at]! ^= flip;
        const verdict = ed25519Verifier(publicKey)(message, signature);
        expect(verdict).toBe(holds(message, signature));
        expect(verdict).toBe(flip === 0);
      }),
      runs(100),
    );
  });

  it('refuse what is no signature', () => {
    for (const length of [0, 63, 65]) {
      expect(ed25519Verifier(publicKey)(new Uint8Array(3), new Uint8Array(length))).toBe(false);
    }
  });
});
