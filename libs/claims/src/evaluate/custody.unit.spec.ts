import { describe, expect, it } from '@jest/globals';
import { disclosed } from '#custody';
import { ChainWriter } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';

const AT = '2026-01-01';

function chain(country = 'JP'): ChainWriter {
  const writer = new ChainWriter();
  writer.open('mine', 'US');
  writer.open('plant', country);
  return writer;
}
function shipped(more: Parameters<ChainWriter['dispatch']>[4] = {}, country = 'JP') {
  const writer = chain(country);
  const registered = writer.register('2025-01-01', 'mine', 'ore', 100, { cobalt: 50 });
  const dispatched = writer.dispatch('2025-02-01', 'mine', 'plant', 'ore', more);
  const received = writer.receive('2025-03-01', 'plant', 'mine', 'ore', 100);
  const made = writer.transform('2025-04-01', 'plant', { ore: 100 }, { x: [90, { cobalt: 50 }] });
  return { writer, registered, dispatched, received, made };
}

describe('custody', () => {
  const programme = programmeWith({ claim: 'custody' });

  it('holds from known origin to where the batch is', () => {
    expect(shipped().writer.ask(programme, 'x', AT)).toMatchObject({ verdict: 'holds', reasons: [] });
  });

  it('is unproven of undocumented origin', () => {
    const writer = chain();
    const ore = writer.register('2025-01-01', 'mine', 'ore', 100, { cobalt: 50 }, { origin: { kind: 'undocumented' } });
    writer.transform('2025-04-01', 'mine', { ore: 100 }, { x: [90, { cobalt: 50 }] });
    expect(writer.ask(programme, 'x', AT).reasons).toMatchObject([
      { verdict: 'unproven', because: 'origin-undocumented', batchId: 'ore', siteId: 'mine', eventIds: [ore.id] },
    ]);
  });

  it('is unproven while the batch asked about is in transit, and only then', () => {
    const { writer, dispatched } = shipped();
    expect(writer.ask(programme, 'ore', '2025-02-10').reasons).toMatchObject([
      { verdict: 'unproven', because: 'in-transit', batchId: 'ore', eventIds: [dispatched.id] },
    ]);
    expect(writer.ask(programme, 'ore', '2025-03-01').verdict).toBe('holds');
  });

  it('is broken when a correction leaves a batch used where it never arrived', () => {
    const { writer, received, made } = shipped();
    writer.correct('2025-05-01', received, { batches: [] });
    expect(writer.ask(programme, 'x', AT).reasons).toMatchObject([
      { verdict: 'broken', because: 'used-before-arrival', batchId: 'ore', siteId: 'plant', eventIds: [made.id] },
    ]);
  });

  it('is not concerned by what happens to the rest of an input later', () => {
    const writer = chain();
    writer.register('2025-01-01', 'mine', 'ore', 100, { cobalt: 50 });
    writer.transform('2025-02-01', 'mine', { ore: 50 }, { x: [40, { cobalt: 25 }] });
    writer.receive('2025-03-01', 'plant', 'mine', 'ore', 50);
    expect(writer.ask(programme, 'x', AT).verdict).toBe('holds');
    expect(writer.ask(programme, 'ore', AT).verdict).toBe('broken');
  });

  it('names a batch that no event made', () => {
    const writer = chain();
    const made = writer.transform('2025-02-01', 'mine', { ghost: 50 }, { x: [40, {}] });
    expect(writer.ask(programme, 'x', AT).reasons).toMatchObject([
      { verdict: 'broken', because: 'used-before-arrival', batchId: 'ghost', eventIds: [made.id] },
    ]);
  });
});

describe('trade-terms', () => {
  const programme = programmeWith({ claim: 'trade-terms', parties: ['JP', 'US'] });
  const terms = (exportDuty: boolean, quantitativeRestriction: boolean) => ({
    tradeTerms: { exportDuty, quantitativeRestriction },
  });

  it('holds without duty and restriction', () => {
    expect(shipped(terms(false, false)).writer.ask(programme, 'x', AT).verdict).toBe('holds');
  });

  it.each([
    [terms(true, false), ['export-duty']],
    [terms(false, true), ['quantitative-restriction']],
    [terms(true, true), ['export-duty', 'quantitative-restriction']],
  ])('is broken by %j', (more, codes) => {
    const { writer, dispatched } = shipped(more);
    expect(writer.ask(programme, 'x', AT)).toMatchObject({
      verdict: 'broken',
      reasons: codes.map((because) => ({ because, batchId: 'ore', siteId: 'mine', eventIds: [dispatched.id] })),
    });
  });

  it('is unproven when they are not recorded', () => {
    const { writer, dispatched } = shipped();
    expect(writer.ask(programme, 'x', AT).reasons).toMatchObject([
      { verdict: 'unproven', because: 'terms-not-recorded', eventIds: [dispatched.id] },
    ]);
  });

  it('is unproven when they are withheld, and is as they are for who may see them', () => {
    const tradeTerms = { commitment: 'ab'.repeat(32), legalBasis: 'security-exception', until: AT } as const;
    const { writer, dispatched } = shipped({ tradeTerms });
    expect(writer.ask(programme, 'x', AT).reasons).toMatchObject([
      { verdict: 'unproven', because: 'withheld', batchId: 'ore', siteId: 'mine', eventIds: [dispatched.id] },
    ]);
    for (const [exportDuty, verdict] of [
      [false, 'holds'],
      [true, 'broken'],
    ] as const) {
      const values = new Map([[tradeTerms.commitment, terms(exportDuty, false).tradeTerms]]);
      const seen = writer.events.map((event) => ({ ...event, data: disclosed(event.data, values) }));
      const shown = shipped({ tradeTerms }).writer;
      shown.events.splice(0, seen.length, ...seen);
      expect(shown.ask(programme, 'x', AT).verdict).toBe(verdict);
    }
  });

  it.each(['US', 'AU'])('asks nothing of a hop from US to %s', (country) => {
    expect(shipped({}, country).writer.ask(programme, 'x', AT).verdict).toBe('holds');
    expect(shipped(terms(true, true), country).writer.ask(programme, 'x', AT).verdict).toBe('holds');
  });

  it('cannot judge a duty on the way to a site of unknown country', () => {
    const writer = new ChainWriter();
    writer.open('mine', 'US');
    writer.register('2025-01-01', 'mine', 'ore', 100, { cobalt: 50 });
    writer.dispatch('2025-02-01', 'mine', 'nowhere', 'ore', terms(true, false));
    expect(writer.ask(programme, 'ore', AT).verdict).toBe('unproven');
  });
});
