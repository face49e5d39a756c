import { describe, expect, it } from '@jest/globals';
import { buildGraph } from './fold.js';
import { type BatchNode, type ProvenanceGraph } from './graph.types.js';
import { isUnlooked } from './late-facts.js';
import { timeOf } from './testing/ledger-writer.js';
import { labelsShown } from './testing/naive-late.js';
import { NaiveLedger } from './testing/naive-ledger.js';
import { randomLedger } from './testing/random-ledger.js';
import { parentsOf } from './walk.js';
import { overRandomLedgers } from './testing/random-properties.js';

/** As the naive ledger tells it. */
function plainly(graph: ProvenanceGraph, node: BatchNode) {
  return {
    grossGrams: node.grossGrams,
    siteId: node.siteId,
    contentKnown: node.contentKnown,
    composition: node.composition,
    scrap: node.scrap,
    parents: [...parentsOf(graph, node)].sort(),
    originSites: node.originSites,
    originUnknown: node.originUnknown,
    shown: node.hops.map(({ dispatched }) => [...new Set(dispatched.labels.map(({ labelId }) => labelId))].sort()),
    anomalies: node.anomalies.map(({ code, eventId }) => `${code} ${eventId}`).sort(),
  };
}

function naively(ledger: NaiveLedger, batchId: string): ReturnType<typeof plainly> {
  const fact = ledger.facts.get(batchId);
  if (fact === undefined) throw new Error(`${batchId} is unknown to the naive ledger`);
  const mine = ledger.anomalies.filter((anomaly) => anomaly.batchId === batchId);
  return {
    grossGrams: Number(fact.gross),
    siteId: fact.place.kind === 'site' ? fact.place.at : undefined,
    contentKnown: fact.known,
    composition: ledger.composition(batchId),
    scrap: fact.scrapOf,
    parents: [...fact.parents].sort(),
    originSites: [...fact.origins].sort().slice(0, 2),
    originUnknown: !fact.originKnown,
    shown: labelsShown(fact),
    anomalies: mine.map(({ code, eventId }) => `${code} ${eventId}`).sort(),
  };
}

function expectSame(graph: ProvenanceGraph, ledger: NaiveLedger): void {
  expect([...graph.batches.keys()].sort()).toEqual([...ledger.facts.keys()].sort());
  const folded = [...graph.batches].map(([batchId, node]) => ({ batchId, ...plainly(graph, node) }));
  expect(folded).toEqual(folded.map(({ batchId }) => ({ batchId, ...naively(ledger, batchId) })));
  const marks = [...graph.batches.values()].flatMap(({ bornBy }) => bornBy ?? []);
  for (const { eventId, unconfirmed = {} } of [...marks, ...[...graph.sites.values()].map(({ opened }) => opened)]) {
    const awaiting = Object.entries(unconfirmed).map(([reliance, mark]) => `${reliance} ${mark.eventId}`);
    expect([eventId, awaiting.sort()]).toEqual([eventId, ledger.unconfirmed.get(eventId) ?? []]);
  }
}

describe('the fold against the naive ledger', () => {
  it('tells the same of every batch of random ledgers with corrections', () => {
    overRandomLedgers(80, 120, (events) => expectSame(buildGraph(events), new NaiveLedger(events)));
  });

  it('tells the same as of any moment of the world', () => {
    overRandomLedgers(40, 100, (events, seed) => {
      const validAt = timeOf(Math.abs(seed) % events.length);
      expectSame(buildGraph(events, { validAt }), new NaiveLedger(events, validAt));
    });
  });

  it('tells the same of a ledger of 1,000 batches', () => {
    const events = randomLedger(1, 1_700);
    const graph = buildGraph(events);
    expect(graph.batches.size).toBeGreaterThanOrEqual(1_000);
    const products = [...graph.batches.values()].filter(({ product }) => product);
    const states = new Set(products.flatMap(({ status, product }) => [status, ...(product?.placed ? ['placed'] : [])]));
    expect([...states]).toEqual(expect.arrayContaining(['at-site', 'in-transit', 'placed', 'spent']));
    expect(products.some(({ product }) => product?.returned && product.placed)).toBe(true);
    expect(products.some(({ product }) => product?.secondLife)).toBe(true);
    expect([...graph.batches.values()].some(({ bornBy }) => bornBy?.kind === 'wasted')).toBe(true);
    const nodes = [...graph.batches.values()];
    const assays = nodes.flatMap((node) => node.assays);
    expect(assays.filter(({ overtaken }) => overtaken).length).toBeGreaterThan(5);
    expect(assays.filter(({ arrivedGrams }) => arrivedGrams).length).toBeGreaterThan(1);
    expect(nodes.flatMap(({ labels }) => labels).filter(isUnlooked).length).toBeGreaterThan(5);
    expectSame(graph, new NaiveLedger(events));
  });
});
