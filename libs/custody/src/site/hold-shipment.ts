import { documents, ids, shipmentRef, text } from '#vocabulary';
import { refuseBefore } from '../occurred-at.js';
import { accept, refusal, refuse } from '../refusal.js';
import { siteFact } from './slice.js';

/**
 * An authority keeps a shipment under way from being received or refused by the site that it was sent to, until it is
 * released. Refuses `not-addressed-here`, `already-received` (or refused), `shipment-held`, `occurred-out-of-order` (before
 * its dispatch).
 */
export const holdShipment = siteFact(
  'ShipmentHeld',
  'shipment-holds',
  {
    shipmentId: shipmentRef(),
    batchIds: ids('batch', { only: 'record' }),
    authority: text({ only: 'record', identity: true }),
    reason: text({ withholdable: true }),
    documents: documents(),
  },
  {
    summary: 'Hold a shipment that is on its way to this site, by authority',
    capability: 'hold-batches',
    example: {
      site: 'seto-anode',
      body: { shipmentId: 'laoshan-sea-c', reason: 'Customs asks for the waybill' },
    },
    needs: ({ shipmentId }) => [
      { fact: 'dispatch', shipmentId },
      { fact: 'settlement', shipmentId },
    ],
    decide({ shipmentId }, account, facts, moment) {
      const shipment = facts.dispatches.get(shipmentId);
      if (shipment?.data.consigneeSiteId !== account.siteId) {
        return refuse(refusal('not-addressed-here', `${shipmentId} was not sent to ${account.siteId}.`, 'shipmentId'));
      }
      if (facts.settlements.has(shipmentId)) {
        return refuse(refusal('already-received', `${shipmentId} was received or refused before.`, 'shipmentId'));
      }
      const held = account.heldShipments.get(shipmentId);
      if (held) {
        return refuse(refusal('shipment-held', `${shipmentId} is held by ${held.authority}.`, 'shipmentId'));
      }
      const early = refuseBefore(moment, shipment.occurredAt, `${shipmentId} was dispatched`);
      if (early) return refuse(early);
      const batchIds = shipment.data.batches.map(({ batchId }) => batchId);
      return accept({ authority: moment.authority, batchIds });
    },
  },
);

/** Refuses a shipment that is not held (`invalid-request`), `occurred-out-of-order`. */
export const releaseShipment = siteFact(
  'ShipmentReleased',
  'shipment-releases',
  { shipmentId: shipmentRef(), batchIds: ids('batch', { only: 'record' }), documents: documents() },
  {
    summary: 'Release a held shipment',
    capability: 'hold-batches',
    example: { site: 'seto-anode', body: { shipmentId: 'laoshan-sea-c' } },
    decide({ shipmentId }, { heldShipments }, _facts, moment) {
      const held = heldShipments.get(shipmentId);
      if (!held) return refuse(refusal('invalid-request', `${shipmentId} is not held.`, 'shipmentId'));
      const early = refuseBefore(moment, held.since, `${shipmentId} was held`);
      return early ? refuse(early) : accept({ batchIds: held.batchIds });
    },
  },
);
