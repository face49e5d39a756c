import { describe, expect, it } from '@jest/globals';
import { ChainWriter } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';

const AT = '2026-01-01';
const chainRule = programmeWith({ claim: 'labelling', on: 'chain', acceptedStandards: ['gs1-128'] });
const batchRule = programmeWith({ claim: 'labelling', on: 'batch', acceptedStandards: ['gs1-128'], carriers: ['qr'] });

/** `ore` goes from mine to refinery; `x` is made of it there. */
function chain(): ChainWriter {
  const writer = new ChainWriter();
  writer.open('mine');
  writer.open('refinery');
  writer.register('2025-01-01', 'mine', 'ore', 100, { cobalt: 50 });
  return writer;
}
const make = (writer: ChainWriter) => {
  writer.transform('2025-03-01', 'refinery', { ore: 100 }, { x: [90, { cobalt: 50 }] });
  return writer.label('2025-03-02', 'refinery', 'x', 'lx', 'gs1-128', 'qr');
};
const broken = (because: string, ...events: { id: string }[]) => [
  expect.objectContaining({ claim: 'labelling', verdict: 'broken', because, eventIds: events.map(({ id }) => id) }),
];
const unproven = (event: { id: string }) => [
  expect.objectContaining({ verdict: 'unproven', because: 'label-not-recorded', eventIds: [event.id] }),
];

describe('labelling of a chain', () => {
  it('holds when every dispatch, every receipt and the batch show an accepted label', () => {
    const writer = chain();
    writer.label('2025-01-02', 'mine', 'ore', 'l1', 'gs1-128');
    writer.label('2025-01-02', 'mine', 'ore', 'l2', 'private');
    writer.dispatch('2025-01-03', 'mine', 'refinery', 'ore', { labels: ['l1', 'l2'] });
    writer.receive('2025-01-04', 'refinery', 'mine', 'ore', 100, { l1: 'intact', l2: 'missing' });
    make(writer);
    expect(writer.ask(chainRule, 'x', AT)).toMatchObject({ verdict: 'holds', reasons: [] });
  });

  it('is broken by one event when a label of another standard passed every place', () => {
    const writer = chain();
    const label = writer.label('2025-01-02', 'mine', 'ore', 'l1', 'private');
    writer.dispatch('2025-01-03', 'mine', 'refinery', 'ore', { labels: ['l1'] });
    writer.receive('2025-01-04', 'refinery', 'mine', 'ore', 100, { l1: 'intact' });
    make(writer);
    expect(writer.ask(chainRule, 'x', AT).reasons).toEqual(broken('label-not-accepted', label));
  });

  it.each(['illegible', 'missing'] as const)('is broken by the receipt that found it %s', (condition) => {
    const writer = chain();
    writer.label('2025-01-02', 'mine', 'ore', 'l1', 'gs1-128');
    writer.dispatch('2025-01-03', 'mine', 'refinery', 'ore', { labels: ['l1'] });
    const receipt = writer.receive('2025-01-04', 'refinery', 'mine', 'ore', 100, { l1: condition });
    make(writer);
    expect(writer.ask(chainRule, 'x', AT).reasons).toEqual(broken('label-not-intact', receipt));
    // The batch itself, when it is the one asked about, is damaged by that same receipt.
    const still = chain();
    still.label('2025-01-02', 'mine', 'ore', 'l1', 'gs1-128');
    still.dispatch('2025-01-03', 'mine', 'refinery', 'ore', { labels: ['l1'] });
    const found = still.receive('2025-01-04', 'refinery', 'mine', 'ore', 100, { l1: condition });
    expect(still.ask(chainRule, 'ore', AT).reasons).toEqual(broken('label-not-intact', found));
  });

  it('is unproven where nothing was recorded, once a batch', () => {
    const writer = chain();
    const dispatch = writer.dispatch('2025-01-03', 'mine', 'refinery', 'ore');
    writer.receive('2025-01-04', 'refinery', 'mine', 'ore', 100);
    make(writer);
    expect(writer.ask(chainRule, 'x', AT).reasons).toEqual(unproven(dispatch));
  });

  it('does not look at what the rest of a batch went through afterwards', () => {
    const writer = chain();
    writer.transform('2025-01-02', 'mine', { ore: 50 }, { y: [40, { cobalt: 25 }] });
    writer.label('2025-01-02', 'mine', 'y', 'ly', 'gs1-128');
    writer.dispatch('2025-01-03', 'mine', 'refinery', 'ore');
    expect(writer.ask(chainRule, 'y', AT).verdict).toBe('holds');
    expect(writer.ask(chainRule, 'ore', AT).verdict).toBe('unproven');
  });
});

