import { describe, expect, it } from '@jest/globals';
import { connect } from './connection.js';
import { streamNameRegex } from './server-streams.js';

describe('a connection string of EventStoreDB', () => {
  it.each([
    'esdb://127.0.0.1:2113?tls=false',
    'esdb+discover://cluster:2113',
    'kurrentdb://user:secret@127.0.0.1:2113',
  ])('is %s', (url) => {
    expect(() => connect(url)).not.toThrow();
  });

  it('is refused without its password being shown', () => {
    const refusal = expect(() => connect('http://user:secret@127.0.0.1:2113'));
    refusal.toThrow(expect.objectContaining({ code: 'store-unavailable' }));
    refusal.not.toThrow(/secret/);
  });

  it('is refused when it would have the client give wrong revisions', () => {
    for (const option of ['throwOnAppendFailure=false', 'tls=false&throw_on_append_failure=False']) {
      expect(() => connect(`esdb://127.0.0.1:2113?${option}`)).toThrow(/throwOnAppendFailure/);
    }
  });
});

describe('the filter on stream names', () => {
  const matches = (categories: string[] | undefined, stream: string) =>
    new RegExp(streamNameRegex(categories), 'u').test(stream);

  it('takes the streams of the categories and no others that begin alike', () => {
    expect(['site-1', 'site', 'site-'].map((stream) => matches(['site', 'batch'], stream))).toEqual([true, true, true]);
    expect(['sites-1', 'onsite-1', '$site-1', 'Site-1'].map((stream) => matches(['site', 'batch'], stream))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('takes a name for what it says', () => {
    expect(matches(['a.b(c)|🔋'], 'a.b(c)|🔋-1')).toBe(true);
    expect(matches(['a.b(c)|🔋'], 'aXb(c)|🔋-1')).toBe(false);
  });

  it("leaves out the server's own streams when no category is named", () => {
    expect(['site-1', '$stats-1', '$$site-1'].map((stream) => matches(undefined, stream))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
