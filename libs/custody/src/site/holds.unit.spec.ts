import { describe, it } from '@jest/globals';
import { type SiteEvent } from '../events.js';
import { opened, registered, SENT } from '../testing/custody-events.js';
import { given, NOW } from '../testing/site-scenario.js';

const siteHeld: SiteEvent = { type: 'SiteHeld', data: { authority: 'customs', reason: 'inspection' } };
const siteReleased: SiteEvent = { type: 'SiteReleased', data: { authority: 'customs' } };
const holdSite = { kind: 'site-holds' as const, body: { reason: 'inspection' } };
const releaseSite = { kind: 'site-releases' as const, body: {} };
const register = {
  kind: 'batches' as const,
  body: { batchId: 'c', material: 'm', grossGrams: 1, contentGrams: {}, origin: { kind: 'undocumented' as const } },
};

describe('a site that an authority holds', () => {
  it('is held once, and released', () => {
    given(opened())
      .when(holdSite)
      .then({ type: 'SiteHeld', data: { authority: 'authority', reason: 'inspection' } });
    given(opened(), siteHeld).when(holdSite).thenRefused('site-held');
    given(opened(), siteHeld)
      .when(releaseSite)
      .then({ type: 'SiteReleased', data: { authority: 'authority' } });
    given(opened()).when(releaseSite).thenRefused('invalid-request');
    given(opened(), siteHeld, siteReleased).when(releaseSite).thenRefused('invalid-request');
  });

  it('takes nothing from its custodian but corrections', () => {
    const held = given(opened(), registered('b', 10), siteHeld);
    held.when(register).thenRefused('site-held');
    held.when({ kind: 'disposals', body: { batchId: 'b', grossGrams: 1, reason: 'spill' } }).thenRefused('site-held');
    held.when({ kind: 'holds', body: { batchId: 'b', reason: 'inspection' } }).thenAccepted();
    held
      .knowingItsEvents()
      .when({
        kind: 'corrections',
        body: { eventId: 'event-1', reason: 'r', replacement: { ...registered('b', 9).data } },
      })
      .thenAccepted();
    given(opened(), siteHeld, siteReleased).when(register).thenAccepted();
  });
});

describe('a shipment that an authority holds', () => {
  const hold = { kind: 'shipment-holds' as const, body: { shipmentId: 's', reason: 'inspection' } };
  const release = { kind: 'shipment-releases' as const, body: { shipmentId: 's' } };
  const held: SiteEvent = {
    type: 'ShipmentHeld',
    data: { shipmentId: 's', batchIds: ['b'], authority: 'customs', reason: 'inspection' },
  };
  const released: SiteEvent = { type: 'ShipmentReleased', data: { shipmentId: 's', batchIds: ['b'] } };
  const receive = {
    kind: 'receipts' as const,
    body: { shipmentId: 's', batches: [{ batchId: 'b', grossGrams: SENT.grossGrams, labels: [] }] },
  };
  const refuse = { kind: 'refusals' as const, body: { shipmentId: 's', reason: 'wet' } };
  const dispatches = (consigneeSiteId: string) =>
    new Map([
      [
        's',
        {
          consignorSiteId: 'there',
          occurredAt: '2025-01-01T00:00:00.000Z',
          data: { shipmentId: 's', consigneeSiteId, batches: [{ ...SENT, batchId: 'b' }] },
        },
      ],
    ]);
  const here = 'here';
  const underWay = (...events: SiteEvent[]) => given(opened(), ...events).knowing({ dispatches: dispatches(here) });

  it('is held while it is under way to the site, once, and released', () => {
    underWay()
      .when(hold)
      .then({
        type: 'ShipmentHeld',
        data: { shipmentId: 's', batchIds: ['b'], authority: 'authority', reason: 'inspection' },
      });
    underWay(held).when(hold).thenRefused('shipment-held', 'shipmentId');
    underWay(held).when(release).then(released);
    underWay().when(release).thenRefused('invalid-request', 'shipmentId');
    given(opened()).when(hold).thenRefused('not-addressed-here', 'shipmentId');
    given(opened())
      .knowing({ dispatches: dispatches('elsewhere') })
      .when(hold)
      .thenRefused('not-addressed-here', 'shipmentId');
    underWay()
      .knowing({ settlements: new Map([['s', { outcome: 'received', occurredAt: NOW }]]) })
      .when(hold)
      .thenRefused('already-received', 'shipmentId');
  });

  it('is neither received nor refused until it is released', () => {
    underWay(held).when(receive).thenRefused('shipment-held', 'shipmentId');
    underWay(held).when(refuse).thenRefused('shipment-held', 'shipmentId');
    underWay(held, released).when(receive).thenAccepted();
    underWay(held, released).when(refuse).thenAccepted();
  });
});
