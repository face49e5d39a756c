import { describe, expect, it } from '@jest/globals';
import { type SiteEvent } from '../events.js';
import { consumed, held, labelled, opened, registered, SENT } from '../testing/custody-events.js';
import { at, EARLIER, NOW, recorded, type Dated } from '../testing/site-scenario.js';
import { evolveAccount, foldAccount, requiresRefold } from './evolve-account.js';
import { GONE_BATCHES_KEPT } from './gone-batches.js';
import { COMMANDS_KEPT, initialAccount, NO_REVISION, type SiteAccount } from './site-account.js';

const accountAfter = (...events: (SiteEvent | Dated)[]) => foldAccount(recorded(...events));
const spentIn = ({ gone }: SiteAccount) => [...gone].filter(([, { spent }]) => spent).map(([batchId]) => batchId);
const corrected = (eventId: string, replacement: Record<string, unknown>): SiteEvent => ({
  type: 'RecordCorrected',
  data: { eventId, reason: 'typing error', replacement },
});
const splitOf = (batchId: string, ...parts: [string, number][]): SiteEvent => ({
  type: 'BatchSplit',
  data: { batchId, parts: parts.map(([id, grossGrams]) => ({ batchId: id, grossGrams })) },
});

describe('the account of a site', () => {
  it('begins with nothing', () => {
    expect(accountAfter()).toEqual(initialAccount());
    expect(initialAccount().revision).toBe(NO_REVISION);
  });

  it('knows the site', () => {
    expect(accountAfter(at(NOW, opened('mining')))).toMatchObject({
      siteId: 'here',
      organisationId: 'acme',
      country: 'JP',
      activities: ['mining'],
      openedAt: NOW,
      revision: 0n,
    });
  });

  it('holds what was registered, with the content that its uses leave', () => {
    const account = accountAfter(opened(), registered('b', 100, { cobalt: 10 }), consumed('b', 33));
    expect(account.batches.get('b')).toEqual({
      material: 'polymetallic-concentrate',
      grossGrams: 67,
      contentGrams: { cobalt: 7 },
      arrivedAt: EARLIER,
      usedAt: EARLIER,
      labels: new Map(),
    });
  });

  it('splits part after part', () => {
    const { batches } = accountAfter(
      opened(),
      registered('b', 3, { cobalt: 2 }),
      labelled('b', 'l'),
      at(NOW, splitOf('b', ['p', 1], ['q', 1])),
    );
    expect([...batches].map(([id, batch]) => [id, batch.grossGrams, batch.contentGrams, batch.labels.size])).toEqual([
      ['b', 1, { cobalt: 1 }, 1],
      ['p', 1, { cobalt: 0 }, 0],
      ['q', 1, { cobalt: 1 }, 0],
    ]);
    expect(batches.get('p')).toMatchObject({ material: 'polymetallic-concentrate', arrivedAt: NOW });
  });

  it('turns inputs into outputs', () => {
    const account = accountAfter(opened(), registered('a', 10, { cobalt: 5 }), registered('b', 10), {
      type: 'BatchesTransformed',
      data: {
        transformationId: 't',
        process: 'blending',
        chainOfCustody: 'controlled-blending',
        inputs: [
          { batchId: 'a', grossGrams: 10 },
          { batchId: 'b', grossGrams: 4 },
        ],
        outputs: [{ batchId: 'x', material: 'polymetallic-concentrate', grossGrams: 14, contentGrams: { cobalt: 5 } }],
      },
    });
    expect([...account.batches.keys()]).toEqual(['b', 'x']);
    expect(account.batches.get('b')?.grossGrams).toBe(6);
    expect(spentIn(account)).toEqual(['a']);
  });

  it('lets dispatched batches go, and takes them back as they left', () => {
    const sent: SiteEvent = {
      type: 'BatchesDispatched',
      data: { shipmentId: 's', consigneeSiteId: 'there', batches: [SENT] },
    };
    const away = accountAfter(opened(), registered('b', 1000), sent);
    expect(away.batches.size).toBe(0);
    expect(spentIn(away)).toEqual([]);
    expect(away.gone.get('b')).toMatchObject({ shipmentId: 's', leftAt: EARLIER, contentGrams: { nickel: 223 } });
    const back = accountAfter(opened(), registered('b', 1000), sent, {
      type: 'ShipmentReturned',
      data: { shipmentId: 's', batches: [SENT] },
    });
    expect(back.batches.get('b')).toMatchObject({ grossGrams: 1000, contentGrams: { nickel: 223 } });
    expect([...(back.batches.get('b')?.labels.keys() ?? [])]).toEqual(['l1', 'l2']);
  });

  it('receives what arrived with the labels that are on it, and a loss as spent', () => {
    const account = accountAfter(opened(), {
      type: 'BatchesReceived',
      data: {
        shipmentId: 's',
        consignorSiteId: 'there',
        batches: [
          {
            ...SENT,
            labels: [
              { labelId: 'l1', condition: 'illegible' },
              { labelId: 'l2', condition: 'missing' },
            ],
          },
          { ...SENT, batchId: 'lost', grossGrams: 0, contentGrams: { nickel: 0 }, labels: [] },
        ],
      },
    });
    expect([...account.batches.keys()]).toEqual(['b']);
    expect([...(account.batches.get('b')?.labels.keys() ?? [])]).toEqual(['l1']);
    expect(spentIn(account)).toEqual(['lost']);
  });

  it('follows labels, assays and holds', () => {
    const stock = [opened(), registered('b', 100, { cobalt: 10 }), labelled('b', 'l'), held('b')];
    const assayed: SiteEvent = {
      type: 'BatchAssayed',
      data: { batchId: 'b', contentGrams: { cobalt: 12 }, method: 'icp-oes' },
    };
    expect(accountAfter(...stock, assayed).batches.get('b')).toMatchObject({
      contentGrams: { cobalt: 12 },
      heldBy: { authority: 'customs', since: EARLIER },
    });
    const removed: SiteEvent = { type: 'LabelRemoved', data: { batchId: 'b', labelId: 'l', reason: 'worn' } };
    const batch = accountAfter(...stock, { type: 'BatchReleased', data: { batchId: 'b' } }, removed).batches.get('b');
    expect(batch?.labels.size).toBe(0);
    expect(batch).not.toHaveProperty('heldBy');
  });

  it('is the same before and after facts that do not move anything', () => {
    const stock = [opened(), registered('b', 100)];
    const { batches, gone } = accountAfter(
      ...stock,
      { type: 'RecycledContentDeclared', data: { batchId: 'b', mineral: 'cobalt', share: '0.1' } },
      { type: 'ShipmentRefused', data: { shipmentId: 's', reason: 'wet' } },
    );
    expect({ batches, gone }).toEqual({ batches: accountAfter(...stock).batches, gone: new Map() });
  });

  it('remembers a bounded number of commands and of batches that are gone', () => {
    const each = Array.from({ length: Math.max(COMMANDS_KEPT, GONE_BATCHES_KEPT) }, (_, index) => `b${index}`);
    const account = accountAfter(
      opened(),
      ...each.flatMap((id) => [registered(id, 1), consumed(id, 1)]),
      registered('z', 1),
    );
    expect(account.batches.size).toBe(1);
    expect(account.gone.size).toBe(GONE_BATCHES_KEPT);
    expect(account.commands.size).toBe(COMMANDS_KEPT);
    expect([...account.commands.values()].at(-1)?.revision).toBe(account.revision);
    const more = accountAfter(opened(), ...[...each, 'last'].flatMap((id) => [registered(id, 1), consumed(id, 1)]));
    expect([more.gone.size, more.gone.has('b0'), more.gone.has('last')]).toEqual([GONE_BATCHES_KEPT, false, true]);
  });

  it('remembers the first event of a command, with the hash of its request', () => {
    const metadata = { commandId: 'c', requestSha256: 'ab' };
    const account = accountAfter({ event: opened(), metadata }, { event: registered('b', 1), metadata });
    expect([...account.commands]).toEqual([
      ['c', { revision: 0n, eventId: 'event-0', type: 'SiteOpened', requestSha256: 'ab' }],
    ]);
  });
});

