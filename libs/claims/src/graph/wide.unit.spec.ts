import { describe, expect, it } from '@jest/globals';
import { buildGraph, createGraph, foldEvent } from './fold.js';
import { type BatchNode, type ProvenanceGraph, type TransformationNode } from './graph.types.js';
import { CountedNodes, layered } from './testing/layers.js';
import { NaiveLedger } from './testing/naive-ledger.js';
import { storedOf } from './testing/stored-graph.js';
import { downstreamOf } from './testing/walks.js';
import { parentsOf, upstreamOf } from './walk.js';

/** What a walk looks at: nodes, and the ids that it passes on the way. */
function workOf(width: number, walk: (graph: ProvenanceGraph) => string[]): number {
  const batches = new CountedNodes<BatchNode>();
  const transformations = new CountedNodes<TransformationNode>();
  const graph = { ...createGraph(), batches, transformations };
  for (const event of layered(width, 3).events) foldEvent(graph, event);
  batches.looks = transformations.looks = 0;
  let ids = 0;
  for (const { inputs, outputs } of transformations.values()) {
    for (const side of [inputs, outputs]) {
      const list = side as { batchId: string }[];
      list.forEach((share, index) => {
        const { batchId } = share;
        list[index] = Object.defineProperty({ ...share }, 'batchId', { get: () => (ids++, batchId) });
      });
    }
  }
  const reached = walk(graph);
  expect(new Set(reached).size).toBe(reached.length);
  return batches.looks + transformations.looks + ids;
}

describe('transformations of many batches into many', () => {
  it('are folded into nodes that grow with inputs plus outputs', () => {
    const size = (width: number): number => JSON.stringify(storedOf(buildGraph(layered(width, 3).events))).length;
    expect(size(200) / size(50)).toBeLessThan(4.4);
  });

  it('are walked at a cost that grows with inputs plus outputs', () => {
    const up = (width: number): number => workOf(width, (graph) => upstreamOf(graph, 'b3-0'));
    const down = (width: number): number => workOf(width, (graph) => downstreamOf(graph, 'b0-0'));
    expect(up(200) / up(50)).toBeLessThan(4.1);
    expect(down(200) / down(50)).toBeLessThan(4.1);
  });

  it('are walked through to every batch, nearest first', () => {
    const graph = buildGraph(layered(3, 2).events);
    expect(upstreamOf(graph, 'b2-1')).toEqual(['b2-1', 'b1-0', 'b1-1', 'b1-2', 'b0-0', 'b0-1', 'b0-2']);
    expect(downstreamOf(graph, 'b0-1')).toEqual(['b0-1', 'b1-0', 'b1-1', 'b1-2', 'b2-0', 'b2-1', 'b2-2']);
  });

  it('under an id that another has taken, as only an altered log has it, keep what was made of what', () => {
    const ledger = layered(2, 1);
    const again = ledger.transform(
      'works',
      'refining',
      [
        ['b1-0', 100],
        ['b1-1', 100],
      ],
      [
        ['x', 100, { cobalt: 50 }],
        ['y', 100, { cobalt: 50 }],
      ],
    );
    const first = ledger.events.find(({ type }) => type === 'BatchesTransformed')!;
    const { transformationId } = first.data as { transformationId: string };
    const events = ledger.events.map((event) =>
      event === again ? { ...again, data: { ...(again.data as object), transformationId } } : event,
    );
    const graph = buildGraph(events);
    const naive = new NaiveLedger(events);
    for (const [batchId, node] of graph.batches) {
      expect([batchId, ...parentsOf(graph, node)]).toEqual([batchId, ...(naive.facts.get(batchId)?.parents ?? [])]);
    }
    expect(downstreamOf(graph, 'b1-0')).toEqual(['b1-0', 'x', 'y']);
  });
});
