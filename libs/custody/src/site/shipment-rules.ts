/** The refusals that the commands on shipments have in common. */
import { type SiteAccount } from '../account/site-account.js';
import { refuseBefore, type Moment } from '../occurred-at.js';
import { refusal, type Refusal } from '../refusal.js';
import { reservationStream } from '../reservation.js';
import { type DispatchFact, type Facts } from './slice.js';

/**
 * A shipment on its way to this site; else the refusal: `not-addressed-here` (also when there is none of that id: it was
 * not sent to this site, and the site may not learn more), `already-received` (received or refused before),
 * `shipment-held`, `occurred-out-of-order` (before its dispatch).
 */
export function arrivingShipment(
  shipmentId: string,
  { siteId, heldShipments }: SiteAccount,
  facts: Facts,
  moment: Moment,
): { shipment: DispatchFact; problem?: undefined } | { shipment?: undefined; problem: Refusal } {
  const shipment = facts.dispatches.get(shipmentId);
  if (shipment?.data.consigneeSiteId !== siteId) {
    return { problem: refusal('not-addressed-here', `${shipmentId} was not sent to ${siteId}.`, 'shipmentId') };
  }
  if (facts.taken.has(reservationStream({ kind: 'receipt', id: shipmentId }))) {
    return { problem: refusal('already-received', `${shipmentId} was received or refused before.`, 'shipmentId') };
  }
  const held = heldShipments.get(shipmentId);
  if (held) return { problem: refusal('shipment-held', `${shipmentId} is held by ${held.authority}.`, 'shipmentId') };
  const early = refuseBefore(moment, shipment.occurredAt, `${shipmentId} was dispatched`);
  return early ? { problem: early } : { shipment };
}
