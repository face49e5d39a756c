import { describe, expect, it } from '@jest/globals';
import { buildGraph } from './fold.js';
import { type GraphEvent, type ProvenanceGraph } from './graph.types.js';
import { LedgerWriter, markOf } from './testing/ledger-writer.js';
import { parentsOf, productsOf, upstreamOf } from './walk.js';

const AS_IT_LEFT = { kind: 'battery', grossGrams: 1, contentGrams: {}, labels: [] } as const;

/** A pack plant with cobalt of two countries, and a recycler. */
function plant(): LedgerWriter {
  const ledger = new LedgerWriter();
  ledger.open('mine', 'miner', 'CD');
  ledger.open('plant', 'maker', 'DE');
  ledger.open('works', 'recycler', 'BE');
  ledger.register('mine', 'ore', 700, { cobalt: 70 });
  ledger.ship('mine', 'plant', [['ore', 700]]);
  ledger.register('plant', 'own', 301, { cobalt: 31, nickel: 8 });
  return ledger;
}

function run(ledger: LedgerWriter, productIds: string[]): GraphEvent {
  return ledger.write('plant', 'ProductsAssembled', {
    runId: 'run',
    productIds,
    kind: 'battery',
    model: 'P-60',
    category: 'ev',
    inputs: [
      { batchId: 'ore', grossGrams: 700 },
      { batchId: 'own', grossGrams: 301 },
    ],
    products: [],
  });
}

const compositionOf = (graph: ProvenanceGraph, id: string) => graph.batches.get(id)?.composition;

describe('a run of products', () => {
  it('shares out what went in evenly, to the gram of mass and the milligram of each origin', () => {
    const ledger = plant();
    run(ledger, ['p1', 'p2', 'p3']);
    const graph = buildGraph(ledger.events);
    const products = ['p1', 'p2', 'p3'].map((id) => graph.batches.get(id)!);
    expect(products.map(({ grossGrams }) => grossGrams)).toEqual([333, 334, 334]);
    expect(products.map(({ composition }) => composition)).toEqual([
      { cobalt: { 'CD/primary': 22_871, 'DE/primary': 10_129 }, nickel: { 'DE/primary': 2_000 } },
      { cobalt: { 'CD/primary': 23_565, 'DE/primary': 10_435 }, nickel: { 'DE/primary': 3_000 } },
      { cobalt: { 'CD/primary': 23_564, 'DE/primary': 10_436 }, nickel: { 'DE/primary': 3_000 } },
    ]);
    expect(graph.batches.get('ore')).toMatchObject({ status: 'spent', grossGrams: 0 });
    expect(products[0]).toMatchObject({
      material: 'battery',
      status: 'at-site',
      siteId: 'plant',
      product: { kind: 'battery', model: 'P-60', category: 'ev' },
    });
  });

  it('names both its sides once, and each product its sources', () => {
    const ledger = plant();
    const event = run(ledger, ['p1', 'p2']);
    const graph = buildGraph(ledger.events);
    const [use] = graph.batches.get('ore')!.uses;
    expect(use).toMatchObject({ ...markOf(event), kind: 'assembly', to: [] });
    expect(productsOf(graph, use!)).toEqual(['p1', 'p2']);
    expect(parentsOf(graph, graph.batches.get('p2')!)).toEqual(['ore', 'own']);
    expect(graph.batches.get('p1')!.parents).toEqual([]);
    expect(graph.transformations.get('run')).toMatchObject({ process: 'battery', gainGrams: {}, lossGrams: {} });
  });

  it('of ten thousand is one node each that names none of the others', () => {
    const ledger = plant();
    const ids = Array.from({ length: 10_000 }, (_, index) => `p${index}`);
    ledger.register('plant', 'much', 20_000_000, { lithium: 123_457 });
    ledger.write('plant', 'ProductsAssembled', {
      runId: 'r',
      productIds: ids,
      kind: 'cell',
      model: 'C-1',
      inputs: [{ batchId: 'much', grossGrams: 20_000_000 }],
      products: [],
    });
    const graph = buildGraph(ledger.events);
    const nodes = ids.map((id) => graph.batches.get(id)!);
    expect(nodes.reduce((sum, { grossGrams }) => sum + grossGrams, 0)).toBe(20_000_000);
    expect(nodes.reduce((sum, { composition }) => sum + (composition.lithium?.['DE/primary'] ?? 0), 0)).toBe(
      123_457_000,
    );
    expect(JSON.stringify(nodes[9_999]).length).toBeLessThan(1_200);
    expect(JSON.stringify(graph.batches.get('much')).length).toBeLessThan(1_200);
  });
});

