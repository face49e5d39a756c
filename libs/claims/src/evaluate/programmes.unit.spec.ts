import { describe, expect, it } from '@jest/globals';
import { CONDUCT_RISKS } from '#attestation';
import { type ContentGrams, type Origin } from '#custody';
import { ChainWriter, day } from './testing/chain-writer.js';
import { programmeOf, programmeWith } from './testing/programme-files.js';
import { type ClaimLine, type ClaimsVerdict } from './verdict.types.js';

const cma = programmeOf('us-japan-cma-2023@1');
const oecd = programmeOf('oecd-due-diligence@1');
const iso = programmeOf('iso-22095@1');

const shifted = (date: string, days: number): string =>
  new Date(Date.parse(day(date)) + days * 86_400_000).toISOString();
const linesOf = ({ claims }: ClaimsVerdict, like: Partial<ClaimLine>): ClaimLine[] =>
  claims.filter((line) => Object.entries(like).every(([field, value]) => line[field as keyof ClaimLine] === value));

function mined(
  contentGrams: ContentGrams,
  material = 'nmc-cathode-material',
  origin: Origin = { kind: 'extracted' },
): ChainWriter {
  const writer = new ChainWriter();
  writer.open('site', 'JP');
  writer.register('2022-01-01', 'site', 'x', 1_000_000, contentGrams, { origin, material });
  return writer;
}

describe('each rule comes into force on its day', () => {
  const cell = mined({ cobalt: 1000 });
  it.each<[string, typeof cma, Partial<ClaimLine>]>([
    ['2023-03-28', cma, { claim: 'trade-terms' }],
    ['2023-03-28', cma, { claim: 'labour', right: 'job-protected-leave' }],
    ['2016-04-06', oecd, { claim: 'labour', right: 'child-labour' }],
    ['2020-10-01', iso, { claim: 'chain-of-custody' }],
  ])('%s: %#', (date, programme, like) => {
    const verdictsAt = (days: number) =>
      linesOf(cell.ask(programme, 'x', '2025-01-01', { rulesAt: shifted(date, days) }), like).map(
        ({ verdict }) => verdict,
      );
    expect(verdictsAt(-1)).toEqual(['not-in-force']);
    for (const days of [0, 1]) expect(verdictsAt(days)).not.toContain('not-in-force');
  });
});

describe('a batch that is used up', () => {
  const asked = programmeWith({
    claim: 'labelling',
    on: 'batch',
    acceptedStandards: ['gs1-128'],
    scope: { minerals: ['cobalt'] },
  });
  const verdictsOf = (contentGrams: ContentGrams, useUp: (writer: ChainWriter) => void) => {
    const writer = mined(contentGrams);
    const before = writer.ask(asked, 'x', '2023-01-01').verdict;
    useUp(writer);
    return [before, writer.ask(asked, 'x', '2023-01-01').verdict];
  };
  const ways: [string, (writer: ChainWriter) => void][] = [
    ['consumed', (writer) => writer.consume('2022-02-01', 'site', 'x', 1_000_000)],
    ['consumed in two parts', (writer) => [400_000, 600_000].map((g) => writer.consume('2022-02-01', 'site', 'x', g))],
    [
      'consumed beyond what there is',
      (writer) => [1_000_000, 1].map((g) => writer.consume('2022-02-01', 'site', 'x', g)),
    ],
    ['split', (writer) => writer.split('2022-02-01', 'site', 'x', { y: 400_000, z: 600_000 })],
    ['transformed', (writer) => writer.transform('2022-02-01', 'site', { x: 1_000_000 }, { y: [1, { cobalt: 1 }] })],
    [
      'lost on the way',
      (writer) => {
        writer.dispatch('2022-02-01', 'site', 'other', 'x');
        writer.receive('2022-02-02', 'other', 'site', 'x', 0);
      },
    ],
  ];

  it.each(ways)('is out of scope as it was before, without the minerals: %s', (_, useUp) => {
    expect(verdictsOf({ nickel: 10 }, useUp)).toEqual(['out-of-scope', 'out-of-scope']);
  });

  it.each(ways)('is in scope as it was before, with them or of unknown content: %s', (_, useUp) => {
    expect(verdictsOf({ cobalt: 10, nickel: 10 }, useUp)).toEqual(['unproven', 'unproven']);
    expect(verdictsOf({}, useUp)).toEqual(['unproven', 'unproven']);
  });
});

