import { describe, expect, it } from '@jest/globals';
import { buildGraph } from './fold.js';
import { labelsOn } from './batch-node.js';
import { type BatchNode, type GraphEvent } from './graph.types.js';
import { LedgerWriter } from './testing/ledger-writer.js';

const DIGITAL_LINK = { standard: 'gs1-digital-link', carrier: 'qr' } as const;

/** `b` of 1,000 g leaves `mine` at minute 10, by shipment `s`, for `works`. */
class Late extends LedgerWriter {
  constructor(contentGrams = {}) {
    super();
    this.open('mine', 'miner', 'AU');
    this.open('works', 'maker', 'JP');
    this.register('mine', 'b', 1_000, contentGrams);
    this.write('mine', 'BatchesDispatched', sent('s'), 10);
  }

  received(grossGrams = 1_000, labels: string[] = []): GraphEvent {
    const batches = [
      { ...BATCH, grossGrams, labels: labels.map((labelId) => ({ labelId, condition: 'intact' as const })) },
    ];
    return this.write('works', 'BatchesReceived', { shipmentId: 's', consignorSiteId: 'mine', batches }, 20);
  }

  label(minute: number, siteId = 'mine', labelId = 'l'): GraphEvent {
    return this.write(siteId, 'BatchLabelled', { batchId: 'b', labelId, ...DIGITAL_LINK, value: labelId }, minute);
  }

  assay(minute: number, cobalt: number, siteId = 'mine', batchId = 'b'): GraphEvent {
    return this.write(siteId, 'BatchAssayed', { batchId, contentGrams: { cobalt }, method: 'XRF' }, minute);
  }

  get b(): BatchNode {
    return buildGraph(this.events).batches.get('b')!;
  }
}

const BATCH = { batchId: 'b', material: 'polymetallic-concentrate', grossGrams: 1_000, contentGrams: {} };

function sent(shipmentId: string) {
  return { shipmentId, consigneeSiteId: 'works', batches: [{ ...BATCH, labels: [] as string[] }] };
}
const shownBy = ({ hops }: BatchNode) => hops.map(({ dispatched }) => dispatched.labels);
const seen = { labelId: 'l', ...DIGITAL_LINK };

describe('a label that is recorded late', () => {
  it('is on what had left since, while it is on its way', () => {
    const late = new Late();
    late.label(5);
    expect(shownBy(late.b)).toEqual([[seen]]);
    expect(labelsOn(late.b)).toHaveLength(1);
    expect(late.b.anomalies).toEqual([]);
  });

  it('is seen by nobody who has received the batch without knowing of it', () => {
    const late = new Late();
    const receipt = late.received();
    late.label(5);
    expect(shownBy(late.b)).toEqual([[seen]]);
    expect(late.b.hops[0]?.received?.labels).toEqual([]);
    expect(late.b.labels[0]?.unseen?.eventId).toBe(receipt.id);
    expect(labelsOn(late.b)).toEqual([]);
  });

  it('is seen where the receipt is corrected to mention it, before or after', () => {
    for (const isBefore of [true, false]) {
      const late = new Late();
      const receipt = late.received();
      const correct = () =>
        late.correct(receipt, { batches: [{ ...BATCH, labels: [{ labelId: 'l', condition: 'intact' }] }] });
      if (isBefore) correct();
      late.label(5);
      if (!isBefore) correct();
      expect(late.b.hops[0]?.received?.labels).toEqual([{ ...seen, condition: 'intact' }]);
      expect(labelsOn(late.b)).toHaveLength(1);
    }
  });

  it('is on what came back and left again', () => {
    const late = new Late();
    late.write('works', 'ShipmentRefused', { shipmentId: 's', reason: 'wet' }, 12);
    late.write('mine', 'ShipmentReturned', { shipmentId: 's', batches: [{ ...BATCH, labels: [] }] }, 14);
    late.write('mine', 'BatchesDispatched', sent('s2'), 16);
    late.label(5);
    expect(shownBy(late.b)).toEqual([[seen], [seen]]);
  });

  it('does not stand in the place of one that was put on under that id afterwards', () => {
    const late = new Late();
    late.received();
    const own = late.label(25, 'works');
    late.label(5);
    expect(labelsOn(late.b).map(({ labelled }) => labelled.eventId)).toEqual([own.id]);
  });

  it('is of nobody who did not have the batch then', () => {
    for (const [minute, siteId] of [
      [11, 'mine'],
      [5, 'works'],
    ] as const) {
      const late = new Late();
      late.label(minute, siteId);
      expect(shownBy(late.b)).toEqual([[]]);
      expect(late.b.anomalies).toMatchObject([{ code: 'used-before-arrival' }]);
    }
  });
});

describe('an assay that is recorded late', () => {
  const cobaltIn = ({ composition }: BatchNode) => composition.cobalt ?? {};

  it('is of what is on its way, and of what has arrived', () => {
    for (const hasArrived of [false, true]) {
      const late = new Late();
      if (hasArrived) late.received();
      late.assay(5, 200);
      expect(cobaltIn(late.b)).toEqual({ 'AU/primary': 200_000 });
      expect(late.b).toMatchObject({ contentKnown: true, anomalies: [] });
    }
  });

  it('is of as much of it as arrived', () => {
    const late = new Late();
    late.received(999);
    late.assay(5, 201);
    expect(cobaltIn(late.b)).toEqual({ 'AU/primary': 200_000 });
    expect(late.b.assays).toMatchObject([{ contentGrams: { cobalt: 201 }, arrivedGrams: { cobalt: 200 } }]);
  });

  it('changes nothing where the batch was used since', () => {
    const late = new Late({ cobalt: 100 });
    late.received();
    late.write('works', 'BatchSplit', { batchId: 'b', parts: [{ batchId: 'p', grossGrams: 500 }] }, 30);
    late.assay(5, 200);
    expect(cobaltIn(late.b)).toEqual({ 'AU/primary': 50_000 });
    expect(late.b.assays).toMatchObject([{ overtaken: true }]);
    // As of a moment before the use it was not overtaken yet.
    const validAt = late.events.at(-2)!.metadata.occurredAt.replace(':30:', ':29:');
    expect(cobaltIn(buildGraph(late.events, { validAt }).batches.get('b')!)).toEqual({ 'AU/primary': 200_000 });
  });

  it('changes nothing where another was made after it', () => {
    const late = new Late();
    late.received();
    late.assay(25, 150, 'works');
    late.assay(5, 200);
    expect(cobaltIn(late.b)).toEqual({ 'AU/primary': 150_000 });
    expect(late.b.assays.map(({ replaced }) => replaced)).toEqual([undefined, true]);
  });
});