describe('a product', () => {
  it('that is used in another is used up whole, and is in its chain', () => {
    const ledger = plant();
    run(ledger, ['p1', 'p2']);
    ledger.write('plant', 'ProductAssembled', {
      productId: 'big',
      kind: 'battery',
      model: 'P-120',
      category: 'industrial',
      capacityWh: 120_000,
      serial: '7',
      grossGrams: 5_000,
      inputs: [],
      products: ['p1', 'p2'],
    });
    const graph = buildGraph(ledger.events);
    expect(graph.batches.get('p1')).toMatchObject({ status: 'spent', grossGrams: 0, composition: {} });
    expect(compositionOf(graph, 'big')).toEqual({
      cobalt: { 'CD/primary': 70_000, 'DE/primary': 31_000 },
      nickel: { 'DE/primary': 8_000 },
    });
    expect(graph.batches.get('big')).toMatchObject({
      grossGrams: 5_000,
      product: { capacityWh: 120_000, serial: '7' },
    });
    expect(graph.transformations.get('big')).toMatchObject({ reagentGrams: 5_000 - 1_001 });
    expect(upstreamOf(graph, 'big')).toEqual(['big', 'p1', 'p2', 'ore', 'own']);
  });

  it('used a second time, as only an altered log has it, gives nothing and is overdrawn', () => {
    const ledger = plant();
    run(ledger, ['p1', 'p2']);
    const made = { kind: 'battery', model: 'x', category: 'ev' } as const;
    ledger.write('plant', 'ProductAssembled', { productId: 'one', ...made, inputs: [], products: ['p1'] });
    const again = ledger.write('plant', 'ProductAssembled', {
      productId: 'two',
      ...made,
      inputs: [],
      products: ['p1'],
    });
    const graph = buildGraph(ledger.events);
    expect(compositionOf(graph, 'two')).toEqual({});
    expect(graph.batches.get('p1')!.anomalies).toEqual([
      expect.objectContaining({ eventId: again.id, code: 'overdrawn' }),
    ]);
  });

  it('made of what nobody has weighed is of unknown content, and holds what is known all the same', () => {
    const ledger = plant();
    ledger.register('plant', 'unknown', 10, {});
    ledger.write('plant', 'ProductAssembled', {
      productId: 'p',
      kind: 'cell',
      model: 'C',
      inputs: [
        { batchId: 'unknown', grossGrams: 10 },
        { batchId: 'own', grossGrams: 301 },
      ],
      products: [],
    });
    const graph = buildGraph(ledger.events);
    expect(graph.batches.get('p')).toMatchObject({
      contentKnown: false,
      composition: { cobalt: { 'DE/primary': 31_000 }, nickel: { 'DE/primary': 8_000 } },
    });
  });
});

describe('the market', () => {
  it('is nobody’s custody: the product leaves it as it came, and its stays do not', () => {
    const ledger = plant();
    run(ledger, ['p1', 'p2']);
    const placing = { productId: 'p1', date: '2031-08-18', country: 'FR', ...AS_IT_LEFT, labels: [] };
    const placed = ledger.write('plant', 'ProductPlacedOnMarket', placing);
    expect(buildGraph(ledger.events).batches.get('p1')).toMatchObject({
      status: 'on-market',
      siteId: undefined,
      product: { placed: { ...markOf(placed), siteId: 'plant', date: '2031-08-18', country: 'FR' } },
    });
    const returned = ledger.write('works', 'ProductReturned', { productId: 'p1', ...AS_IT_LEFT, labels: [] });
    const node = buildGraph(ledger.events).batches.get('p1')!;
    expect(node).toMatchObject({ status: 'at-site', siteId: 'works', product: { returned: markOf(returned) } });
    expect(node.stays.map(({ siteId, departed }) => [siteId, departed?.how])).toEqual([
      ['plant', 'market'],
      ['works', undefined],
    ]);
    expect(node.anomalies).toEqual([]);
  });

  it('gives nothing back that was not on it, without a note', () => {
    const ledger = plant();
    run(ledger, ['p1', 'p2']);
    ledger.write('works', 'ProductReturned', { productId: 'p1', ...AS_IT_LEFT, labels: [] });
    expect(buildGraph(ledger.events).batches.get('p1')!.anomalies).toEqual([
      expect.objectContaining({ code: 'received-unsent', siteId: 'works' }),
    ]);
  });
});

