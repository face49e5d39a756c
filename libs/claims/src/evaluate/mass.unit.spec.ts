import { describe, expect, it } from '@jest/globals';
import { type ContentGrams, type CustodyModel, type Origin } from '#custody';
import { ChainWriter } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';

const AT = '2026-01-01';

describe('mass-balance', () => {
  const programme = programmeWith({ claim: 'mass-balance' });
  const refined = (gross: number, cobalt: number, reagentGrams = 0) => {
    const writer = new ChainWriter();
    writer.open('mine');
    writer.open('plant');
    const ore = writer.register('2025-01-01', 'mine', 'ore', 10_000, { cobalt: 1000 });
    const made = writer.transform('2025-02-01', 'mine', { ore: 10_000 }, { x: [gross, { cobalt }] }, { reagentGrams });
    return { writer, ore, made };
  };

  it.each([
    ['holds', 10_000, 1005, 0],
    ['broken', 10_000, 1006, 0],
    ['broken', 10_001, 1000, 0],
    ['holds', 10_500, 1000, 500],
    ['broken', 10_501, 1000, 500],
  ])('%s with %s g gross, %s g cobalt out, %s g reagents', (verdict, gross, cobalt, reagents) => {
    const { writer, made } = refined(gross, cobalt, reagents);
    const answer = writer.ask(programme, 'x', AT);
    expect(answer.verdict).toBe(verdict);
    if (verdict === 'broken')
      expect(answer.reasons).toMatchObject([{ because: 'mass-not-conserved', siteId: 'mine', eventIds: [made.id] }]);
  });

  it.each([
    ['holds', 10_050],
    ['broken', 10_051],
  ])('%s for a receipt of %s g of 10,000 g dispatched', (verdict, gross) => {
    const { writer } = refined(10_000, 1000);
    writer.dispatch('2025-03-01', 'mine', 'plant', 'x');
    const receipt = writer.receive('2025-03-02', 'plant', 'mine', 'x', gross);
    const answer = writer.ask(programme, 'x', AT);
    expect(answer.verdict).toBe(verdict);
    if (verdict === 'broken')
      expect(answer.reasons).toMatchObject([{ because: 'mass-not-conserved', eventIds: [receipt.id] }]);
  });

  it('is broken downstream of a correction that leaves less than was used, by the one event that explains it', () => {
    const { writer, ore } = refined(10_000, 1000);
    writer.transform('2025-02-02', 'mine', { x: 5000 }, { y: [5000, { cobalt: 500 }] });
    writer.transform('2025-02-03', 'mine', { x: 5000 }, { z: [5000, { cobalt: 500 }] });
    expect(writer.ask(programme, 'z', AT).verdict).toBe('holds');
    writer.correct('2025-06-01', ore, { grossGrams: 100, contentGrams: { cobalt: 10 } });
    for (const batchId of ['x', 'y', 'z']) expect(writer.ask(programme, batchId, AT).verdict).toBe('broken');
    const direct = new ChainWriter();
    direct.open('mine');
    const source = direct.register('2025-01-01', 'mine', 'ore', 100, { cobalt: 50 });
    direct.transform('2025-02-01', 'mine', { ore: 100 }, { a: [100, { cobalt: 50 }] });
    direct.transform('2025-02-02', 'mine', { ore: 100, a: 50 }, { b: [150, { cobalt: 75 }] });
    direct.transform('2025-02-03', 'mine', { ore: 100, b: 150 }, { c: [250, { cobalt: 125 }] });
    expect(direct.ask(programme, 'c', AT).reasons).toMatchObject([
      { verdict: 'broken', because: 'overdrawn', eventIds: [source.id] },
    ]);
  });

  describe('of what assays find', () => {
    it.each([
      ['holds', 1000, 1005],
      ['broken', 1000, 1006],
      ['holds', 10, 11],
      ['broken', 10, 12],
      ['holds', 0, 1],
      ['broken', 0, 100_000],
    ])('%s: derived %s g of cobalt, found %s g', (verdict, derived, found) => {
      const { writer } = refined(200_000, derived, 190_000);
      const assay = writer.assay('2025-03-01', 'mine', 'x', { cobalt: found });
      const answer = writer.ask(programme, 'x', AT);
      expect(answer.verdict).toBe(verdict);
      if (verdict === 'broken')
        expect(answer.reasons).toMatchObject([{ because: 'mass-not-conserved', batchId: 'x', eventIds: [assay.id] }]);
    });

    it('is judged by the last one, for all that was made of it afterwards', () => {
      const { writer } = refined(10_000, 1000);
      writer.assay('2025-03-01', 'mine', 'x', { cobalt: 2000 });
      const right = writer.assay('2025-03-02', 'mine', 'x', { cobalt: 1000 });
      expect(writer.ask(programme, 'x', AT).verdict).toBe('holds');
      const early = writer.ask(programme, 'x', '2025-03-01T12:00:00.000Z');
      expect(early.reasons).toMatchObject([{ because: 'mass-not-conserved' }]);
      writer.transform('2025-04-01', 'mine', { x: 5000 }, { made: [5000, { cobalt: 500 }] });
      writer.assay('2025-05-01', 'mine', 'x', { cobalt: 900 });
      expect(writer.ask(programme, 'made', AT).verdict).toBe('holds');
      expect(writer.ask(programme, 'x', AT).reasons).toMatchObject([{ because: 'mass-not-conserved' }]);
      writer.correct('2025-06-01', right, { contentGrams: { cobalt: 1100 } });
      expect(writer.ask(programme, 'made', AT).reasons).toMatchObject([{ eventIds: [right.id] }]);
    });

    it('leaves a registered batch alone: what is found in it is its own', () => {
      const { writer } = refined(10_000, 1000);
      writer.register('2025-01-01', 'mine', 'weighed', 100, {});
      writer.assay('2025-03-01', 'mine', 'weighed', { cobalt: 10 });
      writer.assay('2025-03-02', 'mine', 'weighed', { cobalt: 90 });
      expect(writer.ask(programme, 'weighed', AT).verdict).toBe('holds');
    });
  });

  it('is unproven with an input of unknown content, and broken beyond what that weighs', () => {
    const writer = new ChainWriter();
    writer.open('mine');
    const ore = writer.register('2025-01-01', 'mine', 'ore', 100, {});
    writer.register('2025-01-01', 'mine', 'other', 400, { cobalt: 100 });
    writer.transform('2025-02-01', 'mine', { ore: 100, other: 200 }, { x: [300, { cobalt: 150 }] });
    expect(writer.ask(programme, 'x', AT).reasons).toMatchObject([
      { verdict: 'unproven', because: 'content-unknown', batchId: 'ore', eventIds: [ore.id] },
    ]);
    const made = writer.transform('2025-02-01', 'mine', { other: 200 }, { y: [200, { cobalt: 151 }] });
    expect(writer.ask(programme, 'y', AT).reasons).toMatchObject([{ verdict: 'broken', eventIds: [made.id] }]);
  });
});

