import { describe, expect, it } from '@jest/globals';
import { countryOf, idOf, instantOf, massOf, shareOf, tellableOf } from './format.js';

describe('what a reader sees of a number', () => {
  it.each([
    [0, '0 g'],
    [999, '999 g'],
    [7_720_835, '7,720.835 kg'],
    [130_000_000, '130 t'],
  ])('%d g', (grams, text) => {
    expect(massOf(grams, 'en')).toBe(text);
  });

  it('of a share is never all or nothing when it is not', () => {
    expect(shareOf(1, 3, 'en')).toBe('33.3%');
    expect(shareOf(99_999, 100_000, 'en')).toBe('99.999%');
    expect(shareOf(1, 100_000, 'en')).toBe('0.001%');
    expect(shareOf(1, 1, 'en')).toBe('100%');
    expect(shareOf(0, 0, 'en')).toBe('–');
  });

  it('is in the words of the reader', () => {
    expect(massOf(7_720_835, 'de')).toBe('7.720,835 kg');
    expect(instantOf('2026-03-16T23:30:00.000Z', 'en')).toBe('Mar 16, 2026, 11:30 PM UTC');
    expect(countryOf('MZ')).toBe('Mozambique');
    expect(countryOf('ZZ')).toBe('country unknown');
    expect(idOf('batch~b5kyb5s3hl4ztf7xbzbeszo32m')).toBe('batch b5kyb5…');
    expect(idOf('anode-b')).toBe('anode-b');
  });
});

describe('a text that may be hidden', () => {
  it.each([
    ['Maker SA', 'Maker SA'],
    ['~', undefined],
    ['', undefined],
    [{ sha256: 'a' }, undefined],
    [undefined, undefined],
  ])('is told when it is one: %j', (text, expected) => {
    expect(tellableOf(text)).toBe(expected);
  });
});