describe('labelling of the batch now', () => {
  const batch = (): ChainWriter => {
    const writer = chain();
    writer.dispatch('2025-01-03', 'mine', 'refinery', 'ore');
    writer.receive('2025-01-04', 'refinery', 'mine', 'ore', 100);
    writer.transform('2025-03-01', 'refinery', { ore: 100 }, { x: [90, { cobalt: 50 }] });
    return writer;
  };

  it('holds with an accepted label on an accepted carrier, whatever the chain lacks', () => {
    const writer = batch();
    writer.label('2025-03-02', 'refinery', 'x', 'l1', 'gs1-128', 'qr');
    expect(writer.ask(batchRule, 'x', AT).verdict).toBe('holds');
  });

  it('is broken by the carrier, and mended by another label', () => {
    const writer = batch();
    const label = writer.label('2025-03-02', 'refinery', 'x', 'l1', 'gs1-128', 'print');
    expect(writer.ask(batchRule, 'x', AT).reasons).toEqual(broken('label-not-accepted', label));
    writer.label('2025-03-03', 'refinery', 'x', 'l2', 'gs1-128', 'qr');
    expect(writer.ask(batchRule, 'x', AT).verdict).toBe('holds');
  });

  it('is broken by the removal, until it is put on again', () => {
    const writer = batch();
    writer.label('2025-03-02', 'refinery', 'x', 'l1', 'gs1-128', 'qr');
    const removed = writer.unlabel('2025-03-03', 'refinery', 'x', 'l1');
    expect(writer.ask(batchRule, 'x', AT).reasons).toEqual(broken('label-not-intact', removed));
    expect(writer.ask(batchRule, 'x', '2025-03-02').verdict).toBe('holds');
    writer.label('2025-03-04', 'refinery', 'x', 'l1', 'gs1-128', 'qr');
    expect(writer.ask(batchRule, 'x', AT).verdict).toBe('holds');
  });

  it('is unproven without any', () => {
    const writer = batch();
    expect(writer.ask(batchRule, 'x', AT)).toMatchObject({ verdict: 'unproven', reasons: [{ batchId: 'x' }] });
  });
});

describe('a label recorded late', () => {
  const sent = (): { writer: ChainWriter; dispatch: { id: string } } => {
    const writer = chain();
    return { writer, dispatch: writer.dispatch('2025-01-03', 'mine', 'refinery', 'ore') };
  };
  const receive = (writer: ChainWriter) => writer.receive('2025-01-04', 'refinery', 'mine', 'ore', 100);
  const late = (writer: ChainWriter, standard = 'gs1-128') => writer.label('2025-01-02', 'mine', 'ore', 'l1', standard);

  it('holds for the dispatch that followed it, and for what is on its way', () => {
    const { writer } = sent();
    late(writer);
    expect(writer.ask(chainRule, 'ore', AT).verdict).toBe('holds');
  });

  it('heals no receipt that did not look for it: history keeps it, and the batch is as it arrived', () => {
    const { writer } = sent();
    const receipt = receive(writer);
    late(writer);
    expect(writer.ask(chainRule, 'ore', AT).reasons).toEqual(unproven(receipt));
    make(writer);
    expect(writer.ask(chainRule, 'x', AT).reasons).toEqual(unproven(receipt));
    expect(writer.ask(batchRule, 'ore', AT).reasons).toEqual(unproven(receipt));
  });

  it('heals no receipt that found a label missing', () => {
    const writer = chain();
    writer.label('2025-01-02', 'mine', 'ore', 'l0', 'gs1-128');
    writer.dispatch('2025-01-03', 'mine', 'refinery', 'ore', { labels: ['l0'] });
    const receipt = writer.receive('2025-01-04', 'refinery', 'mine', 'ore', 100, { l0: 'missing' });
    late(writer);
    make(writer);
    expect(writer.ask(chainRule, 'x', AT).reasons).toEqual(broken('label-not-intact', receipt));
  });

  it('counts at the receipt once that is corrected to have seen it', () => {
    const { writer } = sent();
    const receipt = receive(writer);
    late(writer);
    const labels = [{ labelId: 'l1', condition: 'intact' }];
    const { batches } = receipt.data as { batches: object[] };
    writer.correct('2025-02-01', receipt, { batches: batches.map((batch) => ({ ...batch, labels })) });
    expect(writer.ask(chainRule, 'ore', AT).verdict).toBe('holds');
  });

  it('counts from its own date on, and is unknown before it was recorded', () => {
    const { writer } = sent();
    late(writer);
    expect(writer.ask(chainRule, 'ore', '2025-01-03').verdict).toBe('holds');
    expect(writer.ask(chainRule, 'ore', '2025-01-01').verdict).toBe('unproven');
    writer.events.pop();
    expect(writer.ask(chainRule, 'ore', AT).verdict).toBe('unproven');
  });

  it('of a standard that is not accepted is named as what to mend', () => {
    const { writer } = sent();
    const label = late(writer, 'private');
    expect(writer.ask(chainRule, 'ore', AT).reasons).toEqual(broken('label-not-accepted', label));
  });
});
