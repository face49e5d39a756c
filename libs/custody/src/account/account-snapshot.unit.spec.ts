import { describe, expect, it } from '@jest/globals';
import { consumed, held, labelled, opened, registered } from '../testing/custody-events.js';
import { recorded } from '../testing/site-scenario.js';
import { accountFromSnapshot, snapshotOf, type AccountSnapshot } from './account-snapshot.js';
import { evolveAccount, foldAccount } from './evolve-account.js';
import { initialAccount } from './site-account.js';

const events = recorded(
  opened('refining'),
  registered('b', 100, { cobalt: 10 }),
  registered('__proto__', 5),
  labelled('b', 'l'),
  held('b'),
  registered('gone', 1),
  { event: consumed('gone', 1), metadata: { commandId: 'c', requestSha256: 'ab' } },
  {
    type: 'RecordCorrected',
    data: { eventId: 'event-1', reason: 'r', replacement: { ...registered('b', 90, { cobalt: 9 }).data } },
  },
);

describe('a snapshot of an account', () => {
  it('is JSON that gives the account back', () => {
    const account = foldAccount(events);
    const json = JSON.parse(JSON.stringify(snapshotOf(account))) as AccountSnapshot;
    expect(accountFromSnapshot(json)).toEqual(account);
    expect(accountFromSnapshot(snapshotOf(initialAccount()))).toEqual(initialAccount());
  });

  it('stays as it is while the account goes on', () => {
    const account = foldAccount(events);
    const snapshot = snapshotOf(account);
    const before = structuredClone(snapshot);
    const [later] = recorded(consumed('b', 10));
    if (later) evolveAccount(account, { ...later, revision: account.revision + 1n });
    evolveAccount(accountFromSnapshot(snapshot), { ...events[3]!, revision: account.revision + 1n });
    expect(snapshot).toEqual(before);
  });
});
