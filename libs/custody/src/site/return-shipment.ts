import { documents, shipmentRef } from '#vocabulary';
import { dispatchedBatches } from '../custody-fields.js';
import { refuseBefore } from '../occurred-at.js';
import { accept, refusal, refuse } from '../refusal.js';
import { reservationStream } from '../reservation.js';
import { siteFact } from './slice.js';

/**
 * The consignor takes back what the consignee refused, as it was dispatched. Refuses `not-addressed-here` (not its
 * shipment, or one that nobody has refused: it is still addressed to the consignee), `already-received` (by the consignee,
 * or back here), `occurred-out-of-order` (before the refusal).
 */
export const returnShipment = siteFact(
  'ShipmentReturned',
  'returns',
  { shipmentId: shipmentRef(), batches: dispatchedBatches(), documents: documents() },
  {
    summary: 'Take a refused shipment back',
    example: {
      body: { occurredAt: '2026-11-09T00:30:00.000Z', shipmentId: 'kurobe-1' },
    },
    takes: ({ shipmentId }) => [{ kind: 'return', id: shipmentId }],
    needs: ({ shipmentId }) => [
      { fact: 'dispatch', shipmentId },
      { fact: 'settlement', shipmentId },
    ],
    decide({ shipmentId }, { siteId }, facts, moment) {
      const dispatch = facts.dispatches.get(shipmentId);
      if (dispatch?.consignorSiteId !== siteId) {
        return refuse(refusal('not-addressed-here', `${shipmentId} was not sent from ${siteId}.`, 'shipmentId'));
      }
      const settlement = facts.settlements.get(shipmentId);
      if (!settlement) {
        const detail = `${shipmentId} is on its way to ${dispatch.data.consigneeSiteId}, which has not refused it.`;
        return refuse(refusal('not-addressed-here', detail, 'shipmentId'));
      }
      if (settlement.outcome === 'received') {
        const detail = `${shipmentId} was received by ${dispatch.data.consigneeSiteId}.`;
        return refuse(refusal('already-received', detail, 'shipmentId'));
      }
      if (facts.taken.has(reservationStream({ kind: 'return', id: shipmentId }))) {
        return refuse(refusal('already-received', `${shipmentId} was taken back before.`, 'shipmentId'));
      }
      const early = refuseBefore(moment, settlement.occurredAt, `${shipmentId} was refused`);
      return early ? refuse(early) : accept({ batches: dispatch.data.batches });
    },
  },
);
