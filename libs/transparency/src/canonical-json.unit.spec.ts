import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalBytes, canonicalText, MAX_DEPTH } from './index.js';
import { runs } from '../../../test/properties/runs.js';
import { readVectors } from './testing/vectors.js';

// Under nodenext the CommonJS module's default is its namespace.
const reference = canonicalize as unknown as (value: unknown) => string | undefined;

const inputs = readVectors('jcs/input');
const outputs = new Map(readVectors('jcs/output').map(({ name, bytes }) => [name, bytes]));

describe('RFC 8785 vectors', () => {
  it.each(inputs)('$name', ({ name, bytes }) => {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    expect(Buffer.from(canonicalBytes(value)).toString('utf8')).toBe(Buffer.from(outputs.get(name)!).toString('utf8'));
  });
});

describe('canonicalText', () => {
  it('is what the reference implementation writes, for any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), (value) => {
        expect(canonicalText(value)).toBe(reference(value));
      }),
      runs(500),
    );
  });

  it('is what the reference implementation writes, for any double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(canonicalText(number)).toBe(reference(number));
      }),
      runs(2_000),
    );
  });

  it('does not depend on the order of members, and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        const text = canonicalText(object);
        expect(canonicalText(reversed)).toBe(text);
        expect(canonicalText(JSON.parse(text))).toBe(text);
      }),
      runs(300),
    );
  });

  it('sorts by UTF-16 code units, not by code points', () => {
    expect(canonicalText({ '\ufb33': 1, '\u{1f600}': 2, 10: 3, 9: 4 })).toBe('{"10":3,"9":4,"\u{1f600}":2,"\ufb33":1}');
  });

  it.each<[string, unknown, string]>([
    ['undefined member', { a: undefined }, 'not-json'],
    ['undefined item', [undefined], 'not-json'],
    ['hole', new Array(1), 'not-json'],
    ['bigint', 1n, 'not-json'],
    ['date', { at: new Date(0) }, 'not-json'],
    ['bytes', new Uint8Array(1), 'not-json'],
    ['function', () => 1, 'not-json'],
    ['NaN', [NaN], 'non-finite-number'],
    ['infinity', -Infinity, 'non-finite-number'],
    ['lone high surrogate', '\ud83d', 'lone-surrogate'],
    ['lone low surrogate in a name', { 'a\ude00': 1 }, 'lone-surrogate'],
    ['nesting', JSON.parse('['.repeat(MAX_DEPTH + 1) + ']'.repeat(MAX_DEPTH + 1)), 'too-deep'],
  ])('refuses %s', (_name, value, code) => {
    expect(() => canonicalText(value)).toThrow(expect.objectContaining({ name: 'VerificationError', code }));
  });
});
