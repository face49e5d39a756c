import { describe, expect, it } from '@jest/globals';
import { type ContentGrams } from '#custody';
import { type BatteryCategory } from '../programmes/index.js';
import { type Question } from './evaluate.js';
import { type Regulated } from './regulated.js';
import { ChainWriter, day } from './testing/chain-writer.js';
import { programmeOf } from './testing/programme-files.js';
import { type ClaimLine, type ClaimsVerdict } from './verdict.types.js';

const eu = programmeOf('eu-battery-2023-1542@1');

const DAY_MS = 86_400_000;
const shifted = (date: string, days: number): string => new Date(Date.parse(day(date)) + days * DAY_MS).toISOString();
const linesOf = ({ claims }: ClaimsVerdict, like: Partial<ClaimLine>, citation = ''): ClaimLine[] =>
  claims.filter(
    (line) =>
      line.citation.includes(citation) &&
      Object.entries(like).every(([field, value]) => line[field as keyof ClaimLine] === value),
  );
const verdictsOf = (...asked: Parameters<typeof linesOf>): string[] => linesOf(...asked).map(({ verdict }) => verdict);
const indicated = { indicative: true };

function mined(contentGrams: ContentGrams, material = 'nmc-cathode-material'): ChainWriter {
  const writer = new ChainWriter();
  writer.open('site', 'JP');
  writer.register('2022-01-01', 'site', 'x', 1_000_000, contentGrams, { material });
  return writer;
}

const cell = mined({ cobalt: 1000, lead: 1000, lithium: 1000, nickel: 1000 }, 'battery');

describe('each rule of eu-battery-2023-1542 comes into force on its day', () => {
  it.each<[string, Partial<ClaimLine>, string, BatteryCategory]>([
    ['2025-08-18', { claim: 'labelling' }, 'Art. 13(4)', 'portable'],
    ['2025-08-18', { claim: 'labelling' }, 'Art. 13(5)', 'sli'],
    ['2027-02-18', { claim: 'labelling' }, 'Art. 13(6)', 'portable'],
    ['2027-02-18', { claim: 'documented', document: 'battery-passport' }, 'Art. 77(1)', 'lmt'],
    ['2027-08-18', { claim: 'labour', right: 'occupational-safety' }, 'Art. 48', 'ev'],
    ['2027-08-18', { claim: 'environment', right: 'biodiversity' }, 'Art. 48', 'ev'],
    ['2027-08-18', { claim: 'conduct', right: 'community-life' }, 'Art. 48', 'ev'],
    ['2031-08-18', { claim: 'recycled-content', mineral: 'cobalt', threshold: '0.160000' }, 'Art. 8(2)', 'ev'],
    ['2031-08-18', { claim: 'recycled-content', mineral: 'lead', threshold: '0.850000' }, 'Art. 8(2)', 'sli'],
    ['2031-08-18', { claim: 'recycled-content', mineral: 'lithium', threshold: '0.060000' }, 'Art. 8(2)', 'ev'],
    ['2031-08-18', { claim: 'recycled-content', mineral: 'nickel', threshold: '0.060000' }, 'Art. 8(2)', 'ev'],
    ['2033-08-18', { claim: 'documented', document: 'recycled-content' }, 'Art. 8(1)', 'lmt'],
    ['2033-08-18', { claim: 'recycled-declared', mineral: 'cobalt' }, 'Art. 8(1)', 'lmt'],
    ['2036-08-18', { claim: 'recycled-content', mineral: 'cobalt', threshold: '0.260000' }, 'Art. 8(3)', 'lmt'],
  ])('%s: %o, %s, of %s', (date, like, citation, batteryCategory) => {
    const on = (days: number) =>
      verdictsOf(cell.ask(eu, 'x', shifted(date, days), { batteryCategory, ...indicated }), like, citation);
    expect(on(-1)).toEqual(['not-in-force']);
    for (const days of [0, 1]) {
      expect(on(days)).toHaveLength(1);
      expect(['holds', 'unproven', 'broken']).toContain(on(days)[0]);
    }
  });

  it.each<[string, Partial<ClaimLine>, string, BatteryCategory, string]>([
    ['2025-02-18', { claim: 'documented', document: 'carbon-footprint' }, 'point (a)', 'ev', 'acts of Art. 7(1)'],
    ['2026-02-18', { claim: 'documented', document: 'carbon-footprint' }, 'point (b)', 'industrial', 'Art. 7(1)'],
    ['2028-08-18', { claim: 'documented', document: 'carbon-footprint' }, 'point (c)', 'lmt', 'Art. 7(1)'],
    [
      '2030-08-18',
      { claim: 'documented', document: 'carbon-footprint' },
      'point (d)',
      'industrial-external-storage',
      'Art. 7(1)',
    ],
    ['2026-08-18', { claim: 'labelling' }, 'Art. 13(1)', 'ev', 'implementing act of Art. 13(10)'],
    ['2026-08-18', { claim: 'labelling' }, 'Art. 13(2)', 'portable', 'implementing act of Art. 13(10)'],
    [
      '2028-08-18',
      { claim: 'documented', document: 'recycled-content' },
      'Art. 8(1)',
      'ev',
      'delegated act of Art. 8(1)',
    ],
    ['2028-08-18', { claim: 'recycled-declared', mineral: 'lead' }, 'Art. 8(1)', 'sli', 'delegated act of Art. 8(1)'],
  ])('%s: %o, %s, of %s awaits an act', (date, like, citation, batteryCategory, act) => {
    const on = (days: number) =>
      linesOf(cell.ask(eu, 'x', shifted(date, days), { batteryCategory, ...indicated }), like, citation);
    expect(on(-1)).toMatchObject([{ verdict: 'not-in-force' }]);
    for (const days of [0, 1])
      expect(on(days)).toMatchObject([{ verdict: 'undetermined', act: expect.stringContaining(act) }]);
  });

  it.each<['cobalt' | 'lead' | 'lithium' | 'nickel', string, string]>([
    ['cobalt', '0.160000', '0.260000'],
    ['lead', '0.850000', '0.850000'],
    ['lithium', '0.060000', '0.120000'],
    ['nickel', '0.060000', '0.150000'],
  ])('Art. 8(3) takes the place of Art. 8(2) for %s on 2036-08-18', (mineral, before, after) => {
    const at = (days: number) =>
      linesOf(cell.ask(eu, 'x', shifted('2036-08-18', days), indicated), { claim: 'recycled-content', mineral });
    expect(at(-1)).toMatchObject([{ threshold: before, verdict: 'broken' }]);
    for (const days of [0, 1]) expect(at(days)).toMatchObject([{ threshold: after, verdict: 'broken' }]);
  });
});

