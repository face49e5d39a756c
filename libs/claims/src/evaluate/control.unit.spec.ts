import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { affectedBy } from '../standing/index.js';
import { ChainWriter } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';
import { BEGINNING, randomChain, SITES } from './testing/random-chain.js';
import { runs } from '../../../../test/properties/runs.js';

const COUNTRIES = ['CN', 'IR', 'KP', 'RU'];
const programme = programmeWith({
  claim: 'control',
  countries: COUNTRIES,
  share: '0.25',
  scope: { minerals: ['cobalt'] },
});
const at = '2026-06-01';

/** Ore of a mine, refined, at two organisations that declared their state and are vouched for. */
function chain() {
  const writer = new ChainWriter();
  for (const organisationId of ['org-mine', 'org-works']) writer.organisation(organisationId, 'JP');
  const opened = writer.open('mine', 'AU');
  writer.open('works');
  for (const organisationId of ['org-mine', 'org-works'])
    writer.declareControl('2020-01-02', organisationId, { kind: 'jurisdiction', country: 'JP', share: '1' });
  writer.attest('2020-02-01', 'a-mine', 'mine', ['control'], '2020-02-01', '2030-01-01');
  writer.attest('2020-02-01', 'a-works', 'works', ['control'], '2020-02-01', '2030-01-01');
  writer.register('2026-01-01', 'mine', 'ore', 100, { cobalt: 10 });
  writer.dispatch('2026-01-02', 'mine', 'works', 'ore');
  writer.receive('2026-01-03', 'works', 'mine', 'ore', 100);
  writer.transform('2026-02-01', 'works', { ore: 100 }, { metal: [20, { cobalt: 10 }] });
  return { writer, opened };
}
const reasons = (writer: ChainWriter, validAt = at) =>
  writer
    .ask(programme, 'metal', validAt)
    .reasons.map(({ verdict, because, siteId, eventIds }) => [verdict, because, siteId, eventIds]);

describe('control', () => {
  it('holds where all who extracted and processed it are vouched for', () => {
    expect(chain().writer.ask(programme, 'metal', at)).toMatchObject({ verdict: 'holds', reasons: [] });
  });

  it.each([
    ['a share at the threshold', [{ kind: 'ownership', share: '0.25' }]],
    [
      'shares that reach it together',
      [
        { kind: 'board', share: '0.1' },
        { kind: 'board', share: '0.15', country: 'RU' },
      ],
    ],
    ['a licence', [{ kind: 'licence', share: '1' }]],
    ['jurisdiction', [{ kind: 'jurisdiction', share: '1' }]],
  ] as const)('is broken by %s, whoever vouches', (_, ties) => {
    const { writer } = chain();
    const declared = ties.map((tie) => writer.declareControl('2025-01-01', 'org-mine', { country: 'CN', ...tie }));
    writer.attest('2025-02-01', 'again', 'mine', ['control'], '2025-02-01', '2030-01-01');
    expect(reasons(writer)).toEqual([['broken', 'entity-of-concern', 'mine', declared.map(({ id }) => id)]]);
  });

  it('is broken by where a site lies, and by where its organisation is registered', () => {
    const { writer, opened } = chain();
    writer.correct('2026-03-01', opened, { country: 'CN' });
    expect(reasons(writer)).toEqual([['broken', 'entity-of-concern', 'mine', [opened.id]]]);
    const elsewhere = new ChainWriter();
    const registered = elsewhere.organisation('org-mine', 'RU');
    elsewhere.open('mine', 'AU');
    elsewhere.register('2026-01-01', 'mine', 'metal', 100, { cobalt: 10 });
    expect(reasons(elsewhere)).toEqual([['broken', 'entity-of-concern', 'mine', [registered.id]]]);
  });

  it.each([
    ['less than the threshold', { share: '0.249999' }],
    ['another country', { share: '1', country: 'KR' }],
    ['later than the ore was mined', { share: '1', from: '2026-01-02' }],
  ])('is not broken by %s', (_, tie) => {
    const { writer } = chain();
    writer.declareControl('2025-01-01', 'org-mine', { kind: 'ownership', country: 'CN', ...tie });
    writer.attest('2025-02-01', 'again', 'mine', ['control'], '2025-02-01', '2030-01-01');
    expect(reasons(writer)).toEqual([]);
  });

  it('is unproven where nobody vouched, then, or for nothing that was declared', () => {
    const { writer } = chain();
    const revoked = writer.change('2026-03-01', 'a-mine', 'Revoked', '2025-01-01');
    expect(reasons(writer)).toEqual([['unproven', 'attestation-revoked', 'mine', [revoked.id]]]);
    const silent = new ChainWriter();
    silent.open('mine', 'AU');
    silent.attest('2020-02-01', 'a', 'mine', ['control'], '2020-02-01', '2030-01-01');
    const ore = silent.register('2026-01-01', 'mine', 'metal', 100, { cobalt: 10 });
    expect(reasons(silent)).toEqual([['unproven', 'not-vouched', 'mine', [ore.id]]]);
  });

  it('is unproven where the organisation has declared otherwise since it was vouched for', () => {
    const { writer } = chain();
    const withdrawn = writer.declareControl('2026-03-01', 'org-mine', {
      kind: 'ownership',
      country: 'CN',
      share: '0',
      from: '2020-01-02',
    });
    expect(reasons(writer)).toEqual([['unproven', 'correction-unconfirmed', 'mine', [withdrawn.id]]]);
    writer.attest('2026-04-01', 'again', 'mine', ['control'], '2020-02-01', '2030-01-01');
    expect(reasons(writer)).toEqual([]);
    // A declaration about a later time does not affect what the attestation proves for earlier times.
    writer.declareControl('2026-05-01', 'org-mine', { kind: 'board', country: 'KR', share: '0.1' });
    expect(reasons(writer)).toEqual([]);
  });

  it('is unproven of undocumented origin, and of no batch without the minerals of the rule', () => {
    const writer = new ChainWriter();
    writer.open('mine', 'CN');
    const found = writer.register(
      '2026-01-01',
      'mine',
      'metal',
      100,
      { cobalt: 10 },
      { origin: { kind: 'undocumented' } },
    );
    expect(reasons(writer)).toEqual([['unproven', 'origin-undocumented', 'mine', [found.id]]]);
    writer.register('2026-01-01', 'mine', 'other', 100, { nickel: 10 });
    expect(writer.ask(programme, 'other', at).verdict).toBe('out-of-scope');
  });
});

