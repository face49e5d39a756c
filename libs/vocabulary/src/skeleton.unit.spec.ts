import { describe, expect, it } from '@jest/globals';
import { CONFUSABLES } from './confusables.js';
import { skeletonOf } from './skeleton.js';

describe('the skeleton of an id', () => {
  it.each([
    ['paypal', 'p\u0430yp\u0430l'], // Cyrillic a
    ['scope', '\u0455\u0441\u043e\u0440\u0435'], // all Cyrillic
    ['lot-l0', 'lot-1O'],
    ['rnine', 'mine'],
    ['kob\u00e4', 'kob\u0430\u0308'],
    ['A', '\u0391'],
    ['paypal', '\u{1d4c5}\u{1d4b6}\u{1d4ce}\u{1d4c5}\u{1d4b6}\u{1d4c1}'],
  ])('is the same for %s and %s', (one, other) => {
    expect(one).not.toBe(other);
    expect(skeletonOf(one)).toBe(skeletonOf(other));
  });

  it.each([
    ['lot-2', 'lot-3'],
    ['mine', 'nine'],
    ['kurobe', 'Kurobe'],
    ['\u9ed2\u90e8', '\u767d\u90e8'],
  ])('is another for %s and %s', (one, other) => {
    expect(skeletonOf(one)).not.toBe(skeletonOf(other));
  });

  it('of ASCII signs is what each of them has beside a sign of another alphabet', () => {
    const signs = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    const other = '\u9ed2';
    for (const sign of signs) expect(skeletonOf(sign) + skeletonOf(other)).toBe(skeletonOf(sign + other));
    expect(skeletonOf(signs.join('')) + skeletonOf(other)).toBe(skeletonOf(signs.join('') + other));
  });

  it('has the whole table', () => {
    expect(CONFUSABLES.split(' ').length).toBeGreaterThan(5_000);
  });
});