describe('the duties of eu-battery-2023-1542 are laid on batteries', () => {
  const ev: Regulated = { kind: 'product', category: 'ev', placedOnMarket: day('2036-08-18') };
  const year: Regulated = { ...ev, kind: 'model-year-plant' };
  const asked = (about: Omit<Question, 'batchId' | 'validAt'>, at = '2037-01-01') => cell.ask(eu, 'x', at, about);
  const cobalt = { claim: 'recycled-content', mineral: 'cobalt' } as const;
  const mark = { claim: 'labelling' } as const;

  it('and not on ore: out of scope, and an indication on request', () => {
    const ore = mined({ cobalt: 1000 }, 'cobalt-ore');
    expect(ore.ask(eu, 'x', '2037-01-01').verdict).toBe('out-of-scope');
    const answer = ore.ask(eu, 'x', '2037-01-01', indicated);
    expect(linesOf(answer, cobalt)).toMatchObject([{ verdict: 'broken', indicative: true }]);
    expect(linesOf(answer, mark).filter(({ verdict }) => verdict !== 'out-of-scope')).toEqual([]);
  });

  it('labels on each battery, shares on what a plant makes of a model in a year', () => {
    expect(verdictsOf(asked({ regulated: ev }), cobalt)).toEqual(['out-of-scope']);
    expect(linesOf(asked({ regulated: year }), cobalt)[0]).not.toHaveProperty('indicative');
    expect(verdictsOf(asked({ regulated: year }), cobalt)).toEqual(['broken']);
    expect(verdictsOf(asked({ regulated: ev }), mark, 'Art. 13(4)')).toEqual(['unproven']);
    expect(verdictsOf(asked({ regulated: year }), mark, 'Art. 13(4)')).toEqual(['out-of-scope']);
  });

  it('by the law of the day on which it was placed on the market', () => {
    const placed = (on: string, more = {}) =>
      linesOf(asked({ regulated: { ...year, placedOnMarket: day(on) }, ...more }), cobalt);
    expect(placed('2031-08-17')).toMatchObject([{ verdict: 'not-in-force' }]);
    expect(placed('2036-08-17')).toMatchObject([{ threshold: '0.160000', verdict: 'broken' }]);
    expect(placed('2036-08-18')).toMatchObject([{ threshold: '0.260000', verdict: 'broken' }]);
    expect(placed('2036-08-18', { rulesAt: day('2031-08-18') })).toMatchObject([{ threshold: '0.160000' }]);
    expect(asked({ regulated: { ...year, placedOnMarket: day('2036-08-17') } }).standsUntil).toBeUndefined();
  });

  it('not in a second life (Art. 8(4)), and not on industrial ones up to 2 kWh', () => {
    const of = (more: Partial<Regulated>) => verdictsOf(asked({ regulated: { ...year, ...more } }), cobalt);
    expect(of({ secondLife: true })).toEqual(['out-of-scope']);
    expect(of({ category: 'industrial', capacityWh: 2000 })).toEqual(['out-of-scope']);
    expect(of({ category: 'industrial', capacityWh: 2001 })).toEqual(['broken']);
    expect(of({ category: 'industrial' })).toEqual(['broken']);
    expect(of({ category: 'industrial-external-storage' })).toEqual(['out-of-scope']);
    expect(of({ category: 'ev', capacityWh: 1500 })).toEqual(['broken']);
    expect(of({ category: 'portable' })).toEqual(['out-of-scope']);
  });

  it('a category or a day that the query chooses is a supposition, marked as one', () => {
    const other = asked({ regulated: year, batteryCategory: 'lmt' });
    expect(other.whatIf).toEqual({ batteryCategory: 'lmt' });
    expect(linesOf(other, cobalt)).toMatchObject([{ verdict: 'broken', indicative: true }]);
    const placed = { ...year, placedOnMarket: day('2036-08-18') };
    const earlier = asked({ regulated: placed, rulesAt: day('2031-08-18') });
    expect(earlier.whatIf).toEqual({ rulesAt: day('2031-08-18') });
    expect(linesOf(earlier, cobalt)).toMatchObject([{ verdict: 'broken', threshold: '0.160000', indicative: true }]);
    for (const same of [{}, { batteryCategory: year.category }, { rulesAt: day('2036-08-18') }]) {
      const answer = asked({ regulated: placed, ...same });
      expect(answer).not.toHaveProperty('whatIf');
      expect(linesOf(answer, cobalt)[0]).not.toHaveProperty('indicative');
    }
  });

  it('a category that the query chooses lays no duty on matter', () => {
    expect(verdictsOf(asked({ batteryCategory: 'ev' }), cobalt)).toEqual(['out-of-scope']);
    expect(linesOf(asked({ batteryCategory: 'ev', ...indicated }), cobalt)).toMatchObject([
      { verdict: 'broken', indicative: true },
    ]);
  });

  it('names no threshold for graphite and manganese', () => {
    const lines = linesOf(mined({ graphite: 10, manganese: 10 }).ask(eu, 'x', '2037-01-01', indicated), {
      claim: 'recycled-content',
    });
    expect(new Set(lines.map(({ verdict }) => verdict))).toEqual(new Set(['out-of-scope']));
    expect(lines.map(({ mineral }) => mineral)).toEqual(expect.arrayContaining(['graphite', 'manganese']));
  });
});

