import { describe, expect, it } from '@jest/globals';
import { programmeFiles } from '../evaluate/testing/programme-files.js';
import { parseProgramme } from './parse-programme.js';
import { programmeReference } from './programme.js';

const counts = {
  classes: ['post-consumer', 'manufacturing-waste'],
  manufacturingWaste: 'battery',
  ownWaste: true,
  returned: false,
  recovered: true,
};
const rule = (more: object = {}): Record<string, unknown> => ({
  claim: 'recycled-content',
  citation: 'Art. 1',
  from: '2030-01-01',
  thresholds: { cobalt: '0.16' },
  counts,
  ...more,
});
const programme = (more: object = {}): Record<string, unknown> => ({
  id: 'p',
  version: '1',
  title: 'P',
  published: '2025-01-01',
  source: 'https://example.org/',
  rules: [rule()],
  ...more,
});
const problemsOf = (json: unknown): string[] => {
  const read = parseProgramme(json);
  return 'problems' in read ? read.problems.map(({ path, message }) => `${path}: ${message}`) : [];
};

describe('the programme files', () => {
  const files = [...programmeFiles()];

  it('are there', () => {
    expect(files.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'eu-battery-2023-1542@1.json',
        'iso-22095@1.json',
        'oecd-due-diligence@1.json',
        'us-ira-30d@1.json',
        'us-japan-cma-2023@1.json',
      ]),
    );
  });

  it.each(files)('%s is one, and named as it names itself', (name, text) => {
    const read = parseProgramme(JSON.parse(text));
    expect(read).toHaveProperty('programme');
    if ('programme' in read) expect(`${programmeReference(read.programme)}.json`).toBe(name);
  });
});

