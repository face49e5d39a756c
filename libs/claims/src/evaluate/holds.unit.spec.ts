import { describe, expect, it } from '@jest/globals';
import { affectedBy } from '../standing/index.js';
import { ChainWriter, day } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';

const programme = programmeWith({ claim: 'custody' });
const by = { authority: 'customs', reason: 'inspection' };

function chain(): ChainWriter {
  const writer = new ChainWriter();
  writer.open('mine');
  writer.open('works');
  writer.register('2026-01-01', 'mine', 'ore', 100, { cobalt: 10 });
  return writer;
}
const reasons = (writer: ChainWriter, batchId: string, at: string) =>
  writer
    .ask(programme, batchId, at)
    .reasons.map(({ verdict, because, siteId, eventIds }) => [verdict, because, siteId, eventIds]);

describe('what an authority holds', () => {
  it('is unproven under custody: a batch, from the hold to the release', () => {
    const writer = chain();
    const held = writer.authority('2026-02-01', 'mine', 'BatchHeld', { batchId: 'ore', ...by });
    writer.authority('2026-03-01', 'mine', 'BatchReleased', { batchId: 'ore' });
    expect(reasons(writer, 'ore', '2026-01-31')).toEqual([]);
    expect(reasons(writer, 'ore', '2026-02-01')).toEqual([['unproven', 'held', 'mine', [held.id]]]);
    expect(reasons(writer, 'ore', '2026-03-01')).toEqual([]);
  });

  it('is a site, with all that lies there, and of no chain that has left it', () => {
    const writer = chain();
    writer.split('2026-01-02', 'mine', 'ore', { sent: 50 });
    writer.dispatch('2026-01-03', 'mine', 'works', 'sent');
    writer.receive('2026-01-04', 'works', 'mine', 'sent', 50);
    const held = writer.authority('2026-02-01', 'mine', 'SiteHeld', by);
    const released = writer.authority('2026-03-01', 'mine', 'SiteReleased', { authority: 'customs' });
    expect(reasons(writer, 'ore', '2026-02-15')).toEqual([['unproven', 'held', 'mine', [held.id]]]);
    expect(reasons(writer, 'sent', '2026-02-15')).toEqual([]);
    expect(reasons(writer, 'ore', '2026-03-01')).toEqual([]);
    expect(affectedBy(released, writer.standing())).toEqual([{ siteId: 'mine', from: day('2026-03-01') }]);
    // A verdict from before the hold expires when the hold begins.
    expect(writer.ask(programme, 'ore', '2026-01-15').standsUntil).toBe(day('2026-02-01'));
  });

  it('is a shipment, until it is released', () => {
    const writer = chain();
    writer.dispatch('2026-01-03', 'mine', 'works', 'ore');
    const shipment = { shipmentId: 's-ore-mine-works', batchIds: ['ore'] };
    const held = writer.authority('2026-02-01', 'works', 'ShipmentHeld', { ...shipment, ...by });
    writer.authority('2026-03-01', 'works', 'ShipmentReleased', shipment);
    const because = (at: string) => reasons(writer, 'ore', at).map(([, why, site]) => [why, site]);
    expect(because('2026-01-15')).toEqual([['in-transit', 'mine']]);
    expect(because('2026-02-15')).toEqual([
      ['in-transit', 'mine'],
      ['held', 'works'],
    ]);
    expect(because('2026-03-15')).toEqual([['in-transit', 'mine']]);
    expect(writer.graph('2026-02-15').shipments.get(shipment.shipmentId)?.held).toMatchObject({ eventId: held.id });
  });
});

describe('an attestation that an authority suspended', () => {
  const labour = programmeWith({ claim: 'labour', rights: ['child-labour'], evidence: 'attestations' });

  it('is not reinstated by its issuer, nor the other way round', () => {
    const writer = chain();
    writer.attest('2026-01-01', 'a', 'mine', ['child-labour'], '2025-12-01', '2027-01-01');
    const verdict = () => writer.ask(labour, 'ore', '2026-06-01').verdict;
    expect(verdict()).toBe('holds');
    const suspended = writer.change('2026-02-01', 'a', 'Suspended', '2026-02-01', { authority: 'inspectorate' });
    writer.change('2026-02-02', 'a', 'Reinstated', '2026-02-01');
    expect(writer.ask(labour, 'ore', '2026-06-01')).toMatchObject({
      verdict: 'broken',
      reasons: [{ because: 'attestation-suspended', eventIds: [suspended.id] }],
    });
    writer.change('2026-02-03', 'a', 'Reinstated', '2026-02-01', { authority: 'inspectorate' });
    expect(verdict()).toBe('holds');
    writer.change('2026-02-04', 'a', 'Suspended', '2026-02-04');
    writer.change('2026-02-05', 'a', 'Reinstated', '2026-02-04', { authority: 'inspectorate' });
    expect(verdict()).toBe('broken');
  });
});
