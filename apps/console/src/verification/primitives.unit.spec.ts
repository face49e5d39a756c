import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as node from '../../../../libs/transparency/src/primitives.js';
import { runs } from '../../../../test/properties/runs.js';
import * as browser from './primitives.js';

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });

describe('the primitives of a browser', () => {
  it('are those of the library, by the same names', () => {
    expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
  });

  it('hash and sign as Node does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes(32), (message, seed) => {
        expect(Buffer.from(browser.sha256(message))).toEqual(Buffer.from(node.sha256(message)));
        const signer = browser.ed25519Signer(seed);
        expect(Buffer.from(signer.publicKey)).toEqual(Buffer.from(node.ed25519Signer(seed).publicKey));
        expect(Buffer.from(signer.sign(message))).toEqual(Buffer.from(node.ed25519Signer(seed).sign(message)));
      }),
      runs(50),
    );
  });

  it('hold a signature for good exactly when Node does', () => {
    fc.assert(
      fc.property(bytes(40), bytes(32), fc.nat(63), fc.nat(255), (message, seed, at, flip) => {
        const { publicKey, sign } = node.ed25519Signer(seed);
        const signature = sign(message);
        signature[at]! ^= flip;
        const holds = browser.ed25519Verifier(publicKey)(message, signature);
        expect(holds).toBe(node.ed25519Verifier(publicKey)(message, signature));
        expect(holds).toBe(flip === 0);
      }),
      runs(100),
    );
  });

  it('refuse what is no signature', () => {
    const { publicKey } = node.ed25519Signer(new Uint8Array(32));
    for (const length of [0, 63, 65]) {
      expect(browser.ed25519Verifier(publicKey)(new Uint8Array(3), new Uint8Array(length))).toBe(false);
    }
  });
});
