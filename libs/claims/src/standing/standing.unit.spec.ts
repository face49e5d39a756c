import { describe, expect, it } from '@jest/globals';
import { type AttestedRight } from '#attestation';
import { ChainWriter, day } from '../evaluate/testing/chain-writer.js';
import { affectedBy } from './affected-by.js';
import { buildStanding, createStanding, foldStanding, standingKeyOf, standingOf } from './fold-standing.js';
import { SiteRights } from './periods.js';
import { type SiteStanding } from './standing.types.js';

const rightsOf = (site: SiteStanding | undefined, right: AttestedRight, at: string) =>
  new SiteRights(site, at, new Map()).of(right);

function ledger() {
  const writer = new ChainWriter();
  const issued = writer.attest('2025-01-01', 'a', 'mine', ['child-labour'], '2025-01-01', '2026-01-01');
  const suspended = writer.change('2025-05-01', 'a', 'Suspended', '2025-02-01');
  const reinstated = writer.change('2025-06-01', 'a', 'Reinstated', '2025-03-01');
  const revoked = writer.change('2025-09-01', 'a', 'Revoked', '2025-07-01');
  const raised = writer.raise('2025-01-01', 'c', 'mine', ['child-labour']);
  const opened = writer.investigate('2025-01-02', 'c');
  const found = writer.find('2025-01-03', 'c', true, ['child-labour'], '2024-01-01');
  const remedied = writer.remedy('2025-01-04', 'c');
  const closed = writer.close('2025-01-05', 'c');
  return { writer, issued, suspended, reinstated, revoked, raised, opened, found, remedied, closed };
}

describe('the standing of a right at a site', () => {
  it('is told by all that is known, for suspensions and revocations act from when they say', () => {
    const { writer } = ledger();
    const site = writer.standing().sites.get('mine');
    const at = (date: string) => rightsOf(site, 'child-labour', day(date));
    for (const date of ['2025-04-30', '2025-05-01', '2025-09-01']) {
      expect(at(date)).toMatchObject({
        covered: [{ until: day('2025-02-01') }, { from: day('2025-03-01'), until: day('2025-07-01') }],
        lost: [{ because: 'attestation-suspended' }, { from: day('2025-07-01'), because: 'attestation-revoked' }],
      });
    }
    // The attestation had not been issued yet.
    expect(at('2024-12-31')).toMatchObject({ covered: [], lost: [] });
  });

  it('has its investigations end with the finding, its lasting findings with the remediation', () => {
    const { writer, opened, found } = ledger();
    const site = writer.standing().sites.get('mine');
    expect(rightsOf(site, 'child-labour', day('2025-01-02')).concerns).toMatchObject([
      { because: 'investigation-open', from: day('2025-01-02'), until: '~', event: { eventId: opened.id } },
      { because: 'finding', from: day('2024-01-01') },
    ]);
    expect(rightsOf(site, 'child-labour', day('2025-01-03')).concerns).toMatchObject([
      { because: 'finding', from: day('2024-01-01'), until: '~', event: { eventId: found.id } },
    ]);
    expect(rightsOf(site, 'child-labour', day('2025-01-04')).concerns[0]).toMatchObject({
      until: day('2025-01-04'),
    });
    expect(rightsOf(site, 'discrimination', day('2025-01-04')).concerns).toEqual([]);
  });

  it('counts no annulled finding, and has open again what that ended, until another ends it', () => {
    const { writer, found } = ledger();
    const closedAt = day('2025-01-05');
    writer.annul('2025-06-01', found);
    const at = (moment: string) =>
      rightsOf(writer.standing().sites.get('mine'), 'child-labour', moment).concerns.map(({ because }) => because);
    // Until the closure, whenever the annulment was recorded.
    expect([at(day('2025-01-04')), at(closedAt)]).toEqual([['investigation-open'], []]);
    const other = new ChainWriter();
    other.raise('2025-01-01', 'c', 'mine', ['child-labour']);
    other.investigate('2025-01-02', 'c');
    const first = other.find('2025-01-03', 'c', true, ['child-labour'], '2024-01-01');
    const second = other.find('2025-01-10', 'c', false, ['child-labour'], '2024-01-01');
    expect(affectedBy(other.annul('2025-06-01', first), other.standing())).toEqual([
      { siteId: 'mine', from: day('2025-01-02') },
      { siteId: 'mine', from: day('2024-01-01') },
    ]);
    const [node] = other.standing().concerns.values();
    expect(node?.investigations).toMatchObject([{ ended: { eventId: second.id } }]);
  });

  it('is the same from stored nodes as from events, one by one', () => {
    const { writer } = ledger();
    const whole = buildStanding(writer.events);
    const stored = JSON.parse(JSON.stringify([...whole.attestations.values()])) as never[];
    const concerns = JSON.parse(JSON.stringify([...whole.concerns.values()])) as never[];
    const organisations = JSON.parse(JSON.stringify([...whole.organisations.values()])) as never[];
    expect(standingOf(stored, concerns, organisations)).toEqual(whole);
    const stepwise = createStanding();
    for (const event of writer.events) foldStanding(stepwise, event);
    expect(stepwise).toEqual(whole);
  });

  it('takes nothing from data that name another id than their stream', () => {
    const { writer, issued } = ledger();
    const forged = { ...issued, stream: 'attestation-b', data: { ...(issued.data as object), rights: [] } };
    expect(buildStanding([...writer.events, forged])).toEqual(writer.standing());
    expect(standingKeyOf({ stream: 'site-a', type: 'SiteOpened' })).toBeUndefined();
  });
});

describe('what an event can affect', () => {
  const { writer, ...events } = ledger();
  const standing = writer.standing();
  const siteId = 'mine';
  it.each([
    ['issued', [{ siteId, from: day('2025-01-01'), until: day('2026-01-01') }]],
    ['suspended', [{ siteId, from: day('2025-02-01'), until: day('2026-01-01') }]],
    ['reinstated', [{ siteId, from: day('2025-03-01'), until: day('2026-01-01') }]],
    ['revoked', [{ siteId, from: day('2025-07-01'), until: day('2026-01-01') }]],
    ['raised', []],
    ['opened', [{ siteId, from: day('2025-01-02') }]],
    [
      'found',
      [
        { siteId, from: day('2025-01-03') },
        { siteId, from: day('2024-01-01') },
      ],
    ],
    ['remedied', [{ siteId, from: day('2025-01-04') }]],
    ['closed', [{ siteId, from: day('2025-01-05') }]],
  ] as const)('%s: custody from its from on', (name, expected) => {
    expect(affectedBy(events[name], standing)).toEqual(expected);
  });

  it('is nothing for an event of custody, or of what was never issued', () => {
    expect(affectedBy(writer.open('elsewhere'), standing)).toEqual([]);
    expect(affectedBy(events.revoked, createStanding())).toEqual([]);
  });
});
