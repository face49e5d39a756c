import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildGraph, createGraph, foldEvent, touchedBy } from './fold.js';
import { LedgerWriter } from './testing/ledger-writer.js';
import { randomLedger } from './testing/random-ledger.js';
import { storedOf } from './testing/stored-graph.js';
import { runs } from '../../../../test/properties/runs.js';

describe('any data at all', () => {
  it('never makes the fold throw, nor changes the graph when it is malformed', () => {
    const mutilated = fc.record({ seed: fc.integer(), pick: fc.nat(), junk: fc.jsonValue(), path: fc.nat() });
    fc.assert(
      fc.property(mutilated, ({ seed, pick, junk, path }) => {
        const events = randomLedger(seed, 30);
        const event = events[pick % events.length]!;
        const data = structuredClone(event.data) as Record<string, unknown>;
        const field = Object.keys(data)[path % Object.keys(data).length]!;
        const graph = buildGraph(events);
        const before = storedOf(graph);
        for (const broken of [junk, { ...data, [field]: junk }, { ...data, [field]: [junk, { batchId: junk }] }]) {
          const outcome = foldEvent(graph, { ...event, data: broken });
          if (outcome === 'malformed') expect(storedOf(graph)).toEqual(before);
          else break;
        }
        touchedBy({ ...event, data: junk });
        expect(() => buildGraph([...events.slice(0, pick % events.length), { ...event, data: junk }])).not.toThrow();
      }),
      runs(40),
    );
  });
});

/** What the fold reads of each event, nothing else. */
const BARE: Record<string, unknown> = {
  SiteOpened: { siteId: 'here', organisationId: 'o', name: 'n', country: 'JP' },
  BatchRegistered: {
    batchId: 'b',
    material: 'polymetallic-concentrate',
    grossGrams: 9,
    contentGrams: { cobalt: 1 },
    origin: { kind: 'extracted' },
  },
  BatchesTransformed: {
    transformationId: 't',
    process: 'refining',
    chainOfCustody: 'segregated',
    inputs: [{ batchId: 'b', grossGrams: 5 }],
    outputs: [{ batchId: 'c', material: 'polymetallic-concentrate', grossGrams: 4, contentGrams: { cobalt: 1 } }],
  },
  BatchSplit: { batchId: 'b', parts: [{ batchId: 'd', grossGrams: 1 }] },
  BatchLabelled: { batchId: 'b', labelId: 'l', standard: 's', carrier: 'qr', value: 'v' },
  LabelRemoved: { batchId: 'b', labelId: 'l', reason: 'r' },
  BatchAssayed: { batchId: 'b', contentGrams: { cobalt: 1 }, method: 'm' },
  RecycledContentDeclared: { batchId: 'b', mineral: 'cobalt', share: '0' },
  BatchHeld: { batchId: 'b', authority: 'a', reason: 'r' },
  BatchReleased: { batchId: 'b' },
  BatchConsumed: { batchId: 'b', grossGrams: 1 },
  BatchDisposed: { batchId: 'b', grossGrams: 1 },
  ProductAssembled: {
    productId: 'p',
    kind: 'cell',
    model: 'm',
    inputs: [{ batchId: 'b', grossGrams: 1 }],
    products: ['q'],
  },
  ProductsAssembled: {
    runId: 'r',
    productIds: ['p'],
    kind: 'cell',
    model: 'm',
    inputs: [{ batchId: 'b', grossGrams: 1 }],
    products: ['q'],
  },
  ProductPlacedOnMarket: { productId: 'p', date: '2031-01-01', country: 'DE' },
  ProductReturned: { productId: 'p' },
  ProductRepurposed: { productId: 'r', kind: 'battery', model: 'm', products: ['p'] },
  ProductWasted: { batchId: 'w', material: 'end-of-life-batteries', products: ['p'], process: 'take-back' },
  BatchesDispatched: { shipmentId: 's', consigneeSiteId: 'there', batches: [{ batchId: 'b', labels: ['l'] }] },
  ShipmentRefused: { shipmentId: 's', reason: 'r' },
  ShipmentReturned: { shipmentId: 's', batches: [{ batchId: 'b' }] },
  BatchesReceived: {
    shipmentId: 's',
    batches: [{ batchId: 'b', grossGrams: 1, labels: [{ labelId: 'l', condition: 'intact' }] }],
  },
};

/** The data with one of its values, at whatever depth, missing or of another kind. */
function mutilations(data: unknown): unknown[] {
  if (Array.isArray(data)) return [{}, ...data.flatMap(mutilations).map((broken) => [broken])];
  if (typeof data !== 'object' || data === null) return [null, {}, -1, 0.5];
  const fields = Object.entries(data);
  const isContent = 'cobalt' in data;
  return fields.flatMap(([field, value]) => [
    ...(isContent ? [] : [Object.fromEntries(fields.filter(([other]) => other !== field))]),
    ...mutilations(value).map((broken) => ({ ...data, [field]: broken })),
  ]);
}

describe.each(Object.entries(BARE))('%s', (type, data) => {
  const event = new LedgerWriter().register('here', 'unused', 1, {});

  it('needs no more than the fold reads', () => {
    expect(foldEvent(createGraph(), { ...event, type, data })).toBe('folded');
  });

  it('is malformed, touches nothing and changes nothing when any of that is missing or of another kind', () => {
    const graph = createGraph();
    for (const broken of mutilations(data)) {
      expect([broken, foldEvent(graph, { ...event, type, data: broken })]).toEqual([broken, 'malformed']);
      expect(Object.values(touchedBy({ ...event, type, data: broken })).flat()).toEqual([]);
    }
    expect(graph).toEqual(createGraph());
  });
});