describe('a product', () => {
  const battery = (category: string, date?: string): ChainWriter => {
    const writer = new ChainWriter();
    writer.open('plant', 'DE');
    writer.register('2022-01-01', 'plant', 'cells', 1000, { cobalt: 100 });
    const assembled = {
      productId: 'pack',
      kind: 'battery',
      model: 'm',
      category,
      inputs: [{ batchId: 'cells', grossGrams: 1000 }],
    };
    writer.write('site-plant', 'ProductAssembled', '2024-01-01', { ...assembled, products: [] });
    if (date !== undefined)
      writer.write('site-plant', 'ProductPlacedOnMarket', '2025-10-01', { productId: 'pack', date, country: 'DE' });
    return writer;
  };
  const marks = (writer: ChainWriter, more = {}) => {
    const answer = writer.ask(eu, 'pack', '2027-03-01', more);
    return { rulesAt: answer.rulesAt.slice(0, 10), lines: linesOf(answer, { claim: 'labelling' }) };
  };

  it('is judged as one, under the law of the day on which it was placed on the market', () => {
    const placed = marks(battery('ev', '2025-08-17'));
    expect(placed.rulesAt).toBe('2025-08-17');
    expect(placed.lines.map(({ verdict }) => verdict)).not.toContain('unproven');
    const later = marks(battery('ev', '2025-08-18'));
    expect(later.lines.filter(({ verdict }) => verdict === 'unproven')).toHaveLength(1);
    expect(later.lines.filter((line) => 'indicative' in line)).toEqual([]);
    expect(marks(battery('ev')).rulesAt).toBe('2027-03-01');
    expect(marks(battery('ev', '2025-08-17'), { rulesAt: day('2025-08-18') }).rulesAt).toBe('2025-08-18');
  });

  it('has the duties of its category: another one makes an indication', () => {
    const passport = { claim: 'documented', document: 'battery-passport' } as const;
    const of = (category: string, more = {}) =>
      linesOf(battery(category).ask(eu, 'pack', '2027-03-01', more), passport);
    expect(of('ev')).toMatchObject([{ verdict: 'unproven' }]);
    expect(of('ev')[0]).not.toHaveProperty('indicative');
    expect(of('sli')).toMatchObject([{ verdict: 'out-of-scope' }]);
    expect(of('sli', { batteryCategory: 'ev' })).toMatchObject([{ verdict: 'unproven', indicative: true }]);
  });
});

