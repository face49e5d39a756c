import { documents, shipmentRef, text } from '#vocabulary';
import { accept, refuse } from '../refusal.js';
import { arrivingShipment } from './shipment-rules.js';
import { siteFact } from './slice.js';

/** The consignee will not take it; from then on only the consignor can. Refuses what {@link arrivingShipment} refuses. */
export const refuseShipment = siteFact(
  'ShipmentRefused',
  'refusals',
  { shipmentId: shipmentRef(), reason: text({ withholdable: true }), documents: documents() },
  {
    summary: 'Refuse a shipment',
    example: {
      site: 'seto-anode',
      body: { occurredAt: '2026-11-07T00:30:00.000Z', shipmentId: 'kurobe-1', reason: 'The drums arrived wet' },
    },
    takes: ({ shipmentId }) => [{ kind: 'receipt', id: shipmentId }],
    needs: ({ shipmentId }) => [{ fact: 'dispatch', shipmentId }],
    decide({ shipmentId }, account, facts, moment) {
      const { problem } = arrivingShipment(shipmentId, account, facts, moment);
      return problem ? refuse(problem) : accept({});
    },
  },
);
