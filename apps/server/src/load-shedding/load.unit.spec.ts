import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Load,
  MOST_BODY_BYTES,
  MOST_REQUESTS,
  SHARE_OF_ORGANISATION,
  SHARE_OF_PRINCIPAL,
  type Holder,
} from './load.js';

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

  it('is no more than its share of any one holder’s, and of both together when it is for two', () => {
    const principal: Holder = { id: 'principal a', called: 'principal', share: SHARE_OF_PRINCIPAL };
    const sibling: Holder = { ...principal, id: 'principal b' };
    const third: Holder = { ...principal, id: 'principal c' };
    const organisation: Holder = { id: 'organisation x', called: 'organisation', share: SHARE_OF_ORGANISATION };
    const quarter = MOST_BODY_BYTES / 4;
    expect(load.share([principal, organisation], quarter)).toBeUndefined();
    expect(load.share([principal, organisation], 1)).toBe(
      `One principal has ${quarter} bytes of requests in progress at most.`,
    );
    expect(load.share([sibling, organisation], quarter)).toBeUndefined();
    expect(load.share([third, organisation], 1)).toMatch(/^One organisation has/);
    expect(load.share([third], 1)).toBeUndefined(); // what was refused is not counted
    load.giveBack([principal, organisation], quarter);
    expect(load.share([third, organisation], quarter - 1)).toBeUndefined();
    for (let request = 0; request < MOST_REQUESTS / 4; request++) {
      expect(load.share([{ ...principal, id: 'address 1' }], 0)).toBeUndefined();
    }
    expect(load.share([{ ...principal, id: 'address 1' }], 0)).toMatch(/1250 requests in progress/);
  });
});