describe('a document of a product', () => {
  const passport = { claim: 'documented', document: 'battery-passport' } as const;
  const documents = [{ sha256: 'a'.repeat(64), kind: 'battery-passport' }];
  const packs = { kind: 'battery', model: 'm', category: 'ev', products: [], documents };
  const inputs = [{ batchId: 'cells', grossGrams: 500 }];
  it.each([
    ['its assembly', 'ProductAssembled', { ...packs, productId: 'pack', inputs }],
    ['the assembly of its run', 'ProductsAssembled', { ...packs, runId: 'run', productIds: ['other', 'pack'], inputs }],
    [
      'its placing on the market',
      'ProductPlacedOnMarket',
      { productId: 'pack', date: '2027-03-01', country: 'DE', documents },
    ],
  ])('counts that is recorded with %s', (_, type, data) => {
    const writer = new ChainWriter();
    writer.open('plant', 'DE');
    writer.register('2022-01-01', 'plant', 'cells', 1000, { cobalt: 100 });
    const { documents: _none, ...bare } = packs;
    if (type === 'ProductPlacedOnMarket')
      writer.write('site-plant', 'ProductAssembled', '2024-01-01', { ...bare, productId: 'pack', inputs });
    writer.write('site-plant', type, '2027-03-01', data);
    expect(verdictsOf(writer.ask(eu, 'pack', '2027-04-01'), passport)).toEqual(['holds']);
  });
});

