import { describe, expect, it } from '@jest/globals';
import { Problem, Unreachable } from '../api/client.js';
import { refusalOf } from './refusal.js';

describe('why something was not taken', () => {
  it.each([
    [429, 'rate-limited', 17, /send it again in 17 seconds \(rate-limited\)/],
    [429, 'rate-limited', 1, /in 1 second \(/],
    [503, 'queue-full', undefined, /until some of it has been decided.*again another day \(queue-full\)/],
    [503, 'overloaded', undefined, /send it again later \(overloaded\)/],
    [413, 'too-large', undefined, /shorten it \(too-large\)/],
    [401, 'unauthenticated', undefined, /sign in with another \(unauthenticated\)/],
    [422, 'occurred-out-of-order', undefined, /^The concern is closed\. \(occurred-out-of-order\)$/],
  ])('is said in words, with what to do: %s %s', (status, code, retryAfter, words) => {
    expect(refusalOf(new Problem(status, code, 'Title', 'The concern is closed.', retryAfter))).toMatch(words);
  });

  it('is said of a ledger that is away', () => {
    expect(refusalOf(new Unreachable('The ledger is not responding.'))).toMatch(
      /^The ledger is not responding\. .*again/,
    );
  });
});
