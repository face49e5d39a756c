import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { isPseudonym, Pseudonyms } from './pseudonyms.js';

const SECRET = new Uint8Array(32).fill(7);
const pseudonyms = new Pseudonyms(SECRET);

/** RFC 4648, section 6, bit by bit. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

describe('A pseudonym', () => {
  it.each([
    ['acme', 'batch-1', '4:acme5:batch7:batch-1'],
    ['ö', '日本', '1:ö5:batch2:日本'],
    ['acme', '', '4:acme5:batch0:'],
  ])('is half of the HMAC-SHA256 over reader, kind and id (%s, %s)', (reader, id, text) => {
    const hash = createHmac('sha256', SECRET).update(text).digest().subarray(0, 16);
    const pseudonym = pseudonyms.of(reader, 'batch', id);
    expect(pseudonym).toBe(`batch~${base32(hash)}`);
    expect(isPseudonym('batch', pseudonym)).toBe(true);
    expect(isPseudonym('site', pseudonym)).toBe(false);
  });

  it('does not change one that was given before', () => {
    const [first, second] = [pseudonyms.of('acme', 'batch', 'b1'), pseudonyms.of('acme', 'batch', 'b2')];
    expect(second).not.toBe(first);
    expect(pseudonyms.of('acme', 'batch', 'b1')).toBe(first);
  });

  it.each([0, 1, 77, 2 ** 32, Number.MAX_SAFE_INTEGER])(
    'of an event is resolved by its own reader only (%s)',
    (index) => {
      const pseudonym = pseudonyms.ofEvent('acme', index);
      expect(pseudonyms.logIndexOf('acme', pseudonym)).toBe(index);
      expect(pseudonyms.logIndexOf('other', pseudonym)).toBeUndefined();
    },
  );
});