describe('Art. 13 asks for a mark in each paragraph', () => {
  /** As if every awaited act had been adopted. */
  const rules = eu.rules.map((rule) => ({ ...rule }));
  for (const rule of rules) delete rule.awaits;
  const adopted = { ...eu, rules };
  const paragraphs = ['13-1', '13-2', '13-4', '13-5', '13-6'];
  const markedBy = (only: string): string[] => {
    const battery = mined({ lead: 1 }, 'battery');
    battery.label('2024-01-01', 'site', 'x', 'l', `eu-2023-1542-art-${only}`, only === '13-6' ? 'qr' : 'print');
    const answer = battery.ask(adopted, 'x', '2027-03-01', { batteryCategory: 'sli', ...indicated });
    return paragraphs.filter((each) => {
      const cited = `Art. 13(${each.slice(3)})`;
      return verdictsOf(answer, { claim: 'labelling' }, cited).includes('holds');
    });
  };

  it.each(paragraphs)('and the one of %s stands for no other', (paragraph) => {
    expect(markedBy(paragraph)).toEqual([paragraph]);
  });

  it('the QR code as a QR code, and the symbol of lead on batteries that contain lead', () => {
    const battery = mined({ cobalt: 1 }, 'battery');
    battery.label('2024-01-01', 'site', 'x', 'l', 'eu-2023-1542-art-13-6', 'print');
    const answer = battery.ask(eu, 'x', '2027-03-01', indicated);
    expect(verdictsOf(answer, { claim: 'labelling' }, 'Art. 13(6)')).toEqual(['broken']);
    expect(verdictsOf(answer, { claim: 'labelling' }, 'Art. 13(5)')).toEqual(['out-of-scope']);
  });
});

describe('documents that the law asks for', () => {
  it('are there or missing; withheld ones show nothing', () => {
    const passport = (documents: unknown) => {
      const battery = mined({ cobalt: 1 }, 'battery');
      const label = { batchId: 'x', labelId: 'l', standard: 'eu-2023-1542-art-13-6', carrier: 'qr', value: 'l' };
      battery.write('site-site', 'BatchLabelled', '2026-01-01', { ...label, documents });
      return battery.ask(eu, 'x', '2027-03-01', indicated);
    };
    const sha256 = '0'.repeat(64);
    const like = { claim: 'documented', document: 'battery-passport' } as const;
    expect(verdictsOf(passport([{ sha256, kind: 'battery-passport' }]), like)).toEqual(['holds']);
    const missing = passport([{ sha256, kind: 'carbon-footprint' }, { sha256 }]);
    expect(verdictsOf(missing, like)).toEqual(['unproven']);
    expect(missing.reasons).toContainEqual(
      expect.objectContaining({ ...like, because: 'document-not-recorded', batchId: 'x' }),
    );
  });
});

describe('Art. 48 speaks of the raw materials of Annex X', () => {
  const right = 'child-labour' as const;
  const verdictOf = (writer: ChainWriter) => verdictsOf(writer.ask(eu, 'x', '2028-01-01', indicated), { right });
  const graphite = (material: string, kind: 'extracted' | 'undocumented') => {
    const writer = new ChainWriter();
    writer.open('site', 'JP');
    writer.register('2022-01-01', 'site', 'feed', 1000, { graphite: 900 }, { material, origin: { kind } });
    writer.transform('2022-02-01', 'site', { feed: 1000 }, { x: [900, { graphite: 890 }] });
    return writer;
  };

  it('cobalt, lithium, nickel, and graphite that is not known to be synthetic', () => {
    expect(verdictOf(mined({ manganese: 1 }))).toEqual(['out-of-scope']);
    expect(verdictOf(mined({ nickel: 1 }))).toEqual(['unproven']);
    expect(verdictOf(graphite('graphite-concentrate', 'extracted'))).toEqual(['unproven']);
    expect(verdictOf(graphite('graphite-concentrate', 'undocumented'))).toEqual(['unproven']);
    expect(verdictOf(graphite('synthetic-graphite', 'undocumented'))).toEqual(['out-of-scope']);
  });

  it('mined graphite called synthetic stays natural, and so does a blend', () => {
    expect(verdictOf(graphite('synthetic-graphite', 'extracted'))).toEqual(['unproven']);
    const blend = graphite('synthetic-graphite', 'undocumented');
    blend.register('2022-03-01', 'site', 'flake', 100, { graphite: 90 }, { material: 'graphite-ore' });
    blend.transform('2022-04-01', 'site', { x: 900, flake: 100 }, { y: [1000, { graphite: 980 }] });
    expect(verdictsOf(blend.ask(eu, 'y', '2028-01-01', indicated), { right })).toEqual(['unproven']);
  });
});

it('is not in force before its first rule', () => {
  const answer = mined({ graphite: 1 }, 'battery').ask(eu, 'x', '2025-02-17', indicated);
  expect(answer).toMatchObject({ verdict: 'not-in-force', reasons: [], standsUntil: day('2025-02-18') });
});
