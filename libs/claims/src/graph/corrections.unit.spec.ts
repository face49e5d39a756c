/** Corrected data that contradict each other: folded as far as they go, and noted. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { buildGraph } from './fold.js';
import { type BatchNode } from './graph.types.js';
import { LedgerWriter, markOf, timeOf } from './testing/ledger-writer.js';
import { downstreamOf, isMadeOfItself } from './testing/walks.js';
import { upstreamOf } from './walk.js';

let ledger: LedgerWriter;
beforeEach(() => {
  ledger = new LedgerWriter();
  ledger.open('mine', 'diggers', 'AU');
  ledger.open('works', 'refiners', 'JP');
});

function batch(batchId: string): BatchNode {
  const node = buildGraph(ledger.events).batches.get(batchId);
  if (node === undefined) throw new Error(`no ${batchId}`);
  return node;
}

describe('a correction', () => {
  it('acts in the place of what it corrects, with the occurredAt of that', () => {
    const registered = ledger.register('mine', 'ore', 100, { cobalt: 10 });
    const use = ledger.write('mine', 'BatchConsumed', { batchId: 'ore', grossGrams: 50, productId: 'p' });
    ledger.correct(registered, { grossGrams: 200, contentGrams: { cobalt: 40 } });
    expect(batch('ore')).toMatchObject({
      grossGrams: 150,
      composition: { cobalt: { 'AU/primary': 30_000 } },
      bornBy: markOf(registered),
      uses: [markOf(use)],
      anomalies: [],
    });
    const asOf = buildGraph(ledger.events, { validAt: timeOf(registered.logIndex) });
    expect(asOf.batches.get('ore')?.grossGrams).toBe(200);
  });

  it('of a correction means the event at the root, and the last one wins', () => {
    const registered = ledger.register('mine', 'ore', 100, {});
    const first = ledger.correct(registered, { grossGrams: 200 });
    ledger.write('mine', 'RecordCorrected', {
      eventId: first.id,
      reason: 'again',
      replacement: { ...(registered.data as object), grossGrams: 300 },
    });
    expect(batch('ore').grossGrams).toBe(300);
    ledger.correct(registered, { grossGrams: 400 });
    expect(batch('ore').grossGrams).toBe(400);
  });

  it('from another site’s stream corrects nothing', () => {
    const registered = ledger.register('mine', 'ore', 100, {});
    ledger.write('works', 'RecordCorrected', {
      eventId: registered.id,
      reason: 'not theirs',
      replacement: { ...(registered.data as object), grossGrams: 200 },
    });
    expect(batch('ore').grossGrams).toBe(100);
  });
});

describe('less than was used', () => {
  it('gives what there was; outputs beyond it are undeclared, and the contradiction is noted with its figures', () => {
    const registered = ledger.register('works', 'in', 100, { cobalt: 50 });
    const made = ledger.transform('works', 'refining', [['in', 100]], [['out', 90, { cobalt: 50 }]]);
    ledger.correct(registered, { grossGrams: 40, contentGrams: { cobalt: 20 } });
    expect(batch('in')).toMatchObject({
      grossGrams: 0,
      status: 'spent',
      anomalies: [{ ...markOf(made), code: 'overdrawn', siteId: 'works', askedGrams: 100, heldGrams: 40 }],
    });
    expect(batch('out')).toMatchObject({
      composition: { cobalt: { 'JP/primary': 20_000, 'ZZ/undeclared': 30_000 } },
      anomalies: [],
    });
  });

  it('leaves the later use without, in the order of the log', () => {
    const registered = ledger.register('mine', 'ore', 100, { cobalt: 50 });
    ledger.split('mine', 'ore', [['a', 60]]);
    const second = ledger.split('mine', 'ore', [['b', 40]]);
    ledger.correct(registered, { grossGrams: 80, contentGrams: { cobalt: 40 } });
    expect(batch('a')).toMatchObject({ grossGrams: 60, composition: { cobalt: { 'AU/primary': 30_000 } } });
    expect(batch('b')).toMatchObject({ grossGrams: 40, composition: { cobalt: { 'AU/primary': 10_000 } } });
    expect(batch('ore').anomalies).toMatchObject([{ ...markOf(second), askedGrams: 40, heldGrams: 20 }]);
  });

  it('shows at a hop as what left and what arrived', () => {
    const registered = ledger.register('mine', 'ore', 100, { cobalt: 50 });
    ledger.ship('mine', 'works', [['ore', 100]]);
    ledger.correct(registered, { grossGrams: 80, contentGrams: { cobalt: 40 } });
    expect(batch('ore')).toMatchObject({
      grossGrams: 100,
      composition: { cobalt: { 'AU/primary': 40_000 } },
      hops: [{ dispatched: { grossGrams: 80 }, received: { grossGrams: 100 } }],
    });
  });
});

describe('what was not there', () => {
  it('a batch that a corrected receipt leaves out has not arrived, but is used all the same', () => {
    ledger.register('mine', 'a', 100, { cobalt: 50 });
    ledger.register('mine', 'b', 100, { cobalt: 50 });
    ledger.dispatch('mine', 'works', 's', ['a', 'b']);
    const receipt = ledger.receive('works', 'mine', 's', [
      ['a', 100],
      ['b', 100],
    ]);
    const made = ledger.transform('works', 'refining', [['b', 100]], [['out', 90, { cobalt: 50 }]]);
    const { batches } = receipt.data as { batches: { batchId: string }[] };
    ledger.correct(receipt, { batches: batches.slice(0, 1) });
    expect(batch('b')).toMatchObject({
      status: 'spent',
      anomalies: [{ ...markOf(made), code: 'used-before-arrival', siteId: 'works' }],
    });
    expect(batch('out').composition).toEqual({ cobalt: { 'AU/primary': 50_000 } });
  });

  it('a batch that has left is not there any more', () => {
    ledger.register('mine', 'ore', 100, { cobalt: 50 });
    ledger.register('mine', 'other', 100, { cobalt: 50 });
    ledger.dispatch('mine', 'works', 's', ['ore']);
    const made = ledger.transform('mine', 'refining', [['other', 100]], [['out', 90, { cobalt: 50 }]]);
    ledger.correct(made, { inputs: [{ batchId: 'ore', grossGrams: 100 }] });
    expect(batch('ore').anomalies).toMatchObject([{ ...markOf(made), code: 'used-before-arrival', siteId: 'mine' }]);
  });

  it('a batch used before it was made gives nothing, and is made later as recorded', () => {
    ledger.register('works', 'in', 100, { cobalt: 50 });
    const made = ledger.transform('works', 'refining', [['in', 100]], [['out', 90, { cobalt: 50 }]]);
    ledger.register('works', 'later', 100, { cobalt: 20 });
    ledger.correct(made, { inputs: [{ batchId: 'later', grossGrams: 100 }] });
    expect(batch('later')).toMatchObject({
      status: 'at-site',
      grossGrams: 100,
      composition: { cobalt: { 'JP/primary': 20_000 } },
    });
    expect(batch('later').anomalies.map(({ code, eventId }) => [code, eventId])).toEqual([
      ['used-before-arrival', made.id],
      ['overdrawn', made.id],
    ]);
    expect(batch('out')).toMatchObject({ composition: { cobalt: { 'ZZ/undeclared': 50_000 } }, originUnknown: true });
  });

  it('a receipt without its dispatch is noted, and the batch is where it was received', () => {
    ledger.register('mine', 'ore', 100, { cobalt: 50 });
    const receipt = ledger.receive('works', 'mine', 'never-sent', [['ore', 90]]);
    expect(batch('ore')).toMatchObject({
      status: 'at-site',
      siteId: 'works',
      grossGrams: 90,
      hops: [],
      anomalies: [{ ...markOf(receipt), code: 'received-unsent', siteId: 'works' }],
    });
    expect(batch('ore').stays[0]?.departed?.how).toBe('unrecorded');
  });

  it('a second event that makes the same batch is not followed', () => {
    ledger.register('mine', 'ore', 100, { cobalt: 50 });
    const again = ledger.register('works', 'ore', 7, { cobalt: 7 }, 'end-of-life');
    expect(batch('ore')).toMatchObject({
      siteId: 'mine',
      grossGrams: 100,
      composition: { cobalt: { 'AU/primary': 50_000 } },
      anomalies: [{ ...markOf(again), code: 'made-twice', siteId: 'works' }],
    });
  });
});

describe('a ring of batches, each made of the other', () => {
  it('is walked once, and shows as used before it was made', () => {
    ledger.register('works', 'in', 100, { cobalt: 50 });
    const first = ledger.transform('works', 'refining', [['in', 100]], [['a', 90, { cobalt: 50 }]]);
    ledger.transform('works', 'refining', [['a', 90]], [['b', 80, { cobalt: 50 }]]);
    ledger.correct(first, { inputs: [{ batchId: 'b', grossGrams: 80 }] });
    const graph = buildGraph(ledger.events);
    expect(upstreamOf(graph, 'a')).toEqual(['a', 'b']);
    expect(downstreamOf(graph, 'a')).toEqual(['a', 'b']);
    expect(isMadeOfItself(graph, 'a')).toBe(true);
    expect(isMadeOfItself(graph, 'in')).toBe(false);
    expect(batch('b').anomalies[0]).toMatchObject({ ...markOf(first), code: 'used-before-arrival' });
    // Nothing can come out of nothing but what is undeclared.
    expect(batch('b').composition).toEqual({ cobalt: { 'ZZ/undeclared': 50_000 } });
  });

  it('is found behind batches that are met twice on the way', () => {
    ledger.register('works', 'x', 100, { cobalt: 50 });
    ledger.split('works', 'x', [
      ['l', 50],
      ['r', 50],
    ]);
    ledger.transform(
      'works',
      'blending',
      [
        ['l', 50],
        ['r', 50],
      ],
      [['a', 100, { cobalt: 50 }]],
    );
    const graph = buildGraph(ledger.events);
    graph.batches.get('x')?.parents.push('a');
    expect(['x', 'l', 'r', 'a'].map((batchId) => isMadeOfItself(graph, batchId))).toEqual([true, true, true, true]);
    expect(upstreamOf(graph, 'a')).toEqual(['a', 'l', 'r', 'x']);
  });

  it('may be of one batch alone', () => {
    ledger.register('works', 'in', 100, { cobalt: 50 });
    const made = ledger.transform('works', 'refining', [['in', 100]], [['a', 90, { cobalt: 50 }]]);
    ledger.correct(made, { inputs: [{ batchId: 'a', grossGrams: 90 }] });
    const graph = buildGraph(ledger.events);
    expect(upstreamOf(graph, 'a')).toEqual(['a']);
    expect(isMadeOfItself(graph, 'a')).toBe(true);
  });
});

describe('walking', () => {
  it('names each batch once, nearest first, and what the graph does not hold', () => {
    ledger.register('works', 'x', 100, { cobalt: 10 });
    ledger.split('works', 'x', [
      ['l', 50],
      ['r', 50],
    ]);
    ledger.transform(
      'works',
      'blending',
      [
        ['l', 50],
        ['r', 50],
      ],
      [
        ['out', 100, { cobalt: 10 }],
        ['co', 0, {}],
      ],
    );
    const graph = buildGraph(ledger.events);
    expect(upstreamOf(graph, 'out')).toEqual(['out', 'l', 'r', 'x']);
    expect(downstreamOf(graph, 'x')).toEqual(['x', 'l', 'r', 'out', 'co']);
    expect(upstreamOf(graph, 'never-heard-of')).toEqual(['never-heard-of']);
    expect(isMadeOfItself(graph, 'out')).toBe(false);
  });
});
