import { describe, expect, it } from '@jest/globals';
import { MINERALS, type BatchesTransformed, type BatchSplit } from '#custody';
import { buildGraph, createGraph, foldEvent } from './fold.js';
import { type GraphEvent, type ProvenanceGraph } from './graph.types.js';
import { LedgerWriter } from './testing/ledger-writer.js';
import { overRandomLedgers } from './testing/random-properties.js';
import { sharesIn, sharesOf, sharesOfPool } from './width.js';

const siteOf = (event: GraphEvent): string => event.stream.slice('site-'.length);

/** Shares that an event puts into the batches it makes, and as many as it may by the pool before it. */
function madeBy(graph: ProvenanceGraph, event: GraphEvent): { bound: number; made: string[] } | undefined {
  const nodesOf = (ids: string[]) => [...new Set(ids)].flatMap((id) => graph.batches.get(id) ?? []);
  if (event.type === 'BatchesTransformed') {
    const { inputs, outputs, process } = event.data as BatchesTransformed;
    const pool = nodesOf(inputs.map(({ batchId }) => batchId));
    const bound = sharesOfPool(pool, { siteId: siteOf(event), process });
    return { bound: bound + MINERALS.length, made: outputs.map(({ batchId }) => batchId) };
  }
  if (event.type !== 'BatchSplit') return undefined;
  const { batchId, parts } = event.data as BatchSplit;
  return { bound: sharesOfPool(nodesOf([batchId])), made: parts.map((part) => part.batchId) };
}

describe('the width of a composition', () => {
  it('is its keys, for each mineral', () => {
    expect(sharesOf({})).toBe(0);
    expect(sharesOf({ cobalt: { 'AU/primary': 1, 'CL/primary': 2 }, nickel: { 'AU/primary': 3 } })).toBe(3);
  });

  it('is, of a pool, that of the keys of all together, as the process classes them', () => {
    const au = { composition: { cobalt: { 'AU/primary': 1 } } };
    const both = { composition: { cobalt: { 'AU/primary': 1, 'CL/primary': 2 }, nickel: { 'AU/primary': 3 } } };
    expect(sharesOfPool([au, both, au])).toBe(3);
    const recycling = { siteId: 'toll', process: 'recycling' };
    const scrapOf = (siteId: string) => ({ ...au, scrap: { siteId, process: 'cathode' } });
    expect(sharesOfPool([au, scrapOf('a'), scrapOf('b'), scrapOf('b')], recycling)).toBe(3);
    expect(sharesOfPool([au, scrapOf('a'), scrapOf('b')], { siteId: 'toll', process: 'refining' })).toBe(1);
  });

  it('bounds what each batch is made of that a transformation or a split makes', () => {
    let looked = 0;
    overRandomLedgers(60, 120, (events) => {
      const graph = createGraph();
      for (const event of events) {
        const work = madeBy(graph, event);
        const before = new Set(graph.batches.keys());
        foldEvent(graph, event);
        for (const id of work?.made ?? []) {
          const node = before.has(id) ? undefined : graph.batches.get(id);
          if (node === undefined || work === undefined) continue;
          looked++;
          expect(sharesOf(node.composition)).toBeLessThanOrEqual(work.bound);
        }
      }
    });
    expect(looked).toBeGreaterThan(100);
  });

  it('counts all that a node keeps of compositions', () => {
    const ledger = new LedgerWriter();
    ledger.open('pit', 'miner', 'AU');
    ledger.register('pit', 'ore', 100, { cobalt: 50 });
    ledger.write('pit', 'BatchConsumed', { batchId: 'ore', grossGrams: 100, productId: 'cell' });
    const node = buildGraph(ledger.events).batches.get('ore')!;
    expect([sharesOf(node.composition), sharesIn(node)]).toEqual([0, 1]);
  });
});
