/** Custody hops, and what is said of a batch. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { labelsOn } from './batch-node.js';
import { buildGraph } from './fold.js';
import { type BatchNode } from './graph.types.js';
import { LedgerWriter, markOf } from './testing/ledger-writer.js';

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

describe('a custody hop', () => {
  it('is a stay that ends, a batch held by nobody, and a stay that begins', () => {
    const registered = ledger.register('mine', 'ore', 100, { cobalt: 10 });
    const sent = ledger.dispatch('mine', 'works', 's1', ['ore']);
    expect(batch('ore')).toMatchObject({ status: 'in-transit', grossGrams: 100 });
    expect(batch('ore').siteId).toBeUndefined();
    const received = ledger.receive('works', 'mine', 's1', [['ore', 100]]);
    expect(batch('ore')).toMatchObject({ status: 'at-site', siteId: 'works', anomalies: [] });
    expect(batch('ore').stays).toEqual([
      {
        siteId: 'mine',
        arrived: { ...markOf(registered), how: 'registration' },
        departed: { ...markOf(sent), how: 'dispatch' },
      },
      { siteId: 'works', arrived: { ...markOf(received), how: 'receipt' } },
    ]);
    expect(buildGraph(ledger.events).shipments.get('s1')).toEqual({
      shipmentId: 's1',
      consignorSiteId: 'mine',
      consigneeSiteId: 'works',
      batchIds: ['ore'],
      dispatched: markOf(sent),
      received: markOf(received),
    });
  });

  it('lighter, is a use of what arrived; heavier, keeps the content; with nothing, is the end of the batch', () => {
    ledger.register('mine', 'light', 10, { cobalt: 7 });
    ledger.register('mine', 'heavy', 1_000, { cobalt: 7 });
    ledger.register('mine', 'lost', 10, { cobalt: 7 });
    ledger.ship('mine', 'works', [
      ['light', 9],
      ['heavy', 1_004],
      ['lost', 0],
    ]);
    // floor(7 × 9 ÷ 10) = 6.
    expect(batch('light')).toMatchObject({ grossGrams: 9, composition: { cobalt: { 'AU/primary': 6_000 } } });
    expect(batch('heavy')).toMatchObject({ grossGrams: 1_004, composition: { cobalt: { 'AU/primary': 7_000 } } });
    expect(batch('heavy').hops).toMatchObject([{ dispatched: { grossGrams: 1_000 }, received: { grossGrams: 1_004 } }]);
    expect(batch('lost')).toMatchObject({ status: 'spent', grossGrams: 0, composition: {} });
    expect(batch('lost').stays.at(-1)?.departed?.how).toBe('lost');
  });

  it('refused, is under way until it is taken back', () => {
    ledger.register('mine', 'ore', 100, { cobalt: 10 });
    ledger.dispatch('mine', 'works', 's1', ['ore']);
    const refused = ledger.write('works', 'ShipmentRefused', { shipmentId: 's1', reason: 'torn bags' });
    expect(batch('ore').status).toBe('in-transit');
    expect(buildGraph(ledger.events).shipments.get('s1')?.refused).toEqual({ ...markOf(refused), reason: 'torn bags' });
    const returned = ledger.write('mine', 'ShipmentReturned', {
      shipmentId: 's1',
      batches: [{ batchId: 'ore', material: 'polymetallic-ore', grossGrams: 100, contentGrams: {}, labels: [] }],
    });
    expect(batch('ore')).toMatchObject({ status: 'at-site', siteId: 'mine', grossGrams: 100, anomalies: [] });
    expect(batch('ore').hops).toMatchObject([{ refused: markOf(refused), returned: markOf(returned) }]);
    expect(batch('ore').stays.map(({ siteId, arrived }) => [siteId, arrived.how])).toEqual([
      ['mine', 'registration'],
      ['mine', 'return'],
    ]);
  });

  it('carries the terms of trade and what was seen of the labels', () => {
    ledger.register('mine', 'ore', 100, { cobalt: 10 });
    const qr = { standard: 'gs1-digital-link', carrier: 'qr', value: 'v' } as const;
    for (const labelId of ['kept', 'faded', 'torn', 'overlooked']) {
      ledger.write('mine', 'BatchLabelled', { batchId: 'ore', labelId, ...qr });
    }
    ledger.write('mine', 'LabelRemoved', { batchId: 'ore', labelId: 'torn', reason: 'torn' });
    expect(labelsOn(batch('ore')).map((label) => label.labelId)).toEqual(['kept', 'faded', 'overlooked']);
    ledger.write('mine', 'BatchesDispatched', {
      shipmentId: 's1',
      consigneeSiteId: 'works',
      batches: [
        { batchId: 'ore', material: 'polymetallic-ore', grossGrams: 100, contentGrams: {}, labels: ['kept', 'faded'] },
      ],
      tradeTerms: { exportDuty: true, quantitativeRestriction: false },
    });
    const received = ledger.receive(
      'works',
      'mine',
      's1',
      [['ore', 100]],
      [
        { labelId: 'kept', condition: 'intact' },
        { labelId: 'faded', condition: 'illegible' },
        { labelId: 'never-seen', condition: 'intact' },
      ],
    );
    const node = batch('ore');
    const { standard, carrier } = qr;
    expect(node.hops[0]).toMatchObject({
      tradeTerms: { exportDuty: true, quantitativeRestriction: false },
      dispatched: {
        labels: [
          { labelId: 'kept', standard, carrier },
          { labelId: 'faded', standard, carrier },
        ],
      },
      received: {
        labels: [
          { labelId: 'kept', standard, carrier, condition: 'intact' },
          { labelId: 'faded', standard, carrier, condition: 'illegible' },
          { labelId: 'never-seen', condition: 'intact' },
        ],
      },
    });
    expect(labelsOn(node).map((label) => label.labelId)).toEqual(['kept', 'faded']);
    expect(node.labels.find((label) => label.labelId === 'overlooked')?.unseen).toEqual(markOf(received));
  });
});

describe('what is said of a batch', () => {
  it('is kept: the last declaration of each mineral, the hold in force', () => {
    ledger.register('mine', 'ore', 100, { cobalt: 10 });
    ledger.write('mine', 'RecycledContentDeclared', { batchId: 'ore', mineral: 'cobalt', share: '0.1' });
    const last = ledger.write('mine', 'RecycledContentDeclared', { batchId: 'ore', mineral: 'cobalt', share: '0.2' });
    const held = ledger.write('mine', 'BatchHeld', { batchId: 'ore', authority: 'customs', reason: 'papers' });
    expect(batch('ore').declarations).toEqual({ cobalt: { ...markOf(last), share: '0.2' } });
    expect(batch('ore').held).toEqual({ ...markOf(held), authority: 'customs', reason: 'papers' });
    ledger.write('mine', 'BatchReleased', { batchId: 'ore' });
    expect(batch('ore').held).toBeUndefined();
  });
});
