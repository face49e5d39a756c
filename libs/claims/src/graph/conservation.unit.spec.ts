import { describe, expect, it } from '@jest/globals';
import { MINERALS, type Mineral } from '#custody';
import { compositionSummary, contentOf, poolTotal, recycledShare } from './composition.js';
import { buildGraph, createGraph, foldEvent } from './fold.js';
import type { GraphEvent, ProvenanceGraph } from './graph.types.js';
import { effectiveEvents } from './testing/effective-events.js';
import { overRandomLedgers } from './testing/random-properties.js';

/** Grams per mineral and key over all batches. */
function booksOf(graph: ProvenanceGraph): Map<string, number> {
  const books = new Map<string, number>();
  for (const { composition } of graph.batches.values()) {
    for (const mineral of MINERALS) {
      for (const [key, grams] of Object.entries(composition[mineral] ?? {})) {
        books.set(`${mineral} ${key}`, (books.get(`${mineral} ${key}`) ?? 0) + grams);
      }
    }
  }
  return books;
}

/** Key by key, what an event brought in (positive) or took out of the books. */
function changes(before: Map<string, number>, after: Map<string, number>): Map<string, number> {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return new Map(
    [...keys]
      .map((key): [string, number] => [key, (after.get(key) ?? 0) - (before.get(key) ?? 0)])
      .filter(([, change]) => change !== 0),
  );
}

const isRecycled = (key: string): boolean => key.includes('/pre-consumer/') || key.endsWith('/post-consumer');
const mineralOf = (key: string): Mineral => key.split(' ')[0] as Mineral;

function checkBooks(event: GraphEvent, change: Map<string, number>, graph: ProvenanceGraph): void {
  const gains = [...change].filter(([, grams]) => grams > 0);
  switch (event.type) {
    case 'BatchRegistered':
      expect([...change.values()].every((grams) => grams > 0)).toBe(true);
      return;
    case 'BatchesTransformed': {
      const { transformationId } = event.data as { transformationId: string };
      const { gainGrams, lossGrams } = graph.transformations.get(transformationId)!;
      for (const mineral of MINERALS) {
        const net = [...change]
          .filter(([key]) => mineralOf(key) === mineral)
          .reduce((sum, [, grams]) => sum + grams, 0);
        expect(net).toBe((gainGrams[mineral] ?? 0) - (lossGrams[mineral] ?? 0));
      }
      return;
    }
    case 'BatchAssayed':
      expect(gains.every(([key]) => key.endsWith(' ZZ/undeclared'))).toBe(true);
      return;
    case 'BatchesReceived':
    case 'BatchConsumed':
    case 'BatchDisposed':
      expect(gains).toEqual([]);
      return;
    default:
      expect([...change]).toEqual([]);
  }
}

describe('conservation', () => {
  it('keeps every key of every mineral in the books at every step', () => {
    overRandomLedgers(25, 80, (events) => {
      const graph = createGraph();
      let before = booksOf(graph);
      for (const event of effectiveEvents(events)) {
        foldEvent(graph, event);
        const after = booksOf(graph);
        checkBooks(event, changes(before, after), graph);
        before = after;
      }
    });
  });

  it('keeps whole grams above zero, adding up to what is declared', () => {
    overRandomLedgers(30, 120, (events) => {
      for (const node of buildGraph(events).batches.values()) {
        for (const mineral of MINERALS) {
          const pool = node.composition[mineral];
          if (pool === undefined) continue;
          expect(Object.values(pool).every((grams) => Number.isSafeInteger(grams) && grams > 0)).toBe(true);
          const { totalGrams, recycledGrams, undeclaredGrams } = recycledShare(node, mineral);
          expect(totalGrams).toBe(poolTotal(pool));
          expect(recycledGrams + undeclaredGrams).toBeLessThanOrEqual(totalGrams);
          const shown = compositionSummary(node)[mineral] ?? [];
          expect(shown.reduce((sum, { grams }) => sum + grams, 0)).toBe(totalGrams);
        }
        if (!node.contentKnown) expect(contentOf(node.composition)).toEqual({});
      }
    });
  });

  it('lets recycled grams come only of end-of-life goods and of the primary grams of scrap that others made', () => {
    overRandomLedgers(25, 80, (events) => {
      const graph = createGraph();
      for (const event of effectiveEvents(events)) {
        const before = booksOf(graph);
        const allowed = recycledAllowed(graph, event);
        foldEvent(graph, event);
        for (const mineral of MINERALS) {
          const gain = [...changes(before, booksOf(graph))]
            .filter(([key]) => mineralOf(key) === mineral && isRecycled(key))
            .reduce((sum, [, grams]) => sum + grams, 0);
          expect(gain).toBeLessThanOrEqual(allowed(mineral));
        }
      }
    });
  });
});

function recycledAllowed(graph: ProvenanceGraph, event: GraphEvent): (mineral: Mineral) => number {
  if (event.type === 'BatchRegistered') {
    const { origin, contentGrams } = event.data as { origin: { kind: string }; contentGrams: Record<string, number> };
    return (mineral) => (origin.kind === 'end-of-life' ? (contentGrams[mineral] ?? 0) : 0);
  }
  if (event.type !== 'BatchesTransformed') return () => 0;
  const { process, inputs } = event.data as { process: string; inputs: { batchId: string }[] };
  const organisation = graph.sites.get(event.stream.replace('site-', ''))?.organisationId;
  const ofOthers = inputs
    .map(({ batchId }) => graph.batches.get(batchId))
    .filter((node) => process === 'recycling' && node?.scrap && node.scrap.organisationId !== organisation);
  // Now, before the fold takes from them.
  const primary = ofOthers
    .flatMap((node) =>
      MINERALS.flatMap((mineral) =>
        Object.entries(node?.composition[mineral] ?? {}).map(([key, grams]) => ({ mineral, key, grams })),
      ),
    )
    .filter(({ key }) => key.endsWith('/primary'));
  return (mineral) => primary.reduce((sum, entry) => sum + (entry.mineral === mineral ? entry.grams : 0), 0);
}
