import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ed25519Signer, ed25519Verifier, sha256 } from './primitives.js';
import { runs } from '../../../test/properties/runs.js';

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

describe('primitives', () => {
  it('hash as SHA-256 does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha256(bytes)).toEqual(new Uint8Array(createHash('sha256').update(bytes).digest()));
      }),
      runs(300),
    );
  });

  it('sign and verify as RFC 8032 § 7.1, test 2', () => {
    const { publicKey, sign } = ed25519Signer(
      fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'),
    );
    expect(publicKey).toEqual(fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'));
    const signature = fromHex(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    expect(sign(Uint8Array.of(0x72))).toEqual(signature);
    const verify = ed25519Verifier(publicKey);
    expect(verify(Uint8Array.of(0x72), signature)).toBe(true);
    expect(verify(Uint8Array.of(0x73), signature)).toBe(false);
    expect(verify(Uint8Array.of(0x72), signature.subarray(1))).toBe(false);
  });

  it('are all that this library needs of a runtime: a browser replaces one file', () => {
    const folder = dirname(fileURLToPath(import.meta.url));
    const bound = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .filter((name) => /from 'node:|\bBuffer\b|\bprocess\b/.test(readFileSync(join(folder, name), 'utf8')));
    expect(bound).toEqual(['primitives.ts']);
  });
});
