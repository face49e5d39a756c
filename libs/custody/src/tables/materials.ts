import { ObjectChecker, type FileProblem } from '#vocabulary';
import weights from '#tables/atomic-weights.json' with { type: 'json' };
import table from '#tables/materials.json' with { type: 'json' };
import { MINERALS, type Mineral } from '../terms.js';
import { parseFormula } from './formula.js';
import { readTable, TableFileError, type TableRow } from './table-file.js';

/** Where in a chain from ore to battery a material stands. */
export const STAGES = [
  'ore',
  'concentrate',
  'intermediate',
  'refined',
  'precursor',
  'active-material',
  'electrode',
  'cell',
  'module',
  'battery',
  'waste',
  'other',
] as const;
export type Stage = (typeof STAGES)[number];

/** The most that a material can contain of a mineral by its formula: `grams` in `ofGrams` grams. */
export interface Ceiling {
  readonly grams: bigint;
  readonly ofGrams: bigint;
}

/** What a batch is of (`libs/custody/tables/materials.json`). */
export interface Material extends TableRow {
  readonly stage: Stage;
  /** Formulas of what it may consist of. Absent: of anything. */
  readonly phases?: readonly string[];
  /** Of each mineral; absent where no formula bounds it. */
  readonly ceilings?: Readonly<Record<Mineral, Ceiling>>;
  /** Whether it may be end-of-life or production waste. */
  readonly waste: boolean;
  /** Made, not mined: of graphite, Annex X of Regulation (EU) 2023/1542 speaks of natural graphite only. */
  readonly synthetic?: true;
  /** Whether it is a battery in the sense of Regulation (EU) 2023/1542, Art. 3(1). */
  readonly battery: boolean;
}

const MATERIALS_FILE = 'materials.json';
const WEIGHTS_FILE = 'atomic-weights.json';

/** What a material contains of a mineral that none of its formulas names: an impurity, of which nobody makes a batch. */
const IMPURITY_CEILING: Ceiling = { grams: 1n, ofGrams: 100n };

const SYMBOLS: Readonly<Record<Mineral, string>> = {
  cobalt: 'Co',
  graphite: 'C',
  lead: 'Pb',
  lithium: 'Li',
  manganese: 'Mn',
  nickel: 'Ni',
};

/** Ten-thousandths of the atomic weight. */
type Weights = ReadonlyMap<string, bigint>;
const WEIGHT = /^\d{1,3}\.\d{1,4}$/;

/** @throws TableFileError */
export function parseAtomicWeights(json: unknown): Weights {
  const problems: FileProblem[] = [];
  const file = ObjectChecker.of(json, '', problems);
  file?.text('title');
  file?.text('source');
  const elements = file && ObjectChecker.of(file.take('elements'), 'elements', problems);
  file?.refuseUnknown();
  const read = new Map<string, bigint>();
  for (const symbol of elements?.fields() ?? []) {
    if (!/^[A-Z][a-z]?$/.test(symbol)) elements?.fail(symbol, 'is not the symbol of an element');
    const weight = elements?.matching(symbol, WEIGHT, 'must be a decimal string with at most 4 places');
    const [whole = '0', places = ''] = (weight ?? '').split('.');
    read.set(symbol, BigInt(whole + places.padEnd(4, '0')));
  }
  if (problems.length > 0) throw new TableFileError(WEIGHTS_FILE, problems);
  return read;
}

/** @throws TableFileError */
export function parseMaterials(json: unknown, atomicWeights: Weights): ReadonlyMap<string, Material> {
  return readTable(MATERIALS_FILE, json, (row) => readMaterial(row, atomicWeights));
}

function readMaterial(row: ObjectChecker, atomicWeights: Weights): Omit<Material, keyof TableRow> {
  const stage = row.oneOf('stage', STAGES) ?? 'other';
  const phases = row.has('phases') ? row.texts('phases', /./, 'formula') : undefined;
  const parsed = phases?.flatMap((formula, index) => {
    const elements = parseFormula(formula);
    const known = elements !== undefined && [...elements.keys()].every((symbol) => atomicWeights.has(symbol));
    if (!known) row.fail(`phases[${index}]`, 'is not a formula of elements with known weights');
    return known ? [elements] : [];
  });
  return {
    stage,
    ...(phases && parsed && { phases, ceilings: ceilingsOf(parsed, atomicWeights) }),
    waste: row.flag('waste') ?? false,
    battery: row.flag('battery') ?? false,
    ...(row.has('synthetic') && row.flag('synthetic') === true ? { synthetic: true as const } : {}),
  };
}

/** Of each mineral the most that any of the phases contains. */
function ceilingsOf(phases: readonly Map<string, bigint>[], atomicWeights: Weights): Record<Mineral, Ceiling> {
  const highest = (mineral: Mineral): Ceiling => {
    const named = phases.flatMap((phase) => ceilingIn(phase, mineral, atomicWeights) ?? []);
    return named.length === 0 ? IMPURITY_CEILING : named.reduce((a, b) => (isHigher(b, a) ? b : a));
  };
  return Object.fromEntries(MINERALS.map((mineral) => [mineral, highest(mineral)])) as Record<Mineral, Ceiling>;
}

function isHigher(a: Ceiling, b: Ceiling): boolean {
  return a.grams * b.ofGrams > b.grams * a.ofGrams;
}

/** The carbon of a carbonate is not graphite: of carbon only the element counts. */
function ceilingIn(phase: ReadonlyMap<string, bigint>, mineral: Mineral, atomicWeights: Weights): Ceiling | undefined {
  const symbol = SYMBOLS[mineral];
  if (!phase.has(symbol) || (mineral === 'graphite' && phase.size > 1)) return undefined;
  const massOf = (element: string): bigint => (phase.get(element) ?? 0n) * (atomicWeights.get(element) ?? 0n);
  return { grams: massOf(symbol), ofGrams: [...phase.keys()].reduce((sum, element) => sum + massOf(element), 0n) };
}

/** By code. */
export const MATERIALS = parseMaterials(table, parseAtomicWeights(weights));
export const MATERIAL_CODES: readonly string[] = [...MATERIALS.keys()];
