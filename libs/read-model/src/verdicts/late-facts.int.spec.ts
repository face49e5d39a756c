import { describe, expect, it } from '@jest/globals';
import { type GraphEvent } from '#claims';
import { MemoryEventStore } from '#event-store';
import { LedgerWriter } from '../../../claims/src/graph/testing/ledger-writer.js';
import { EventLog, graphEventsOf } from '../testing/event-log.js';
import { expected, judged, NOW, stored } from '../testing/judged-verdicts.js';
import { withViews } from '../testing/views-folder.js';

const RIGHTS = ['child-labour', 'forced-labour', 'site-facts', 'recovered-origin'];
const LATER = '2030-01-01T00:00:00.000Z';

/** An attestation of a site from before the ledger began, and its revocation from then on. */
function attestation(like: GraphEvent, siteId: string): { issued: GraphEvent; revoked: GraphEvent } {
  const stream = `attestation-${siteId}`;
  const data = {
    attestationId: siteId,
    scheme: 'rmap',
    siteId,
    rights: RIGHTS,
    validFrom: '2020-01-01',
    validUntil: '2040-01-01',
    issuerOrganisationId: 'auditor',
    documentSha256: '0'.repeat(64),
    assurance: 'third-party',
  };
  const change = { from: '2020-01-02T00:00:00.000Z', reason: 'forged' };
  return {
    issued: { ...like, id: `${siteId}-issued`, stream, type: 'AttestationIssued', data },
    revoked: { ...like, id: `${siteId}-revoked`, stream, type: 'AttestationRevoked', data: change },
  };
}

/** Judges what comes first, then what comes later; both times all must be as the evaluator says. */
async function expectFollowed(
  first: readonly GraphEvent[],
  later: readonly GraphEvent[],
  of: { batchId: string; programme: string; claim: string },
): Promise<[before: unknown, after: unknown]> {
  const store = new MemoryEventStore();
  const log = new EventLog(store);
  const found: unknown[] = [];
  await withViews(async (views) => {
    for (const events of [first, later]) {
      await judged(store, views, async () => {
        for (const event of events) await log.tellGenerated(event);
      });
      const rows = await stored(views);
      expect(withoutTime(rows)).toEqual(withoutTime(expected(await graphEventsOf(store.readAll()), NOW)));
      const row = rows.get(`${of.batchId} ${of.programme}`) as { claims: [string, string][] };
      found.push(row.claims.find(([subject]) => subject === of.claim)?.[1]);
    }
  });
  return [found[0], found[1]];
}

/** When what lies ahead will have occurred bounds until when a verdict stands. */
function withoutTime(rows: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map([...rows].map(([key, row]) => [key, { ...(row as object), stands_until: undefined }]));
}

describe('A fact about what went into a batch long ago', () => {
  it('is passed on through a batch of which no summary tells', async () => {
    const ledger = new LedgerWriter();
    ledger.open('pit', 'miner', 'AU');
    ledger.open('works', 'maker', 'JP');
    ledger.register('pit', 'ore', 100, { cobalt: 10 });
    ledger.ship('pit', 'works', [['ore', 100]]);
    ledger.transform('works', 'refining', [['ore', 100]], [['salt', 100, { cobalt: 10 }]]);
    const label = { batchId: 'ore', labelId: 'l', standard: 'gs1-128', carrier: 'print', value: 'l' } as const;
    // Its site had it last: what is recorded of it there lies ahead for two years.
    const ahead = ledger.write('works', 'BatchLabelled', label);
    const [like] = ledger.events;
    const { issued, revoked } = attestation(like!, 'pit');
    const first = [...ledger.events.slice(0, -1), { ...ahead, metadata: { ...ahead.metadata, occurredAt: LATER } }];
    const labour = await expectFollowed([...first, issued], [revoked], {
      batchId: 'salt',
      programme: 'oecd-due-diligence@1',
      claim: 'labour:child-labour',
    });
    expect(labour[1]).toBe('broken');
    expect(labour[0]).not.toBe('broken');
  });

  it('is not passed on where it is of what is left, and not of what was handed on', async () => {
    const ledger = new LedgerWriter();
    for (const siteId of ['known', 'unknown']) ledger.open(siteId, siteId, 'AU');
    ledger.open('works', 'maker', 'JP');
    ledger.register('known', 'vouched', 1_000, { cobalt: 200 });
    ledger.register('unknown', 'other', 1_000, { cobalt: 100 });
    ledger.ship('known', 'works', [['vouched', 1_000]]);
    ledger.ship('unknown', 'works', [['other', 1_000]]);
    ledger.transform('works', 'refining', [['vouched', 1_000]], [['stock', 1_000, { cobalt: 200 }]]);
    const inputs: [string, number][] = [
      ['stock', 500],
      ['other', 1_000],
    ];
    ledger.transform('works', 'refining', inputs, [['mix', 1_500, { cobalt: 200 }]]);
    const [like] = ledger.events;
    const { issued } = attestation(like!, 'known');
    const first = [...ledger.events, issued];
    // Of the stock that is left more is found than it was made of: what it gave was as it was then.
    const assay = ledger.write('works', 'BatchAssayed', {
      batchId: 'stock',
      contentGrams: { cobalt: 400 },
      method: 'XRF',
    });
    const change = await expectFollowed(first, [assay], { batchId: 'mix', programme: 'vouching@1', claim: 'origin' });
    expect(change).toEqual(['holds', 'holds']);
  });
});
