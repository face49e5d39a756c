import { describe, expect, it } from '@jest/globals';
import { type Origin } from '#custody';
import { ISO_14021 } from './counted-content.js';
import { ChainWriter } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';

const AT = '2026-01-01';
const MINED: Origin = { kind: 'extracted' };
const RECYCLED: Origin = { kind: 'end-of-life' };
const UNDOCUMENTED: Origin = { kind: 'undocumented' };

/** A batch `x` of so many grams of cobalt of each origin; registrations are e1, e2 … in the order given. */
function blend(parts: [grams: number, origin: Origin, siteId?: string][]): ChainWriter {
  const chain = new ChainWriter();
  chain.open('jp', 'JP');
  parts.forEach(([grams, origin], index) => {
    chain.register('2025-01-01', 'jp', `in${index}`, grams * 2, { cobalt: grams }, { origin });
  });
  const total = parts.reduce((sum, [grams]) => sum + grams, 0);
  const inputs = Object.fromEntries(parts.map(([grams], index) => [`in${index}`, grams * 2]));
  chain.transform('2025-02-01', 'jp', inputs, { x: [total * 2, { cobalt: total }] });
  return chain;
}

describe('recycled-content', () => {
  const programme = programmeWith({
    claim: 'recycled-content',
    thresholds: { cobalt: '0.16' },
    noThreshold: ['graphite'],
    counts: ISO_14021,
  });

  it('holds at the threshold exactly, whatever is undeclared', () => {
    const { claims, reasons, verdict } = blend([
      [840, UNDOCUMENTED],
      [160, RECYCLED],
    ]).ask(programme, 'x', AT);
    expect(verdict).toBe('holds');
    expect(reasons).toEqual([]);
    expect(claims[0]).toEqual({
      claim: 'recycled-content',
      mineral: 'cobalt',
      verdict: 'holds',
      citation: 'Test',
      lower: '0.160000',
      upper: '1.000000',
      threshold: '0.160000',
      recycledMilligrams: 160_000,
      undeclaredMilligrams: 840_000,
      totalMilligrams: 1_000_000,
      recycledGrams: 160,
      undeclaredGrams: 840,
      totalGrams: 1000,
    });
  });

  it('is broken a gram below, even if all undeclared were recycled', () => {
    const { verdict, claims, reasons } = blend([
      [100, MINED],
      [741, MINED],
      [59, UNDOCUMENTED],
      [100, RECYCLED],
    ]).ask(programme, 'x', AT);
    expect(verdict).toBe('broken');
    expect(claims[0]).toMatchObject({ lower: '0.100000', upper: '0.159000' });
    expect(reasons).toEqual([
      {
        claim: 'recycled-content',
        mineral: 'cobalt',
        verdict: 'broken',
        because: 'share-below-threshold',
        batchId: 'x',
        siteId: 'jp',
        eventIds: ['e2'],
      },
    ]);
  });

  it('is unproven in between, for the fewest undeclared sources', () => {
    const { verdict, reasons } = blend([
      [40, UNDOCUMENTED],
      [790, MINED],
      [50, UNDOCUMENTED],
      [20, UNDOCUMENTED],
      [100, RECYCLED],
    ]).ask(programme, 'x', AT);
    expect(verdict).toBe('unproven');
    expect(reasons).toMatchObject([{ because: 'share-undecided', eventIds: ['e1', 'e3'] }]);
  });

  it('is unproven for what an assay found without an origin', () => {
    const chain = blend([
      [850, MINED],
      [150, RECYCLED],
    ]);
    const assay = chain.assay('2025-03-01', 'jp', 'x', { cobalt: 1100 });
    expect(chain.ask(programme, 'x', AT).reasons).toMatchObject([{ because: 'share-undecided', eventIds: [assay.id] }]);
  });

  it('is unproven when nothing is known of the content', () => {
    const chain = new ChainWriter();
    chain.open('jp');
    const registered = chain.register('2025-01-01', 'jp', 'x', 10, {});
    expect(chain.ask(programme, 'x', AT)).toMatchObject({
      verdict: 'unproven',
      reasons: [{ because: 'content-unknown', eventIds: [registered.id] }],
    });
  });

  it('is out of scope without the mineral, and for minerals without a threshold', () => {
    const chain = new ChainWriter();
    chain.open('jp');
    chain.register('2025-01-01', 'jp', 'x', 10, { graphite: 9 });
    const { verdict, claims } = chain.ask(programme, 'x', AT);
    expect([verdict, ...claims.map((claim) => claim.verdict)]).toEqual([
      'out-of-scope',
      'out-of-scope',
      'out-of-scope',
    ]);
  });
});