describe('control declared back', () => {
  const hours = (count: number): string => new Date(BEGINNING + count * 3_600_000).toISOString();
  const judged = programmeWith({ claim: 'control', countries: COUNTRIES, share: '0.25' });

  it('flips exactly the batches of which something was made there from then on, all of them in its reach', () => {
    const declared = fc.record({ site: fc.constantFrom(...SITES), from: fc.integer({ min: -10, max: 400 }) });
    fc.assert(
      fc.property(randomChain(12), declared, ({ writer, trails, end }, { site, from }) => {
        for (const siteId of SITES) {
          writer.declareControl('2020-01-02', `org-${siteId}`, { kind: 'jurisdiction', country: 'JP', share: '1' });
          writer.attest('2020-02-01', `control-${siteId}`, siteId, ['control'], '2020-02-01', '2030-01-01');
        }
        const before = new Map([...trails.keys()].map((id) => [id, writer.ask(judged, id, end).verdict]));
        const event = writer.declareControl(end, `org-${site}`, {
          kind: 'ownership',
          country: 'CN',
          share: '0.5',
          from: hours(from),
        });
        expect(affectedBy(event, writer.standing())).toEqual([{ organisationId: `org-${site}`, from: hours(from) }]);
        const graph = writer.graph(end);
        for (const [batchId, trail] of trails) {
          const made = graph.batches.get(batchId)?.bornBy;
          const { verdict, reasons: why } = writer.ask(judged, batchId, end);
          const touched = trail.some((each) => each.siteId === site);
          if (!touched || hours(from) > end) expect([batchId, verdict]).toEqual([batchId, before.get(batchId)]);
          if (verdict !== before.get(batchId)) expect(why.map(({ eventIds }) => eventIds)).toEqual([[event.id]]);
          const isMadeThere = made?.siteId === site && made.kind === 'registered' && made.occurredAt >= hours(from);
          if (isMadeThere && made.origin?.kind !== 'undocumented')
            expect([batchId, verdict]).toEqual([batchId, 'broken']);
        }
      }),
      runs(30),
    );
  });
});
