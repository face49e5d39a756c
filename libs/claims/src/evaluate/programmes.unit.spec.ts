import { describe, expect, it } from '@jest/globals';
import { type ContentGrams, type Origin } from '#custody';
import { type BatteryCategory } from '../programmes/index.js';
import { ChainWriter, day } from './testing/chain-writer.js';
import { programmeOf, programmeWith } from './testing/programme-files.js';
import { type ClaimLine, type ClaimsVerdict } from './verdict.types.js';

const eu = programmeOf('eu-battery-2023-1542@1');
const cma = programmeOf('us-japan-cma-2023@1');
const ira = programmeOf('us-ira-30d@1');
const oecd = programmeOf('oecd-due-diligence@1');

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
  const cell = mined({ cobalt: 1000, lead: 1000, lithium: 1000, nickel: 1000 }, 'battery');
  it.each<[string, typeof eu, Partial<ClaimLine>, string, string | null]>([
    ['2028-08-18', eu, { claim: 'recycled-declared', mineral: 'cobalt' }, 'Art. 8(1)', null],
    ['2031-08-18', eu, { claim: 'recycled-content', mineral: 'cobalt' }, 'Art. 8(2)', '0.160000'],
    ['2031-08-18', eu, { claim: 'recycled-content', mineral: 'lead' }, 'Art. 8(2)', '0.850000'],
    ['2031-08-18', eu, { claim: 'recycled-content', mineral: 'lithium' }, 'Art. 8(2)', '0.060000'],
    ['2031-08-18', eu, { claim: 'recycled-content', mineral: 'nickel' }, 'Art. 8(2)', '0.060000'],
    ['2025-08-18', eu, { claim: 'labelling' }, 'Art. 13(4)', null],
    ['2026-08-18', eu, { claim: 'labelling' }, 'Art. 13(1)', null],
    ['2027-02-18', eu, { claim: 'labelling' }, 'Art. 13(6)', null],
    ['2027-08-18', eu, { claim: 'labour', right: 'occupational-safety' }, 'Art. 48', null],
    ['2027-08-18', eu, { claim: 'environment', right: 'water' }, 'Art. 48', null],
    ['2023-03-28', cma, { claim: 'trade-terms' }, 'Agreement', null],
    ['2023-03-28', cma, { claim: 'labour', right: 'job-protected-leave' }, 'Agreement', null],
    ['2023-01-01', ira, { claim: 'origin' }, '30D', '0.400000'],
  ])('%s: %#', (date, programme, like, citation, threshold) => {
    const lines = (at: string) =>
      linesOf(cell.ask(programme, 'x', at), like).filter((line) => line.citation.includes(citation));
    expect(lines(shifted(date, -1)).map(({ verdict }) => verdict)).toEqual(['not-in-force']);
    for (const days of [0, 1]) {
      expect(lines(shifted(date, days))).toHaveLength(1);
      expect(lines(shifted(date, days))[0]).toMatchObject(threshold === null ? {} : { threshold });
      expect(['holds', 'unproven', 'broken']).toContain(lines(shifted(date, days))[0]?.verdict);
    }
  });

  it.each<['cobalt' | 'lead' | 'lithium' | 'nickel', string, string]>([
    ['cobalt', '0.160000', '0.260000'],
    ['lead', '0.850000', '0.850000'],
    ['lithium', '0.060000', '0.120000'],
    ['nickel', '0.060000', '0.150000'],
  ])('Art. 8(3) takes the place of Art. 8(2) for %s on 2036-08-18', (mineral, before, after) => {
    const at = (days: number) =>
      linesOf(cell.ask(eu, 'x', shifted('2036-08-18', days)), { claim: 'recycled-content', mineral });
    expect(at(-1)).toMatchObject([{ threshold: before, verdict: 'broken' }]);
    for (const days of [0, 1]) expect(at(days)).toMatchObject([{ threshold: after, verdict: 'broken' }]);
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

describe('eu-battery-2023-1542', () => {
  it('names no threshold for graphite and manganese', () => {
    const { claims } = mined({ graphite: 10, manganese: 10 }).ask(eu, 'x', '2037-01-01');
    const lines = claims.filter(({ claim }) => claim === 'recycled-content');
    expect(new Set(lines.map(({ verdict }) => verdict))).toEqual(new Set(['out-of-scope']));
    expect(lines.map(({ mineral }) => mineral)).toEqual(expect.arrayContaining(['graphite', 'manganese']));
  });

  it.each<[BatteryCategory | undefined, string, string | undefined, string]>([
    [undefined, '2036-08-17', '0.160000', 'broken'],
    ['ev', '2036-08-17', '0.160000', 'broken'],
    ['industrial', '2036-08-17', '0.160000', 'broken'],
    ['sli', '2036-08-17', '0.160000', 'broken'],
    ['lmt', '2036-08-17', '0.260000', 'not-in-force'],
    ['lmt', '2036-08-18', '0.260000', 'broken'],
    ['lmt', '2036-08-19', '0.260000', 'broken'],
    ['lmt', '2031-09-01', '0.260000', 'not-in-force'],
  ])('judges the recycled content of %s batteries on %s', (batteryCategory, at, threshold, verdict) => {
    const more = batteryCategory === undefined ? {} : { batteryCategory };
    const answer = mined({ cobalt: 1000 }).ask(eu, 'x', at, more);
    expect(linesOf(answer, { claim: 'recycled-content', mineral: 'cobalt' })).toMatchObject([{ threshold, verdict }]);
    expect(linesOf(answer, { claim: 'recycled-declared', mineral: 'cobalt' })).toHaveLength(1);
  });

  it('asks for labels on batteries only', () => {
    const lines = linesOf(mined({ cobalt: 1 }).ask(eu, 'x', '2027-03-01'), { claim: 'labelling' });
    expect(lines.map(({ verdict }) => verdict)).toEqual(['out-of-scope', 'out-of-scope', 'out-of-scope']);
    const battery = mined({ cobalt: 1 }, 'battery');
    battery.label('2024-01-01', 'site', 'x', 'l', 'eu-2023-1542-art-13', 'print');
    const judged = linesOf(battery.ask(eu, 'x', '2027-03-01'), { claim: 'labelling' });
    expect(judged.map(({ verdict }) => verdict)).toEqual(['holds', 'holds', 'broken']);
  });

  it('asks for due diligence on the minerals of Annex X only', () => {
    const right = 'child-labour';
    expect(linesOf(mined({ manganese: 1 }).ask(eu, 'x', '2028-01-01'), { right })).toMatchObject([
      { verdict: 'out-of-scope' },
    ]);
    expect(linesOf(mined({ graphite: 1 }).ask(eu, 'x', '2028-01-01'), { right })).toMatchObject([
      { verdict: 'unproven' },
    ]);
  });

  it('is not in force before its first rule', () => {
    const answer = mined({ graphite: 1 }, 'battery').ask(eu, 'x', '2025-08-17');
    expect(answer).toMatchObject({
      verdict: 'not-in-force',
      reasons: [],
      programme: 'eu-battery-2023-1542@1',
      standsUntil: day('2025-08-18'),
    });
  });
});

describe('us-ira-30d', () => {
  const share = mined({ cobalt: 550 }, 'nmc-cathode-material', { kind: 'extracted', country: 'AU' });
  share.register(
    '2022-01-01',
    'site',
    'other',
    1000,
    { cobalt: 450 },
    { origin: { kind: 'extracted', country: 'CD' } },
  );
  share.transform('2022-02-01', 'site', { x: 1_000_000, other: 1000 }, { y: [1000, { cobalt: 1000 }] });

  it.each([
    ['2022-12-31', 'not-in-force', '0.400000'],
    ['2023-12-31', 'holds', '0.400000'],
    ['2024-01-01', 'holds', '0.500000'],
    ['2024-12-31', 'holds', '0.500000'],
    ['2025-01-01', 'broken', '0.600000'],
    ['2025-09-30T23:59:59.999Z', 'broken', '0.600000'],
    ['2025-10-01', 'not-in-force', '0.600000'],
    ['2025-10-02', 'not-in-force', '0.600000'],
  ])('on %s: %s', (at, verdict, threshold) => {
    const answer = share.ask(ira, 'y', at);
    expect(answer.verdict).toBe(verdict);
    expect(answer.claims).toMatchObject([{ claim: 'origin', verdict, threshold }]);
    expect(answer.claims[0]?.citation).toContain('counts grams');
  });
});

describe('oecd-due-diligence', () => {
  it('asks for cover of two rights, and that nothing is found of the others', () => {
    const writer = mined({ cobalt: 1 });
    writer.attest('2022-01-01', 'a', 'site', ['forced-labour', 'child-labour'], '2022-01-01', '2030-01-01');
    expect(writer.ask(oecd, 'x', '2025-01-01').verdict).toBe('holds');
    writer.raise('2024-01-01', 'c', 'site', ['discrimination']);
    writer.investigate('2024-01-01', 'c');
    expect(writer.ask(oecd, 'x', '2025-01-01').verdict).toBe('unproven');
    writer.find('2024-06-01', 'c', true, ['discrimination'], '2023-01-01');
    expect(writer.ask(oecd, 'x', '2025-01-01')).toMatchObject({ verdict: 'broken', reasons: [{ because: 'finding' }] });
  });
});

it('judges us-japan-cma-2023 only on the five minerals', () => {
  expect(mined({ lead: 10 }).ask(cma, 'x', '2025-01-01').verdict).toBe('out-of-scope');
  const answer = mined({ manganese: 10 }).ask(cma, 'x', '2025-01-01');
  expect(answer.verdict).toBe('unproven');
  expect(linesOf(answer, { claim: 'labour' })).toHaveLength(7);
  expect(linesOf(answer, { claim: 'environment' })).toHaveLength(4);
});