describe('the waste of products', () => {
  function wasted(process: 'take-back' | 'battery'): ProvenanceGraph {
    const ledger = plant();
    run(ledger, ['p1', 'p2']);
    const at = process === 'take-back' ? 'works' : 'plant';
    for (const productId of process === 'take-back' ? ['p1', 'p2'] : []) {
      const placing = { productId, date: '2031-08-18', country: 'FR', ...AS_IT_LEFT, labels: [] };
      ledger.write('plant', 'ProductPlacedOnMarket', placing);
      ledger.write('works', 'ProductReturned', { productId, ...AS_IT_LEFT, labels: [] });
    }
    const material = process === 'take-back' ? 'end-of-life-batteries' : 'battery-scrap';
    ledger.write(at, 'ProductWasted', { batchId: 'waste', material, process, products: ['p1', 'p2'] });
    if (process === 'battery') ledger.ship('plant', 'works', [['waste', 1_001]]);
    ledger.transform('works', 'recycling', [['waste', 1_001]], [['mass', 500, { cobalt: 101 }]]);
    return buildGraph(ledger.events);
  }

  it('that was on the market is collected waste of where it was mined, and the recycler is named first', () => {
    const graph = wasted('take-back');
    expect(graph.batches.get('waste')!.bornBy).toMatchObject({ kind: 'wasted', siteId: 'works' });
    expect(graph.batches.get('waste')!.scrap).toBeUndefined();
    expect(graph.batches.get('waste')!.lastComposition).toEqual({
      cobalt: { 'CD/post-consumer': 70_000, 'DE/post-consumer': 31_000 },
      nickel: { 'DE/post-consumer': 8_000 },
    });
    expect(compositionOf(graph, 'mass')).toEqual({
      cobalt: { 'CD/post-consumer/works': 70_000, 'DE/post-consumer/works': 31_000 },
    });
    expect(upstreamOf(graph, 'mass')).toEqual(['mass', 'waste', 'p1', 'p2', 'ore', 'own']);
  });

  it('that never left the plant is scrap of its making, and manufacturing waste once it is recycled', () => {
    const graph = wasted('battery');
    expect(graph.batches.get('waste')!.scrap).toEqual({ siteId: 'plant', process: 'battery' });
    expect(compositionOf(graph, 'mass')).toEqual({
      cobalt: {
        'CD/manufacturing-waste/plant/battery/works': 70_000,
        'DE/manufacturing-waste/plant/battery/works': 31_000,
      },
    });
  });

  it('repurposed instead, is a product of a second life', () => {
    const ledger = plant();
    run(ledger, ['p1', 'p2']);
    const placing = { productId: 'p1', date: '2031-08-18', country: 'FR', ...AS_IT_LEFT, labels: [] };
    ledger.write('plant', 'ProductPlacedOnMarket', placing);
    ledger.write('works', 'ProductReturned', { productId: 'p1', ...AS_IT_LEFT, labels: [] });
    const made = { productId: 'home', kind: 'battery', model: 'H', category: 'industrial' } as const;
    ledger.write('works', 'ProductRepurposed', { ...made, products: ['p1'] });
    const graph = buildGraph(ledger.events);
    expect(graph.batches.get('home')).toMatchObject({ product: { model: 'H', secondLife: true }, siteId: 'works' });
    expect(compositionOf(graph, 'home')).toEqual(compositionOf(buildGraph(ledger.events.slice(0, -3)), 'p1'));
  });
});