describe('a programme', () => {
  it('may demand that facts are vouched for', () => {
    const read = parseProgramme(programme({ rules: [rule({ vouched: ['recovered-origin'] })] }));
    expect(read).toMatchObject({ programme: { rules: [{ vouched: ['recovered-origin'] }] } });
    expect(problemsOf(programme({ rules: [rule({ vouched: ['child-labour'] })] }))).toEqual([
      'rules[0].vouched[0]: is no criterion that is a fact',
    ]);
    expect(problemsOf(programme({ rules: [rule({ vouched: [] })] }))).toHaveLength(1);
    expect(
      problemsOf(
        programme({ rules: [{ claim: 'custody', citation: 'C', from: '2030-01-01', vouched: ['site-facts'] }] }),
      ),
    ).toEqual(['rules[0].vouched: is unknown']);
  });

  it('is read with its dates as moments', () => {
    const json = programme({ rules: [rule({ until: '2031-01-01', scope: { batteryCategories: ['lmt'] } })] });
    expect(parseProgramme(json)).toEqual({
      programme: {
        ...programme(),
        published: '2025-01-01T00:00:00.000Z',
        rules: [
          {
            ...rule(),
            from: '2030-01-01T00:00:00.000Z',
            subject: 'batch',
            until: '2031-01-01T00:00:00.000Z',
            scope: { batteryCategories: ['lmt'] },
          },
        ],
      },
    });
  });

  it.each([
    ['', null],
    ['', []],
    ['id', programme({ id: 'With Spaces' })],
    ['version', programme({ version: 1 })],
    ['title', programme({ title: ' ' })],
    ['published', programme({ published: '2025-02-30' })],
    ['published', programme({ published: '2025-1-1' })],
    ['published', programme({ published: '2025-13-01' })],
    ['source', programme({ source: 'ftp://example.org' })],
    ['extra', programme({ extra: true })],
    ['rules', programme({ rules: [] })],
    ['rules', programme({ rules: {} })],
    ['rules[0]', programme({ rules: ['rule'] })],
    ['rules[0].claim', programme({ rules: [rule({ claim: 'kindness' })] })],
    ['rules[0].citation', programme({ rules: [rule({ citation: undefined })] })],
    ['rules[0].from', programme({ rules: [rule({ from: '2030-02-29' })] })],
    ['rules[0].until', programme({ rules: [rule({ until: '2030-01-01' })] })],
    ['rules[0].thresholds.cobalt', programme({ rules: [rule({ thresholds: { cobalt: '1.000001' } })] })],
    ['rules[0].thresholds.cobalt', programme({ rules: [rule({ thresholds: { cobalt: '0.1234567' } })] })],
    ['rules[0].thresholds.cobalt', programme({ rules: [rule({ thresholds: { cobalt: 0.16, lead: '1' } })] })],
    ['rules[0].thresholds.gold', programme({ rules: [rule({ thresholds: { lead: '0', gold: '0.1' } })] })],
    ['rules[0].thresholds', programme({ rules: [rule({ thresholds: {} })] })],
    ['rules[0].counts.classes[0]', programme({ rules: [rule({ counts: { ...counts, classes: ['primary'] } })] })],
    [
      'rules[0].counts.manufacturingWaste',
      programme({ rules: [rule({ counts: { ...counts, manufacturingWaste: 'my' } })] }),
    ],
    ['rules[0].counts.ownWaste', programme({ rules: [rule({ counts: { ...counts, ownWaste: 'no' } })] })],
    ['rules[0].counts.recovered', programme({ rules: [rule({ counts: { ...counts, recovered: 1 } })] })],
    ['rules[0].counts.colour', programme({ rules: [rule({ counts: { ...counts, colour: 'black' } })] })],
    ['rules[0].thresholds', programme({ rules: [rule({ thresholds: '0.16' })] })],
    ['rules[0].noThreshold', programme({ rules: [rule({ noThreshold: ['cobalt'] })] })],
    ['rules[0].noThreshold[0]', programme({ rules: [rule({ noThreshold: ['gold'] })] })],
    ['rules[0].scope.colours', programme({ rules: [rule({ scope: { colours: ['red'] } })] })],
    ['rules[0].scope', programme({ rules: [rule({ scope: 'all' })] })],
    ['rules[0].scope.minerals', programme({ rules: [rule({ scope: { minerals: [] } })] })],
    ['rules[0].scope.materials[0]', programme({ rules: [rule({ scope: { materials: [''] } })] })],
    ['rules[0].scope.batteryCategories[0]', programme({ rules: [rule({ scope: { batteryCategories: ['toy'] } })] })],
    ['rules[0].parties', programme({ rules: [rule({ parties: ['US', 'JP'] })] })],
  ])('with a problem at %s names it, once', (path, json) => {
    expect(problemsOf(json).map((each) => each.split(':')[0])).toEqual([path]);
  });

  it.each([
    ['rights[1]', { claim: 'labour', rights: ['child-labour', 'leisure'], evidence: 'attestations' }],
    ['rights[1]', { claim: 'labour', rights: ['child-labour', 'child-labour'], evidence: 'attestations' }],
    ['rights[0]', { claim: 'labour', rights: ['water'], evidence: 'attestations' }],
    ['evidence', { claim: 'labour', rights: ['child-labour'] }],
    ['criteria[0]', { claim: 'environment', criteria: ['child-labour'] }],
    ['on', { claim: 'labelling', on: 'paper', acceptedStandards: ['gs1-128'] }],
    ['carriers[0]', { claim: 'labelling', on: 'batch', acceptedStandards: ['gs1-128'], carriers: ['pigeon'] }],
    ['minerals', { claim: 'recycled-declared', counts }],
    ['counts', { claim: 'recycled-declared', minerals: ['cobalt'] }],
    ['countries[0]', { claim: 'origin', minerals: ['cobalt'], countries: ['usa'], threshold: '0.4' }],
    [
      'recycledCountries',
      { claim: 'origin', minerals: ['cobalt'], countries: ['US'], recycledCountries: [], threshold: '0.4' },
    ],
    ['threshold', { claim: 'origin', minerals: ['cobalt'], countries: ['US'], threshold: '40%' }],
    ['parties', { claim: 'trade-terms', parties: ['US'] }],
    ['threshold', { claim: 'custody', threshold: '0.4' }],
  ])('with a problem at rules[0].%s names it, once', (path, terms) => {
    const json = programme({ rules: [{ citation: 'Art. 1', from: '2030-01-01', ...terms }] });
    expect(problemsOf(json).map((each) => each.split(':')[0])).toEqual([`rules[0].${path}`]);
  });

  describe('a rule that awaits an act', () => {
    const awaiting = (or: object, more: object = {}): unknown =>
      programme({ rules: [rule({ from: { date: '2030-01-31', or, whichever: 'later', ...more } })] });
    const beginningOf = (json: unknown): unknown => {
      const read = parseProgramme(json);
      return 'programme' in read && { from: read.programme.rules[0]?.from, awaits: read.programme.rules[0]?.awaits };
    };

    it('begins at its date or so many months after the act entered into force, whichever is later', () => {
      expect(beginningOf(awaiting({ act: 'the act', months: 24 }))).toEqual({
        from: '2030-01-31T00:00:00.000Z',
        awaits: { act: 'the act', months: 24 },
      });
      const entered = (day: string, months: number): unknown =>
        beginningOf(awaiting({ act: 'the act', entered: day, months }));
      expect(entered('2028-01-30', 24)).toEqual({ from: '2030-01-31T00:00:00.000Z' });
      expect(entered('2028-02-01', 24)).toEqual({ from: '2030-02-01T00:00:00.000Z' });
      // The month is too short for the day.
      expect(entered('2029-08-31', 18)).toEqual({ from: '2031-02-28T00:00:00.000Z' });
    });

    it.each([
      ['rules[0].from.whichever', awaiting({ act: 'a', months: 1 }, { whichever: 'earlier' })],
      ['rules[0].from.or.act', awaiting({ months: 1 })],
      ['rules[0].from.or.months', awaiting({ act: 'a', months: 0 })],
      ['rules[0].from.or.entered', awaiting({ act: 'a', months: 1, entered: 'soon' })],
      ['rules[0].from.or.colour', awaiting({ act: 'a', months: 1, colour: 'red' })],
      ['rules[0].from.or', awaiting([])],
      ['rules[0].from.date', awaiting({ act: 'a', months: 1 }, { date: '2030-02-30' })],
    ])('with a problem at %s names it, once', (path, json) => {
      expect(problemsOf(json).map((each) => each.split(':')[0])).toEqual([path]);
    });
  });

  it('lists all its problems at once', () => {
    const json = { rules: [{ claim: 'custody', from: 'soon' }, { claim: 'luck' }] };
    expect(problemsOf(json)).toHaveLength(8);
  });
});