describe('chain-of-custody', () => {
  const programme = programmeWith({ claim: 'chain-of-custody' });
  const MINED: Origin = { kind: 'extracted' };
  const RECYCLED: Origin = { kind: 'end-of-life' };
  const UNKNOWN: Origin = { kind: 'undocumented' };

  it.each<[string, CustodyModel, [string, Origin][], string | null]>([
    [
      'holds',
      'identity-preserved',
      [
        ['a', MINED],
        ['a', RECYCLED],
      ],
      null,
    ],
    [
      'broken',
      'identity-preserved',
      [
        ['a', MINED],
        ['b', MINED],
      ],
      'custody-model-mixed',
    ],
    [
      'unproven',
      'identity-preserved',
      [
        ['a', MINED],
        ['a', UNKNOWN],
      ],
      'custody-model-undecided',
    ],
    [
      'holds',
      'segregated',
      [
        ['a', MINED],
        ['b', MINED],
      ],
      null,
    ],
    [
      'holds',
      'segregated',
      [
        ['a', RECYCLED],
        ['b', RECYCLED],
      ],
      null,
    ],
    [
      'broken',
      'segregated',
      [
        ['a', MINED],
        ['a', RECYCLED],
        ['a', UNKNOWN],
      ],
      'custody-model-mixed',
    ],
    [
      'broken',
      'segregated',
      [
        ['a', MINED],
        ['a', UNKNOWN],
      ],
      'custody-model-mixed',
    ],
    [
      'holds',
      'controlled-blending',
      [
        ['a', MINED],
        ['b', RECYCLED],
      ],
      null,
    ],
    [
      'unproven',
      'controlled-blending',
      [
        ['a', MINED],
        ['b', RECYCLED],
        ['b', UNKNOWN],
      ],
      'custody-model-undecided',
    ],
  ])('%s of %s with inputs %j', (verdict, model, origins, because) => {
    const writer = new ChainWriter();
    writer.open('a');
    writer.open('b');
    writer.open('blender');
    const inputs: Record<string, number> = {};
    origins.forEach(([siteId, origin], index) => {
      writer.register('2025-01-01', siteId, `in${index}`, 10, { cobalt: 5 }, { origin });
      writer.dispatch('2025-01-02', siteId, 'blender', `in${index}`);
      writer.receive('2025-01-03', 'blender', siteId, `in${index}`, 10);
      inputs[`in${index}`] = 10;
    });
    const made = writer.transform('2025-02-01', 'blender', inputs, { x: [10, { cobalt: 5 }] }, { model });
    writer.split('2025-02-02', 'blender', 'x', { y: 9 });
    const answer = writer.ask(programme, 'y', AT);
    expect(answer.verdict).toBe(verdict);
    expect(answer.reasons).toMatchObject(because === null ? [] : [{ because, siteId: 'blender', eventIds: [made.id] }]);
  });

  it.each<[ContentGrams, ContentGrams, CustodyModel, string]>([
    [{ cobalt: 5 }, { lithium: 5 }, 'segregated', 'holds'],
    [{ cobalt: 5 }, { cobalt: 1, lithium: 5 }, 'segregated', 'broken'],
    [{ cobalt: 5 }, {}, 'segregated', 'unproven'],
    [{ cobalt: 5 }, {}, 'controlled-blending', 'unproven'],
  ])('is judged mineral by mineral: %j mined, %j recycled, %s', (mined, recycled, model, verdict) => {
    const writer = new ChainWriter();
    writer.open('a');
    writer.register('2025-01-01', 'a', 'mined', 10, mined, { origin: MINED });
    writer.register('2025-01-01', 'a', 'recycled', 10, recycled, { origin: RECYCLED });
    writer.transform('2025-02-01', 'a', { mined: 10, recycled: 10 }, { x: [20, mined] }, { model });
    expect(writer.ask(programme, 'x', AT).verdict).toBe(verdict);
  });
});
