/** The rules of `docs/claims.md` worked by hand. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ContentGrams } from '#custody';
import { buildGraph, createGraph, foldEvent, touchedBy } from './fold.js';
import { type BatchNode, type GraphEvent } from './graph.types.js';
import { LedgerWriter, markOf, timeOf } from './testing/ledger-writer.js';

let ledger: LedgerWriter;
beforeEach(() => {
  ledger = new LedgerWriter();
  ledger.open('mine', 'diggers', 'AU');
  ledger.open('works', 'refiners', 'JP');
  ledger.open('yard', 'recyclers', 'US');
});

function batch(batchId: string, validAt?: string): BatchNode {
  const graph = buildGraph(ledger.events, validAt === undefined ? {} : { validAt });
  const node = graph.batches.get(batchId);
  if (node === undefined) throw new Error(`no ${batchId}`);
  return node;
}
const transformation = (transformationId: string) => buildGraph(ledger.events).transformations.get(transformationId);

describe('registration', () => {
  it('of extracted ore: primary, of the country named or else the site’s', () => {
    ledger.register('mine', 'ore', 100, { cobalt: 7, nickel: 3 });
    expect(batch('ore')).toMatchObject({
      status: 'at-site',
      siteId: 'mine',
      grossGrams: 100,
      contentKnown: true,
      composition: { cobalt: { 'AU/primary': 7_000 }, nickel: { 'AU/primary': 3_000 } },
      originSites: ['mine'],
      originUnknown: false,
      parents: [],
    });
    ledger.write('works', 'BatchRegistered', {
      batchId: 'bought',
      material: 'polymetallic-ore',
      grossGrams: 10,
      contentGrams: { cobalt: 7 },
      origin: { kind: 'extracted', country: 'CD' },
    });
    expect(batch('bought').composition).toEqual({ cobalt: { 'CD/primary': 7_000 } });
  });

  it('of collected goods: post-consumer of unknown country, recycled by nobody yet; of undocumented ones: undeclared', () => {
    ledger.register('yard', 'cells', 100, { lithium: 4 }, 'end-of-life');
    ledger.register('yard', 'heap', 100, { lithium: 4 }, 'undocumented');
    expect(batch('cells').composition).toEqual({ lithium: { 'ZZ/post-consumer': 4_000 } });
    expect(batch('heap')).toMatchObject({ composition: { lithium: { 'ZZ/undeclared': 4_000 } }, originUnknown: true });
  });

  it('without content: unknown, which is not the same as none', () => {
    ledger.register('mine', 'unknown', 100, {});
    ledger.register('mine', 'barren', 100, { cobalt: 0 });
    expect(batch('unknown')).toMatchObject({ contentKnown: false, composition: {} });
    expect(batch('barren')).toMatchObject({ contentKnown: true, composition: {} });
  });
});

describe('a use', () => {
  it('takes the floor of each mineral; the rest stays, and goes with the last gram', () => {
    ledger.register('mine', 'ore', 10, { cobalt: 7, nickel: 1 });
    const first = ledger.write('mine', 'BatchConsumed', { batchId: 'ore', grossGrams: 3, productId: 'magnet' });
    // floor(7 × 3 ÷ 10) = 2 of cobalt, floor(1 × 3 ÷ 10) = 0 of nickel.
    expect(batch('ore')).toMatchObject({
      grossGrams: 7,
      composition: { cobalt: { 'AU/primary': 5_000 }, nickel: { 'AU/primary': 1_000 } },
      uses: [{ ...markOf(first), kind: 'consumption', siteId: 'mine', grossGrams: 3, to: [] }],
    });
    const last = ledger.write('mine', 'BatchDisposed', { batchId: 'ore', grossGrams: 7, reason: 'wet' });
    const spent = batch('ore');
    expect(spent).toMatchObject({ status: 'spent', grossGrams: 0, composition: {}, anomalies: [] });
    expect(spent.siteId).toBeUndefined();
    expect(spent.stays.at(-1)?.departed).toEqual({ ...markOf(last), how: 'disposal' });
  });

  it('splits part by part, in the order given, and keeps what is not split off', () => {
    ledger.register('mine', 'ore', 10, { cobalt: 7 });
    const split = ledger.split('mine', 'ore', [
      ['a', 5],
      ['b', 4],
    ]);
    // a: floor(7 × 5 ÷ 10) = 3 of 7; b: floor(4 × 4 ÷ 5) = 3 of the 4 left; 1 stays.
    expect(batch('a')).toMatchObject({
      grossGrams: 5,
      composition: { cobalt: { 'AU/primary': 3_000 } },
      parents: ['ore'],
    });
    expect(batch('b').composition).toEqual({ cobalt: { 'AU/primary': 3_000 } });
    expect(batch('ore')).toMatchObject({
      grossGrams: 1,
      status: 'at-site',
      composition: { cobalt: { 'AU/primary': 1_000 } },
    });
    expect(batch('ore').uses).toEqual([
      { ...markOf(split), kind: 'split', siteId: 'mine', grossGrams: 9, to: ['a', 'b'] },
    ]);
    expect(batch('a').bornBy).toEqual({ ...markOf(split), kind: 'split', siteId: 'mine', grossGrams: 5 });
  });
});

describe('a transformation', () => {
  it('pools, shares out output by output, and records what it lost', () => {
    ledger.register('works', 'jp', 100, { cobalt: 10 });
    ledger.register('works', 'eol', 100, { cobalt: 5 }, 'end-of-life');
    const made = ledger.transform(
      'works',
      'refining',
      [
        ['jp', 100],
        ['eol', 50],
      ],
      [
        ['first', 60, { cobalt: 7 }],
        ['second', 40, { cobalt: 4 }],
      ],
    );
    // Pool: 10 g primary + floor(5 × 50 ÷ 100) = 2 g post-consumer. First: 7 × 10/12 = 5.8333…, 7 × 2/12 = 1.1666… g.
    // Left 4.167 + 0.833; second: 4 × 4.167/5 = 3.3336, 4 × 0.833/5 = 0.6664 g. Left 0.833 + 0.167: the loss.
    expect(batch('first').composition).toEqual({ cobalt: { 'JP/primary': 5_833, 'ZZ/post-consumer': 1_167 } });
    expect(batch('second').composition).toEqual({ cobalt: { 'JP/primary': 3_334, 'ZZ/post-consumer': 666 } });
    expect(batch('eol').composition).toEqual({ cobalt: { 'ZZ/post-consumer': 3_000 } });
    expect(transformation('t5')).toEqual({
      ...markOf(made),
      transformationId: 't5',
      siteId: 'works',
      process: 'refining',
      chainOfCustody: 'controlled-blending',
      reagentGrams: 0,
      inputs: [
        {
          batchId: 'jp',
          grossGrams: 100,
          takenGrams: 100,
          contentKnown: true,
          contentGrams: { cobalt: 10 },
          primary: ['cobalt'],
          recycled: [],
          undeclared: [],
          originSites: ['works'],
          originUnknown: false,
        },
        {
          batchId: 'eol',
          grossGrams: 50,
          takenGrams: 50,
          contentKnown: true,
          contentGrams: { cobalt: 2 },
          primary: [],
          recycled: ['cobalt'],
          undeclared: [],
          originSites: ['works'],
          originUnknown: false,
        },
      ],
      outputs: [
        { batchId: 'first', grossGrams: 60, contentGrams: { cobalt: 7 }, scrap: false },
        { batchId: 'second', grossGrams: 40, contentGrams: { cobalt: 4 }, scrap: false },
      ],
      pooledGrams: { cobalt: 12 },
      gainGrams: {},
      lossGrams: { cobalt: 1 },
    });
  });

  it('adds what an assay gains to the pool first, undeclared', () => {
    ledger.register('works', 'in', 1_000, { cobalt: 200 });
    ledger.transform(
      'works',
      'refining',
      [['in', 1_000]],
      [
        ['a', 500, { cobalt: 101 }],
        ['b', 400, { cobalt: 100 }],
      ],
    );
    // Pool 200 + 1; a: 101 × 200/201 = 100.4975…, 101 × 1/201 = 0.5024… g; b takes the rest.
    expect(batch('a').composition).toEqual({ cobalt: { 'JP/primary': 100_498, 'ZZ/undeclared': 502 } });
    expect(batch('b').composition).toEqual({ cobalt: { 'JP/primary': 99_502, 'ZZ/undeclared': 498 } });
    expect(transformation('t4')).toMatchObject({
      pooledGrams: { cobalt: 200 },
      gainGrams: { cobalt: 1 },
      lossGrams: {},
    });
  });

  it('with outputs of unknown content loses track of all that went in', () => {
    ledger.register('works', 'in', 1_000, { cobalt: 200 });
    ledger.transform('works', 'refining', [['in', 1_000]], [['out', 900, {}]]);
    expect(batch('out')).toMatchObject({ contentKnown: false, composition: {} });
    expect(transformation('t4')?.lossGrams).toEqual({ cobalt: 200 });
  });

  it('tells one origin site from more than one', () => {
    ledger.register('works', 'a', 10, { cobalt: 1 });
    ledger.register('yard', 'b', 10, { cobalt: 1 }, 'end-of-life');
    ledger.register('mine', 'c', 10, { cobalt: 1 });
    ledger.ship('yard', 'works', [['b', 10]]);
    ledger.ship('mine', 'works', [['c', 10]]);
    ledger.transform('works', 'blending', [['a', 5]], [['same', 5, { cobalt: 0 }]]);
    ledger.transform(
      'works',
      'blending',
      [
        ['b', 10],
        ['same', 5],
        ['c', 10],
      ],
      [['mix', 25, { cobalt: 2 }]],
    );
    expect(batch('same').originSites).toEqual(['works']);
    expect(batch('mix').originSites).toEqual(['mine', 'works']);
  });
});

describe('an assay', () => {
  const assay = (siteId: string, batchId: string, contentGrams: ContentGrams): GraphEvent =>
    ledger.write(siteId, 'BatchAssayed', { batchId, contentGrams, method: 'ICP-OES' });

  it('of a registered batch finds matter of its origin, whenever and however often it is assayed', () => {
    ledger.register('mine', 'ore', 100, {});
    assay('mine', 'ore', { cobalt: 7 });
    expect(batch('ore')).toMatchObject({ contentKnown: true, composition: { cobalt: { 'AU/primary': 7_000 } } });
    const last = assay('mine', 'ore', { cobalt: 9, nickel: 5 });
    expect(batch('ore').composition).toEqual({ cobalt: { 'AU/primary': 9_000 }, nickel: { 'AU/primary': 5_000 } });
    expect(batch('ore').assays.at(-1)).toEqual({
      ...markOf(last),
      siteId: 'mine',
      method: 'ICP-OES',
      contentGrams: { cobalt: 9, nickel: 5 },
    });
    ledger.register('yard', 'cells', 100, {}, 'end-of-life');
    assay('yard', 'cells', { cobalt: 7 });
    expect(batch('cells').composition).toEqual({ cobalt: { 'ZZ/post-consumer': 7_000 } });
  });

  it('of a part split off before anybody knew what was in it finds matter of its origin too', () => {
    ledger.register('mine', 'ore', 100, {});
    ledger.split('mine', 'ore', [['part', 40]]);
    assay('mine', 'part', { cobalt: 3 });
    expect(batch('part').composition).toEqual({ cobalt: { 'AU/primary': 3_000 } });
  });

  it('that names no mineral makes the content unknown', () => {
    ledger.register('mine', 'ore', 100, { cobalt: 7 });
    assay('mine', 'ore', {});
    expect(batch('ore')).toMatchObject({ contentKnown: false, composition: {} });
  });

  describe('of a made batch', () => {
    beforeEach(() => {
      ledger.register('works', 'in', 1_000, { cobalt: 200, nickel: 40 });
      ledger.transform('works', 'refining', [['in', 1_000]], [['out', 900, { cobalt: 200, nickel: 40 }]]);
    });

    it('scales down what there is less of, and adds what there is more of as undeclared', () => {
      assay('works', 'out', { cobalt: 150, nickel: 41 });
      expect(batch('out').composition).toEqual({
        cobalt: { 'JP/primary': 150_000 },
        nickel: { 'JP/primary': 40_000, 'ZZ/undeclared': 1_000 },
      });
      expect(batch('out').assays[0]?.derivedGrams).toEqual({ cobalt: 200, nickel: 40 });
    });

    it('is measured against what was derived and not against the assay before, which it replaces', () => {
      assay('works', 'out', { cobalt: 150 });
      assay('works', 'out', { cobalt: 200, nickel: 40 });
      expect(batch('out').composition).toEqual({ cobalt: { 'JP/primary': 200_000 }, nickel: { 'JP/primary': 40_000 } });
      expect(batch('out').assays.map(({ replaced }) => replaced)).toEqual([true, undefined]);
    });

    it('after a use is measured against what was left, and replaces nothing', () => {
      assay('works', 'out', { cobalt: 100 });
      ledger.write('works', 'BatchDisposed', { batchId: 'out', grossGrams: 450, reason: 'spilt' });
      assay('works', 'out', { cobalt: 60 });
      expect(batch('out').composition).toEqual({ cobalt: { 'JP/primary': 50_000, 'ZZ/undeclared': 10_000 } });
      expect(batch('out').assays.map(({ derivedGrams, replaced }) => [derivedGrams, replaced])).toEqual([
        [{ cobalt: 200, nickel: 40 }, undefined],
        [{ cobalt: 50 }, undefined],
      ]);
    });
  });
});

describe('the moment asked about', () => {
  it('leaves out what occurred later, whenever it was recorded', () => {
    ledger.register('mine', 'ore', 100, { cobalt: 10 });
    ledger.write('mine', 'BatchConsumed', { batchId: 'ore', grossGrams: 60, productId: 'p' }, 500);
    ledger.write('mine', 'BatchConsumed', { batchId: 'ore', grossGrams: 10, productId: 'p' }, 100);
    expect(batch('ore', timeOf(99)).grossGrams).toBe(100);
    expect(batch('ore', timeOf(100)).grossGrams).toBe(90);
    expect(batch('ore', timeOf(499)).grossGrams).toBe(90);
    expect(batch('ore', timeOf(500)).grossGrams).toBe(30);
  });
});

describe('what is not the graph’s business', () => {
  it('is ignored, and touches nothing', () => {
    const nothing = { batches: [], transformations: [], shipments: [], sites: [] };
    const registered = ledger.register('mine', 'ore', 1, {});
    for (const event of [
      { ...registered, stream: 'organisation-diggers' },
      { ...registered, type: 'OrganisationRegistered' },
      ledger.correct(registered, { grossGrams: 2 }),
    ]) {
      const graph = createGraph();
      expect(foldEvent(graph, event)).toBe('ignored');
      expect(graph).toEqual(createGraph());
      expect(touchedBy(event)).toEqual(nothing);
    }
    expect(foldEvent(createGraph(), registered)).toBe('folded');
    expect(touchedBy(registered)).toEqual({ ...nothing, batches: ['ore'], sites: ['mine'] });
  });
});
