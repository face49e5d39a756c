/**
 * The points of small order of edwards25519, in every encoding that RFC 8032 decoders take, without the sign bit: for such a
 * key one signature fits one message in eight, so whoever registers it can claim that anybody signed.
 */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** @param publicKey 32 bytes in base64url, as `PUBLIC_KEY_PATTERN` has it */
export function isWeakPublicKey(publicKey: string): boolean {
  let bits = '';
  for (const digit of publicKey) bits += ALPHABET.indexOf(digit).toString(2).padStart(6, '0');
  const bytes = Array.from({ length: 32 }, (_, index) => Number.parseInt(bits.slice(index * 8, index * 8 + 8), 2));
  bytes[31] = bytes[31]! & 0x7f;
  return SMALL_ORDER.has(bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
}
