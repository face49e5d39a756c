import { describe, expect, it } from '@jest/globals';
import { type ContentGrams } from '#custody';
import { ChainWriter, day } from './testing/chain-writer.js';
import { programmeOf } from './testing/programme-files.js';
import { type ClaimLine } from './verdict.types.js';

const ira = programmeOf('us-ira-30d@1');
const KG = 1_000_000;

/** Mines and works in each country, all vouched for. */
function world(): ChainWriter {
  const writer = new ChainWriter();
  for (const country of ['AU', 'CD', 'CN', 'DE', 'US', 'KR']) {
    writer.open(country, country);
    writer.attest('2021-01-01', `a-${country}`, country, ['site-facts', 'control'], '2021-01-01', '2030-01-01');
  }
  return writer;
}
function mine(writer: ChainWriter, at: string, batchId: string, contentGrams: ContentGrams): void {
  writer.register('2022-01-01', at, batchId, KG, contentGrams);
}
const refine = (writer: ChainWriter, at: string, input: string, output: string, contentGrams: ContentGrams) =>
  writer.transform('2022-02-01', at, { [input]: KG }, { [output]: [KG, contentGrams] });

function originOf(writer: ChainWriter, batchId: string, at = '2025-03-01'): ClaimLine | undefined {
  return writer.ask(ira, batchId, at).claims.find(({ claim }) => claim === 'origin');
}

describe('us-ira-30d asks for more each year', () => {
  const writer = world();
  mine(writer, 'AU', 'au', { cobalt: 650 });
  mine(writer, 'CD', 'cd', { cobalt: 350 });
  writer.transform('2022-02-01', 'AU', { au: KG, cd: KG }, { y: [KG, { cobalt: 1000 }] }, { process: 'blending' });

  it.each([
    ['2023-04-17', 'not-in-force', '0.400000'],
    ['2023-04-18', 'holds', '0.400000'],
    ['2023-04-19', 'holds', '0.400000'],
    ['2023-12-31', 'holds', '0.400000'],
    ['2024-01-01', 'holds', '0.500000'],
    ['2024-01-02', 'holds', '0.500000'],
    ['2024-12-31', 'holds', '0.500000'],
    ['2025-01-01', 'holds', '0.600000'],
    ['2025-01-02', 'holds', '0.600000'],
    ['2025-12-31T23:59:59.999Z', 'holds', '0.600000'],
    ['2026-01-01', 'broken', '0.700000'],
    ['2026-01-02', 'broken', '0.700000'],
    ['2026-12-31', 'broken', '0.700000'],
    ['2027-01-01', 'broken', '0.800000'],
    ['2027-01-02', 'broken', '0.800000'],
  ])('on %s: %s', (at, verdict, threshold) => {
    const line = originOf(writer, 'y', at);
    expect(line).toMatchObject({ claim: 'origin', verdict, threshold });
    expect(line?.citation).toContain('the ledger grams');
  });
});

