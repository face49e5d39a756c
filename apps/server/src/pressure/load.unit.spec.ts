import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Load, MOST_BODY_BYTES, MOST_REQUESTS } from './load.js';

describe('what is under way', () => {
  let load: Load;
  beforeEach(() => {
    load = new Load();
  });
  afterEach(() => load.close());

  it('is so many requests at the most', () => {
    for (let request = 0; request < MOST_REQUESTS; request++) expect(load.enter(0)).toBeUndefined();
    expect(load.enter(0)).toMatch(/requests are under way/);
    load.leave(0);
    expect(load.enter(0)).toBeUndefined();
  });

  it('is so many bytes at the most; what was turned away is not counted', () => {
    expect(load.enter(MOST_BODY_BYTES - 10)).toBeUndefined();
    expect(load.enter(11)).toMatch(/bytes of requests/);
    expect(load.enter(10)).toBeUndefined();
    expect(load.enter(1)).toMatch(/bytes of requests/);
    load.leave(10);
    expect(load.enter(5)).toBeUndefined();
  });
});
