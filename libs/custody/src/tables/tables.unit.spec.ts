import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Mineral } from '../terms.js';
import { parseFormula } from './formula.js';
import { MATERIALS, parseAtomicWeights, parseMaterials } from './materials.js';
import { parseProcesses, PROCESSES } from './processes.js';

type Json = Record<string, unknown>;
const file = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`../../tables/${name}`, import.meta.url), 'utf8')) as Json;
const rowsOf = (table: Json): Json[] => table['rows'] as Json[];
const weights = parseAtomicWeights(file('atomic-weights.json'));

/** The table with its first row changed. */
function bent(name: string, change: Json): Json {
  const table = file(name);
  const [first, ...rest] = rowsOf(table);
  return { ...table, rows: [{ ...first, ...change }, ...rest] };
}

describe('a formula', () => {
  it.each<[string, Record<string, number>]>([
    ['LiOH·H2O', { Li: 1, O: 2, H: 3 }],
    ['CoSO4·7H2O', { Co: 1, S: 1, O: 11, H: 14 }],
    ['Ni0.8Mn0.1Co0.1(OH)2', { Ni: 0.8, Mn: 0.1, Co: 0.1, O: 2, H: 2 }],
    ['(Li(Al2)3)2', { Li: 2, Al: 12 }],
  ])('%s has its elements', (formula, elements) => {
    const counted = [...(parseFormula(formula) ?? [])].map(([symbol, count]) => [symbol, Number(count) / 1_000]);
    expect(Object.fromEntries(counted)).toEqual(elements);
  });

  it.each(['', '2', '(OH', 'OH)', 'Li-O', 'li', '()2', 'Li0.0001', 'LiOH·'])('is none: %j', (text) => {
    expect(parseFormula(text)).toBeUndefined();
  });
});

describe('the table of materials', () => {
  const percent = (code: string, mineral: Mineral): number => {
    const { grams, ofGrams } = MATERIALS.get(code)!.ceilings![mineral];
    return Number((grams * 1_000_000n) / ofGrams) / 10_000;
  };

  it('computes what textbooks give', () => {
    expect(percent('lithium-hydroxide-monohydrate', 'lithium')).toBeCloseTo(16.54, 2);
    expect(percent('lithium-carbonate', 'lithium')).toBeCloseTo(18.78, 1);
    expect(percent('cobalt-sulphate-heptahydrate', 'cobalt')).toBeCloseTo(20.97, 1);
    expect(percent('nickel-sulphate-hexahydrate', 'nickel')).toBeCloseTo(22.33, 1);
    expect(percent('lead-metal', 'lead')).toBe(100);
    expect(percent('graphite-ore', 'graphite')).toBe(100);
  });

  it('takes the highest of several phases, and an impurity for what none names', () => {
    expect(percent('nmc-precursor', 'nickel')).toBeCloseTo(63.3, 1);
    expect(percent('nmc-precursor', 'lithium')).toBe(1);
  });

  it('takes the carbon of a carbonate for no graphite', () => {
    expect(percent('lithium-carbonate', 'graphite')).toBe(1);
  });

  it.each<[string, Json]>([
    ['rows[0].code', { code: 'Cobalt ore' }],
    ['rows[0].stage', { stage: 'cathode' }],
    ['rows[0].phases[0]', { phases: ['Xx2'] }],
    ['rows[0].phases[0]', { phases: ['Co(OH'] }],
    ['rows[0].waste', { waste: 'no' }],
    ['rows[0].source', { source: '' }],
    ['rows[0].ceiling', { ceiling: 0.5 }],
    ['rows[1].code', { code: 'graphite-ore' }],
  ])('names the file and the place of a wrong field: %s', (path, change) => {
    expect(() => parseMaterials(bent('materials.json', change), weights)).toThrow(
      new RegExp(`libs/custody/tables/materials\\.json is wrong:\\n {2}${path.replace(/[[\].]/g, '\\$&')}: `),
    );
  });

  it('has a row for what no other names', () => {
    const table = file('materials.json');
    const rows = rowsOf(table).filter(({ code }) => code !== 'other');
    expect(() => parseMaterials({ ...table, rows }, weights)).toThrow('rows: must have the code other');
    expect(() => parseMaterials({ ...table, rows: [] }, weights)).toThrow('rows: must be a list of rows, not empty');
  });
});

describe('the table of processes', () => {
  it.each<[string, Json]>([
    ['rows[0].activities[0]', { activities: ['mine'] }],
    ['rows[0].scrap', { scrap: null }],
    ['rows[0].batteryManufacturing', { batteryManufacturing: 1 }],
    ['rows[0].title', { title: undefined }],
  ])('names the file and the place of a wrong field: %s', (path, change) => {
    expect(() => parseProcesses(bent('processes.json', change))).toThrow(`  ${path}: `);
  });

  it('recycles only where a site recycles', () => {
    expect(PROCESSES.get('recycling')?.activities).toEqual(['recycling']);
  });

  it('says which waste is of battery manufacturing', () => {
    const battery = [...PROCESSES.values()].filter(({ batteryManufacturing }) => batteryManufacturing);
    expect(battery.map(({ code }) => code)).toEqual(['precursor', 'cathode', 'anode', 'electrode', 'cell', 'battery']);
  });
});

it('weights that are no weights name their file', () => {
  const table = file('atomic-weights.json');
  const elements = { ...(table['elements'] as Json), Li: 6.94 };
  expect(() => parseAtomicWeights({ ...table, elements })).toThrow(
    'libs/custody/tables/atomic-weights.json is wrong:\n  elements.Li: must be a decimal string',
  );
});