describe('a corrected stream', () => {
  const stock = [opened(), registered('b', 100, { cobalt: 10 })];

  it('folds the replacement in the place of what it corrects', () => {
    const replacement = { ...registered('b', 200, { cobalt: 30 }).data };
    const account = accountAfter(...stock, consumed('b', 100), corrected('event-1', replacement));
    expect(account.batches.get('b')).toMatchObject({ grossGrams: 100, contentGrams: { cobalt: 15 } });
    expect(account.revision).toBe(3n);
  });

  it('never leaves less than nothing', () => {
    const replacement = { ...registered('b', 30, { cobalt: 3 }).data };
    const account = accountAfter(
      ...stock,
      splitOf('b', ['p', 20], ['q', 20], ['r', 20]),
      consumed('b', 40),
      corrected('event-1', replacement),
    );
    expect([...account.batches].map(([id, { grossGrams, contentGrams }]) => [id, grossGrams, contentGrams])).toEqual([
      ['p', 20, { cobalt: 2 }],
      ['q', 20, { cobalt: 1 }],
      ['r', 20, {}],
    ]);
    expect(spentIn(account)).toEqual(['b']);
  });

  it('must be refolded, and only it', () => {
    const [correction] = recorded(corrected('event-1', {}));
    const [registration] = recorded(registered('b', 1));
    expect(correction && requiresRefold(correction)).toBe(true);
    expect(registration && requiresRefold(registration)).toBe(false);
  });

  it('is folded in one pass with the corrections that the account has noted', () => {
    const events = recorded(...stock, consumed('b', 1), corrected('event-1', { ...registered('b', 50).data }));
    const { corrections } = events.reduce(evolveAccount, initialAccount());
    const refolded = events.reduce(
      (account, event) => evolveAccount(account, corrections.effective(event)),
      initialAccount(),
    );
    expect(refolded).toEqual(foldAccount(events));
    expect(refolded.batches.get('b')?.grossGrams).toBe(49);
  });
});
