import { describe, expect, it } from '@jest/globals';
import { isReturn, renewalIn } from './credential.js';

describe('a token', () => {
  it.each([
    ['a minute before its end', 600_000, 540_000],
    ['when half of it is over, if it is short', 10_000, 5_000],
    ['at once, if it has ended', -5_000, 0],
  ])('is renewed %s', (_, left, wait) => {
    expect(renewalIn({ bearer: 't', until: 1_000_000 + left }, 1_000_000)).toBe(wait);
  });

  it('of which nobody says how long it lasts is not renewed, nor is a key', () => {
    expect(renewalIn({ bearer: 't' }, 1_000_000)).toBeUndefined();
  });
});

describe('the way back from a provider', () => {
  it.each(['?code=c&state=s', '?error=access_denied&state=s&iss=x'])('is %j', (search) => {
    expect(isReturn({ search })).toBe(true);
  });
  it.each(['', '?code=c', '?state=s', '?q=code'])('is not %j', (search) => {
    expect(isReturn({ search })).toBe(false);
  });
});
