import { describe, expect, it } from '@jest/globals';
import { COUNTRY_PATTERN, isId, MAX_ID_CHARACTERS, SHA256_PATTERN, SHARE_PATTERN, TIME_PATTERN } from './limits.js';

describe('an id', () => {
  it.each([
    'a',
    'urn:epc:id:sgtin:0614141.107346.2018',
    'https://id.example/01/09506000134352',
    '電池-7',
    'Größe-1',
    'a.b',
    '...',
    '(01)09506000134352(10)ABC',
    '🔋',
    '__proto__',
  ])('takes %j', (id) => {
    expect(isId(id)).toBe(true);
  });

  it.each([
    '',
    'a b',
    'a\tb',
    'a\u0000',
    'a\u0085',
    'a\u00a0b',
    'a\u2028',
    '\ufeffa',
    'a\u200bb',
    'a\u202eb',
    '\ud800',
    'a\u007f',
    '.',
    '..',
    'o\u0308l', // not in Normalization Form C
    '\u212b', // the sign of the angstrom, which is Å in it
    '\u0301a',
    'a\u2800b',
    'a\u200db',
    'a\ufe0f',
    'a\u{e0041}',
    'a\u3164b',
    '\ue000',
    '\uffff',
  ])('refuses %j', (id) => {
    expect(isId(id)).toBe(false);
  });

  it('has none of the characters that are drawn as nothing', () => {
    let tried = 0;
    for (let point = 0; point <= 0x10ffff; point++) {
      const character = String.fromCodePoint(point);
      if (!/\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}|\p{Z}|\p{C}/u.test(character)) continue;
      if (isId(`a${character}b`)) throw new Error(`U+${point.toString(16)} is taken`);
      tried++;
    }
    expect(tried).toBeGreaterThan(4_000);
  });

  it('counts characters, not code units', () => {
    expect(isId('🔋'.repeat(MAX_ID_CHARACTERS))).toBe(true);
    expect(isId('a'.repeat(MAX_ID_CHARACTERS + 1))).toBe(false);
  });
});

describe('SHARE_PATTERN', () => {
  it.each(['0', '1', '0.5', '0.000001', '1.000000'])('takes %s', (share) => {
    expect(SHARE_PATTERN.test(share)).toBe(true);
  });
  it.each(['', '.5', '1.1', '0.0000001', '-0', '2', '1.', '1e0', '00.1'])('refuses %j', (share) => {
    expect(SHARE_PATTERN.test(share)).toBe(false);
  });
});

describe('other patterns', () => {
  it('are anchored', () => {
    expect(['JP', 'jp', 'JPN'].map((country) => COUNTRY_PATTERN.test(country))).toEqual([true, false, false]);
    expect([64, 63, 65].map((digits) => SHA256_PATTERN.test('a'.repeat(digits)))).toEqual([true, false, false]);
    expect(TIME_PATTERN.test('2025-06-01T12:00:00.000Z')).toBe(true);
    expect(TIME_PATTERN.test('2025-06-01T12:00:00Z')).toBe(false);
    expect(TIME_PATTERN.test('2025-06-01T24:00:00.000Z')).toBe(false);
    expect(TIME_PATTERN.test('2025-06-01T12:00:00.000+00:00')).toBe(false);
  });
});