describe('oecd-due-diligence', () => {
  const abroad = (country: string): ChainWriter => {
    const writer = new ChainWriter();
    writer.open('site', country);
    writer.register('2022-01-01', 'site', 'x', 1000, { cobalt: 1 });
    writer.attest('2022-01-01', 'a', 'site', ['forced-labour', 'child-labour'], '2022-01-01', '2030-01-01');
    return writer;
  };

  it('asks for cover of two rights, and that nothing is found of the others', () => {
    const writer = abroad('JP');
    expect(writer.ask(oecd, 'x', '2025-01-01').verdict).toBe('holds');
    writer.raise('2024-01-01', 'c', 'site', ['discrimination']);
    writer.investigate('2024-01-01', 'c');
    expect(writer.ask(oecd, 'x', '2025-01-01').verdict).toBe('unproven');
    writer.find('2024-06-01', 'c', true, ['discrimination'], '2023-01-01');
    expect(writer.ask(oecd, 'x', '2025-01-01')).toMatchObject({ verdict: 'broken', reasons: [{ because: 'finding' }] });
  });

  it.each(CONDUCT_RISKS.filter((risk) => risk !== 'community-life'))(
    'is broken by a finding of %s anywhere',
    (risk) => {
      const writer = abroad('JP');
      writer.raise('2024-01-01', 'c', 'site', [risk]);
      writer.find('2024-06-01', 'c', true, [risk], '2023-01-01');
      expect(writer.ask(oecd, 'x', '2025-01-01')).toMatchObject({
        verdict: 'broken',
        reasons: [{ claim: 'conduct', right: risk, because: 'finding' }],
      });
    },
  );

  it('asks for attestations of all of Annex II in conflict-affected and high-risk areas', () => {
    const writer = abroad('CD');
    const unproven = writer.ask(oecd, 'x', '2025-01-01');
    expect(unproven.verdict).toBe('unproven');
    expect(new Set(unproven.reasons.map(({ claim, because }) => `${claim} ${because}`))).toEqual(
      new Set(['conduct attestation-gap']),
    );
    expect(unproven.reasons).toHaveLength(9);
    writer.attest('2022-01-01', 'b', 'site', [...CONDUCT_RISKS], '2022-01-01', '2030-01-01');
    expect(writer.ask(oecd, 'x', '2025-01-01').verdict).toBe('holds');
    const elsewhere = linesOf(abroad('JP').ask(oecd, 'x', '2025-01-01'), { right: 'armed-groups' });
    expect(elsewhere.map(({ verdict }) => verdict)).toEqual(['holds', 'holds']);
  });
});

it('judges us-japan-cma-2023 only on the five minerals, by the rights that it lists', () => {
  expect(mined({ lead: 10 }).ask(cma, 'x', '2025-01-01').verdict).toBe('out-of-scope');
  const answer = mined({ manganese: 10 }).ask(cma, 'x', '2025-01-01');
  expect(answer.verdict).toBe('unproven');
  expect(linesOf(answer, { claim: 'labour' }).map(({ right }) => right)).toEqual([
    'forced-labour',
    'child-labour',
    'discrimination',
    'violence-against-workers',
    'migrant-workers',
    'gender-equality',
    'job-protected-leave',
    'freedom-of-association',
    'employer-neutrality',
  ]);
  expect(linesOf(answer, { claim: 'environment' })).toHaveLength(4);
});