describe('recycled-declared', () => {
  const programme = programmeWith({ claim: 'recycled-declared', minerals: ['cobalt'], counts: ISO_14021 });
  const declaring = (...shares: string[]) => {
    const chain = blend([
      [600, MINED],
      [100, UNDOCUMENTED],
      [300, RECYCLED],
    ]);
    const events = shares.map((share) => chain.declare('2025-03-01', 'jp', 'x', 'cobalt', share));
    return { ...chain.ask(programme, 'x', AT), last: events.at(-1)?.id };
  };

  it('holds up to the lower bound', () => {
    expect(declaring('0.3')).toMatchObject({
      verdict: 'holds',
      claims: [{ lower: '0.300000', threshold: '0.300000' }],
    });
  });

  it('is unproven up to the upper bound, broken beyond: the last declaration counts', () => {
    const between = declaring('0.9', '0.300001');
    expect(between.reasons).toMatchObject([
      { verdict: 'unproven', because: 'declared-undecided', eventIds: [between.last] },
    ]);
    expect(declaring('0.4').verdict).toBe('unproven');
    const above = declaring('0.1', '0.400001');
    expect(above.reasons).toMatchObject([
      { verdict: 'broken', because: 'declared-above-derived', eventIds: [above.last] },
    ]);
  });

  it('is unproven without a declaration', () => {
    expect(declaring()).toMatchObject({ verdict: 'unproven', reasons: [{ because: 'declared-undecided' }] });
  });
});

describe('origin', () => {
  const programme = programmeWith({
    claim: 'origin',
    minerals: ['cobalt', 'nickel'],
    countries: ['US', 'JP', 'AU'],
    recycledCountries: ['US'],
    threshold: '0.5',
  });
  const from = (country: string): Origin => ({ kind: 'extracted', country });

  it('holds at the threshold, the minerals counted together', () => {
    const chain = new ChainWriter();
    chain.open('jp', 'JP');
    chain.register('2025-01-01', 'jp', 'x', 100, { cobalt: 10, nickel: 10, lithium: 70 }, { origin: from('AU') });
    expect(chain.ask(programme, 'x', AT)).toMatchObject({
      verdict: 'holds',
      claims: [{ lower: '1.000000', totalGrams: 20 }],
    });
    expect(
      blend([
        [500, from('AU')],
        [500, from('CD')],
      ]).ask(programme, 'x', AT).verdict,
    ).toBe('holds');
  });

  it('is unproven while the undeclared decide, broken below it, for the fewest foreign sources', () => {
    const { verdict, reasons } = blend([
      [400, from('AU')],
      [100, UNDOCUMENTED],
      [99, from('CD')],
      [401, from('CN')],
    ]).ask(programme, 'x', AT);
    expect(verdict).toBe('unproven');
    expect(reasons).toMatchObject([{ because: 'country-undecided', eventIds: ['e2'] }]);
    const below = blend([
      [400, from('AU')],
      [99, UNDOCUMENTED],
      [99, from('CD')],
      [402, from('CN')],
    ]).ask(programme, 'x', AT);
    expect(below.reasons).toMatchObject([
      { verdict: 'broken', because: 'country-share-below-threshold', eventIds: ['e4'] },
    ]);
  });

  it('counts recycled content by where it was recycled; where it was mined nobody knows', () => {
    const recycledIn = (country: string): string => {
      const chain = new ChainWriter();
      chain.open('toll', country);
      chain.register('2025-01-01', 'toll', 'cells', 100, { cobalt: 10 }, { origin: RECYCLED });
      chain.transform('2025-02-01', 'toll', { cells: 100 }, { x: [100, { cobalt: 10 }] }, { process: 'recycling' });
      return chain.ask(programme, 'x', AT).verdict;
    };
    expect(recycledIn('US')).toBe('holds');
    expect(recycledIn('JP')).toBe('unproven');
    expect(blend([[1000, RECYCLED]]).ask(programme, 'x', AT).verdict).toBe('unproven');
    expect(blend([[1000, MINED]]).ask(programme, 'x', AT).verdict).toBe('holds');
  });

  it('is out of scope without any of the minerals', () => {
    const chain = new ChainWriter();
    chain.open('jp');
    chain.register('2025-01-01', 'jp', 'x', 10, { lithium: 1 });
    expect(chain.ask(programme, 'x', AT).verdict).toBe('out-of-scope');
  });
});
