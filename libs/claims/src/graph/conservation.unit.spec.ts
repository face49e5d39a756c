import { describe, expect, it } from '@jest/globals';
import { MINERALS, type Mineral } from '#custody';
import { compositionSummary, contentOf, MILLIGRAMS_PER_GRAM, poolTotal, UNDECLARED_KEY } from './composition.js';
import { buildGraph, createGraph, foldEvent } from './fold.js';
import { type BatchNode, type GraphEvent, type Pool, type ProvenanceGraph } from './graph.types.js';
import { effectiveEvents } from './testing/effective-events.js';
import { upstreamOf } from './walk.js';
import { overRandomLedgers } from './testing/random-properties.js';

/** Milligrams per mineral and key over all batches. */
function booksOf(graph: ProvenanceGraph): Map<string, number> {
  const books = new Map<string, number>();
  for (const { composition } of graph.batches.values()) {
    for (const mineral of MINERALS) {
      for (const [key, milligrams] of Object.entries(composition[mineral] ?? {})) {
        books.set(`${mineral} ${key}`, (books.get(`${mineral} ${key}`) ?? 0) + milligrams);
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

const isWaste = (key: string): boolean => key.includes('/manufacturing-waste/') || key.includes('/post-consumer');
const mineralOf = (key: string): Mineral => key.split(' ')[0] as Mineral;

function checkBooks(event: GraphEvent, change: Map<string, number>, graph: ProvenanceGraph): void {
  const gains = [...change].filter(([, milligrams]) => milligrams > 0);
  switch (event.type) {
    case 'BatchRegistered':
      expect([...change.values()].every((milligrams) => milligrams > 0)).toBe(true);
      return;
    case 'BatchesTransformed': {
      const { transformationId } = event.data as { transformationId: string };
      const { gainGrams, lossGrams } = graph.transformations.get(transformationId)!;
      for (const mineral of MINERALS) {
        const net = [...change]
          .filter(([key]) => mineralOf(key) === mineral)
          .reduce((sum, [, milligrams]) => sum + milligrams, 0);
        expect(net).toBe(((gainGrams[mineral] ?? 0) - (lossGrams[mineral] ?? 0)) * MILLIGRAMS_PER_GRAM);
      }
      return;
    }
    // Nothing is lost or gained; manufacturing waste that is back where it was made is marked so.
    case 'ProductAssembled':
    case 'ProductsAssembled':
    case 'ProductRepurposed': {
      const unmarked = new Map<string, number>();
      for (const [key, milligrams] of change) {
        const plain = key.replace(/\/returned$/, '');
        unmarked.set(plain, (unmarked.get(plain) ?? 0) + milligrams);
      }
      expect([...unmarked.values()].every((milligrams) => milligrams === 0)).toBe(true);
      return;
    }
    // What was used and is thrown away is waste of the country that it was mined in, whatever it was; not a milligram less.
    case 'ProductWasted':
      for (const mineral of MINERALS) {
        for (const country of countriesIn(change)) {
          const net = [...change]
            .filter(([key]) => key.startsWith(`${mineral} ${country}/`))
            .reduce((sum, [, milligrams]) => sum + milligrams, 0);
          expect(net).toBe(0);
        }
      }
      return;
    case 'BatchAssayed': {
      const node = graph.batches.get((event.data as { batchId: string }).batchId)!;
      // One that came too late to count, or is older than the one that counts, changes nothing.
      const { overtaken, replaced } = node.assays.at(-1)!;
      if (overtaken === true || replaced === true) expect([...change]).toEqual([]);
      else expectAssayed(node);
      return;
    }
    case 'BatchesReceived':
    case 'BatchConsumed':
    case 'BatchDisposed':
      expect(gains).toEqual([]);
      return;
    default:
      expect([...change]).toEqual([]);
  }
}

const countriesIn = (change: Map<string, number>): Set<string> =>
  new Set([...change.keys()].map((key) => key.slice(key.indexOf(' ') + 1).split('/')[0]!));

/** Of a root all is of its origin; of a made batch no key exceeds what was derived, but for what nobody declared. */
function expectAssayed({ rootKey, derived, composition }: BatchNode): void {
  for (const mineral of MINERALS) {
    const keys = Object.entries(composition[mineral] ?? {});
    if (rootKey !== undefined) expect(keys.every(([key]) => key === rootKey)).toBe(true);
    else {
      const pool = derived?.[mineral] ?? {};
      const beyond = keys.filter(([key, milligrams]) => key !== UNDECLARED_KEY && milligrams > (pool[key] ?? 0));
      expect(beyond).toEqual([]);
    }
  }
}

describe('conservation', () => {
  it('keeps every key of every mineral in the books at every step', () => {
    const lateAssayOfWhatWasUsed = { seed: 1767261476, length: 69 };
    overRandomLedgers(
      25,
      80,
      (events) => {
        const graph = createGraph();
        let before = booksOf(graph);
        for (const event of effectiveEvents(events)) {
          foldEvent(graph, event);
          const after = booksOf(graph);
          checkBooks(event, changes(before, after), graph);
          before = after;
        }
      },
      [lateAssayOfWhatWasUsed],
    );
  });

  it('keeps whole milligrams above zero, adding up to whole grams of content', () => {
    overRandomLedgers(30, 120, (events) => {
      const graph = buildGraph(events);
      for (const node of graph.batches.values()) {
        const shown = compositionSummary(node, (siteId) => graph.sites.get(siteId)?.country);
        for (const mineral of MINERALS) {
          const pool = node.composition[mineral];
          if (pool === undefined) continue;
          expect(Object.values(pool).every((milligrams) => Number.isSafeInteger(milligrams) && milligrams > 0)).toBe(
            true,
          );
          expect(poolTotal(pool) % MILLIGRAMS_PER_GRAM).toBe(0);
          const entries = shown[mineral] ?? [];
          expect(entries.reduce((sum, { milligrams }) => sum + milligrams, 0)).toBe(poolTotal(pool));
          expect(entries.reduce((sum, { grams }) => sum + grams, 0)).toBe(poolTotal(pool) / MILLIGRAMS_PER_GRAM);
        }
        // Of a product of known and unknown inputs a part is known.
        const isPartlyKnown = upstreamOf(graph, node.batchId).some((id) => graph.batches.get(id)?.product);
        if (!node.contentKnown && !isPartlyKnown) expect(contentOf(node.composition)).toEqual({});
      }
    });
  });

  it('lets waste come only of what was collected and of the primary milligrams of scrap', () => {
    overRandomLedgers(25, 80, (events) => {
      const graph = createGraph();
      for (const event of effectiveEvents(events)) {
        const before = booksOf(graph);
        const wasteOf = wasteAllowed(graph, event);
        const allowed = MINERALS.map((mineral) => ({ mineral, most: wasteOf(mineral) }));
        foldEvent(graph, event);
        for (const { mineral, most } of allowed) {
          const gain = [...changes(before, booksOf(graph))]
            .filter(([key]) => mineralOf(key) === mineral && isWaste(key))
            .reduce((sum, [, milligrams]) => sum + milligrams, 0);
          expect(gain).toBeLessThanOrEqual(most);
        }
      }
    });
  });
});

const wasteIn = (pool: Pool | undefined): number =>
  Object.entries(pool ?? {}).reduce((sum, [key, milligrams]) => sum + (isWaste(key) ? milligrams : 0), 0);

/** How much waste the event may bring into the books: asked before it is folded, for the fold changes the nodes. */
function wasteAllowed(graph: ProvenanceGraph, event: GraphEvent): (mineral: Mineral) => number {
  const content = (event.data as { contentGrams?: Record<string, number> }).contentGrams ?? {};
  const contained = (mineral: Mineral): number => (content[mineral] ?? 0) * MILLIGRAMS_PER_GRAM;
  if (event.type === 'BatchRegistered') {
    const { origin } = event.data as { origin: { kind: string } };
    return (mineral) => (origin.kind === 'end-of-life' ? contained(mineral) : 0);
  }
  if (event.type === 'BatchAssayed') {
    const node = graph.batches.get((event.data as { batchId: string }).batchId);
    // Of a root all that is found is its own; of a made batch what was derived comes back when an assay is replaced.
    if (node?.rootKey !== undefined) return (mineral) => (isWaste(node.rootKey ?? '') ? contained(mineral) : 0);
    return (mineral) => wasteIn((node?.derived ?? node?.composition)?.[mineral]) - wasteIn(node?.composition[mineral]);
  }
  if (event.type === 'ProductWasted') {
    const { process, products } = event.data as { process: string; products: string[] };
    const held = products.map((id) => graph.batches.get(id)?.composition);
    return (mineral) =>
      process === 'take-back' ? held.reduce((sum, each) => sum + poolTotal(each?.[mineral] ?? {}), 0) : 0;
  }
  if (event.type !== 'BatchesTransformed') return () => 0;
  const { process, inputs } = event.data as { process: string; inputs: { batchId: string }[] };
  const scrap = inputs
    .map(({ batchId }) => graph.batches.get(batchId))
    .filter((node) => process === 'recycling' && node?.scrap !== undefined);
  // Now, before the fold takes from them.
  const primary = scrap
    .flatMap((node) =>
      MINERALS.flatMap((mineral) =>
        Object.entries(node?.composition[mineral] ?? {}).map(([key, milligrams]) => ({ mineral, key, milligrams })),
      ),
    )
    .filter(({ key }) => key.endsWith('/primary'));
  return (mineral) => primary.reduce((sum, entry) => sum + (entry.mineral === mineral ? entry.milligrams : 0), 0);
}
