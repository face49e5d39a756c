import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commit, isWeakSalt, SALT_BYTES, verifyCommitment } from './index.js';
import { codeOf } from './testing/codes.js';
import { runs } from '../../../test/properties/runs.js';

const salt = new Uint8Array(SALT_BYTES).fill(7);

describe('a commitment', () => {
  it('is SHA-256 over the salt and the canonical value', () => {
    const preimage = Buffer.concat([salt, Buffer.from('{"country":"AU","grams":5}')]);
    const expected = createHash('sha256').update(preimage).digest();
    expect(Buffer.from(commit({ grams: 5, country: 'AU' }, salt))).toEqual(expected);
  });

  it('opens to its value with its salt, and to nothing else', () => {
    const salts = fc.uint8Array({ minLength: SALT_BYTES, maxLength: SALT_BYTES });
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), salts, salts, (value, other, own, another) => {
        const commitment = commit(value, own);
        verifyCommitment(commitment, value, own);
        const same = JSON.stringify(commit(other, own)) === JSON.stringify(commitment);
        expect(codeOf(() => verifyCommitment(commitment, other, own))).toBe(same ? undefined : 'commitment-mismatch');
        if (Buffer.compare(own, another) !== 0) {
          expect(codeOf(() => verifyCommitment(commitment, value, another))).toBe('commitment-mismatch');
        }
      }),
      runs(500),
    );
  });

  it('refuses salts and commitments of other lengths, and values that are not JSON', () => {
    expect(codeOf(() => commit(1, salt.subarray(1)))).toBe('commitment-malformed');
    expect(codeOf(() => verifyCommitment(salt, 1, salt))).toBe('commitment-malformed');
    expect(codeOf(() => commit(undefined, salt))).toBe('not-json');
  });
});

describe('a salt', () => {
  const of = (byteAt: (index: number) => number): Uint8Array =>
    Uint8Array.from({ length: 16 }, (_, index) => byteAt(index));

  it.each([
    ['too short', new Uint8Array(randomBytes(15))],
    ['too long', new Uint8Array(randomBytes(17))],
    ['all the same', of(() => 7)],
    ['counted', of((index) => index)],
    ['counted past the last byte', of((index) => 250 + index)],
    ['counted down', of((index) => 200 - 3 * index)],
    ['a half twice', of((index) => [3, 141, 59, 26, 53, 58, 97, 93][index % 8]!)],
    ['hexadecimal digits as text', new TextEncoder().encode('3f9a01c2d4b5e687')],
  ])('is weak when it is %s', (_, salt) => {
    expect(isWeakSalt(salt)).toBe(true);
  });

  it('is not weak when it is random', () => {
    for (let count = 0; count < 20_000; count++) expect(isWeakSalt(randomBytes(16))).toBe(false);
  });
});