describe('extracted or processed', () => {
  it.each([
    ['AU', 'AU', '1.000000', '1.000000', 'holds'],
    ['AU', 'CN', '0.000000', '1.000000', 'unproven'],
    ['CD', 'AU', '0.000000', '1.000000', 'unproven'],
    ['CD', 'CN', '0.000000', '0.000000', 'broken'],
  ])('mined in %s and refined in %s: between %s and %s', (mined, refined, lower, upper, verdict) => {
    const writer = world();
    mine(writer, mined, 'ore', { cobalt: 10 });
    refine(writer, refined, 'ore', 'salt', { cobalt: 10 });
    expect(originOf(writer, 'salt')).toMatchObject({ lower, upper, verdict });
  });

  it('what only moved, was ground or blended was not processed', () => {
    const writer = world();
    mine(writer, 'AU', 'ore', { cobalt: 10 });
    writer.transform('2022-02-01', 'CN', { ore: KG }, { fine: [KG, { cobalt: 10 }] }, { process: 'comminution' });
    expect(originOf(writer, 'fine')).toMatchObject({ lower: '1.000000', verdict: 'holds' });
  });

  it('one step elsewhere is enough to doubt, one step there enough to count', () => {
    const writer = world();
    mine(writer, 'AU', 'ore', { cobalt: 10 });
    refine(writer, 'CN', 'ore', 'crude', { cobalt: 10 });
    refine(writer, 'US', 'crude', 'salt', { cobalt: 10 });
    expect(originOf(writer, 'salt')).toMatchObject({ lower: '0.000000', upper: '1.000000' });
  });

  it('follows the flows: half of a blend refined there, half elsewhere', () => {
    const writer = world();
    mine(writer, 'AU', 'one', { cobalt: 500 });
    mine(writer, 'AU', 'two', { cobalt: 500 });
    refine(writer, 'AU', 'one', 'one-salt', { cobalt: 500 });
    refine(writer, 'CN', 'two', 'two-salt', { cobalt: 500 });
    const inputs = { 'one-salt': KG, 'two-salt': KG };
    writer.transform('2022-03-01', 'US', inputs, { y: [KG, { cobalt: 1000 }] }, { process: 'blending' });
    writer.split('2022-04-01', 'US', 'y', { part: KG / 2 });
    for (const batchId of ['y', 'part'])
      expect(originOf(writer, batchId)).toMatchObject({ lower: '0.500000', upper: '1.000000', verdict: 'unproven' });
  });

  it('is not proven by a mine that nobody vouches for, wherever it was processed', () => {
    const writer = new ChainWriter();
    writer.open('AU', 'AU');
    mine(writer, 'AU', 'ore', { cobalt: 10 });
    refine(writer, 'AU', 'ore', 'salt', { cobalt: 10 });
    expect(originOf(writer, 'salt')).toMatchObject({ lower: '0.000000', upper: '1.000000', verdict: 'unproven' });
  });
});

describe('recycled in North America', () => {
  it.each([
    ['US', '1.000000', '1.000000'],
    ['DE', '0.000000', '1.000000'],
  ])('in %s: between %s and %s, wherever it was mined', (country, lower, upper) => {
    const writer = world();
    const origin = { kind: 'end-of-life' as const };
    writer.register('2022-01-01', country, 'cells', KG, { cobalt: 10 }, { origin, material: 'end-of-life-batteries' });
    writer.transform('2022-02-01', country, { cells: KG }, { salt: [KG, { cobalt: 10 }] }, { process: 'recycling' });
    expect(originOf(writer, 'salt')).toMatchObject({ lower, upper });
  });
});

describe('foreign entities of concern, from 2025-01-01 on', () => {
  const controlOf = (writer: ChainWriter, at: string) =>
    writer.ask(ira, 'ore', at).claims.find(({ claim }) => claim === 'control')?.verdict;
  const declared = (country: string, share: string): ChainWriter => {
    const writer = world();
    mine(writer, 'AU', 'ore', { cobalt: 10 });
    writer.declareControl('2020-06-01', 'org-AU', { kind: 'ownership', country, share });
    writer.attest('2021-06-01', 'a-2', 'AU', ['control'], '2021-01-01', '2030-01-01');
    return writer;
  };

  it.each([
    ['2024-12-31', 'not-in-force'],
    ['2025-01-01', 'broken'],
    ['2025-01-02', 'broken'],
  ])('on %s: %s', (at, verdict) => {
    expect(controlOf(declared('CN', '0.25'), at)).toBe(verdict);
  });

  it('a quarter controls, less does not, and nobody vouching proves nothing', () => {
    expect(controlOf(declared('CN', '0.249999'), '2025-03-01')).toBe('holds');
    expect(controlOf(declared('FR', '1'), '2025-03-01')).toBe('holds');
    const silent = world();
    mine(silent, 'AU', 'ore', { cobalt: 10 });
    expect(controlOf(silent, '2025-03-01')).toBe('unproven');
    const there = world();
    mine(there, 'CN', 'ore', { cobalt: 10 });
    expect(there.ask(ira, 'ore', day('2025-03-01')).reasons).toContainEqual(
      expect.objectContaining({ claim: 'control', because: 'entity-of-concern' }),
    );
  });
});
