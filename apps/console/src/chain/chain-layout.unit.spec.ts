import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../../test/properties/runs.js';
import { type ProvenanceTransformation, type Provenance } from '../api/answers.js';
import { FOLD_FROM, FOLDS, type Fold } from './chain-folding.js';
import { layOutChain, wayFrom } from './chain-layout.js';

type Step = readonly [inputs: readonly string[], outputs: readonly string[]];

/** The answer of the ledger for a chain, the batch asked for first, as it gives the nearest ones first. */
function chainOf(order: readonly string[], steps: readonly Step[]): Provenance {
  const part = (batchId: string): { batchId: string; grossGrams: number } => ({ batchId, grossGrams: 1_000 });
  return {
    batches: order.map((batchId, depth) => ({
      batchId,
      material: 'ore',
      status: 'spent',
      grossGrams: 0,
      contentGrams: {},
      contentKnown: true,
      composition: {},
      labels: [],
      held: false,
      depth,
    })),
    transformations: steps.map(([inputs, outputs], index): ProvenanceTransformation => ({
      kind: 'transformation',
      eventId: `event ${index}`,
      siteId: 'mill',
      process: 'milling',
      occurredAt: '2026-01-01T00:00:00.000Z',
      inputs: inputs.map(part),
      outputs: outputs.map(part),
    })),
    hops: [],
    truncated: false,
  };
}

const NOWHERE = new Map<string, never>();
const AS_IT_COMES: Fold = { by: undefined, unfolded: new Set() };
const DIAMOND = chainOf(
  ['cell', 'left', 'right', 'ore'],
  [
    [['ore'], ['left', 'right']],
    [['left', 'right'], ['cell']],
  ],
);

describe('a chain laid out', () => {
  it('has a column a step, the batch asked for in the last', () => {
    const { nodes, columns } = layOutChain(DIAMOND, NOWHERE, AS_IT_COMES);
    expect(columns).toBe(3);
    expect(Object.fromEntries(nodes.map(({ key, column }) => [key, column]))).toEqual({
      ore: 0,
      left: 1,
      right: 1,
      cell: 2,
    });
  });

  it('puts a batch before all that was made of it, however short the shortest way', () => {
    const chain = chainOf(
      ['cell', 'ore', 'powder'],
      [
        [['ore'], ['powder']],
        [['powder', 'ore'], ['cell']],
      ],
    );
    const { nodes } = layOutChain(chain, NOWHERE, AS_IT_COMES);
    expect(nodes.map(({ key, column }) => [key, column]).sort()).toEqual([
      ['cell', 2],
      ['ore', 0],
      ['powder', 1],
    ]);
  });

  it('shares what a transformation took over what came of it', () => {
    const { flows } = layOutChain(DIAMOND, NOWHERE, AS_IT_COMES);
    const grams = Object.fromEntries(flows.map(({ from, to, grossGrams }) => [`${from.key} ${to.key}`, grossGrams]));
    expect(grams).toEqual({ 'ore left': 500, 'ore right': 500, 'left cell': 1_000, 'right cell': 1_000 });
  });

  it('folds what is alike in a large chain, and unfolds where one looks', () => {
    const ores = Array.from({ length: FOLD_FROM + 10 }, (_, n) => `ore ${n}`);
    const chain = chainOf(['blend', ...ores], [[ores, ['blend']]]);
    const { nodes, flows } = layOutChain(chain, NOWHERE, AS_IT_COMES);
    expect(nodes.map(({ batchIds }) => batchIds.length).sort((a, b) => a - b)).toEqual([1, ores.length]);
    expect(flows).toHaveLength(1);
    const folded = nodes.find(({ batchIds }) => batchIds.length > 1)!;
    expect(layOutChain(chain, NOWHERE, { by: undefined, unfolded: new Set([folded.key]) }).nodes).toHaveLength(
      ores.length + 1,
    );
  });

  it('shows every batch once, and no two in the same place', () => {
    const chains = fc
      .array(fc.tuple(fc.array(fc.nat(30), { maxLength: 4 }), fc.integer({ min: 1, max: 3 })), { maxLength: 20 })
      .map((steps) => {
        const made = ['batch 0'];
        const makings = steps.map(([uses, count], step): Step => {
          const inputs = [...new Set(uses.map((use) => made[use % made.length]!))];
          const outputs = Array.from({ length: count }, (_, n) => `made ${step} ${n}`);
          made.push(...outputs);
          return [inputs, outputs];
        });
        return chainOf(made.reverse(), makings);
      });
    fc.assert(
      fc.property(chains, fc.constantFrom(...FOLDS), fc.boolean(), (chain, by, unfold) => {
        const folded = layOutChain(chain, NOWHERE, { by, unfolded: new Set() });
        const unfolded = new Set(unfold ? folded.nodes.map(({ key }) => key) : []);
        const { nodes, flows, width, height } = layOutChain(chain, NOWHERE, { by, unfolded });
        const shown = nodes.flatMap(({ batchIds }) => batchIds);
        expect(shown.sort()).toEqual(chain.batches.map(({ batchId }) => batchId).sort());
        for (const { from, to } of flows) expect(from.x + from.width).toBeLessThan(to.x);
        const places = nodes.map(({ column, y, height: high }) => ({ column, y, end: y + high }));
        places.sort((a, b) => a.column - b.column || a.y - b.y);
        places.forEach((place, index) => {
          const before = places[index - 1];
          if (before?.column === place.column) expect(before.end).toBeLessThan(place.y);
          expect(place.end).toBeLessThanOrEqual(height);
        });
        for (const { x, width: wide } of nodes) expect(x + wide).toBeLessThanOrEqual(width);
      }),
      runs(200),
    );
  });
});

describe('the way that a reason lights up', () => {
  it('is a shortest one to the batch asked for', () => {
    expect([...wayFrom('ore', DIAMOND)].sort()).toEqual(['cell', 'left', 'ore']);
    expect([...wayFrom('cell', DIAMOND)]).toEqual(['cell']);
  });

  it('is the batch alone when it leads nowhere', () => {
    expect([...wayFrom('elsewhere', DIAMOND)]).toEqual(['elsewhere']);
  });
});
