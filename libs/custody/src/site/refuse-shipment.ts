import { type ShipmentRefused } from '../events.js';
import { accept, refuse } from '../refusal.js';
import { arrivingShipment } from './shipment-rules.js';
import { documentsOf, type Slice } from './slice.js';

export type RefuseShipment = ShipmentRefused;

/** The consignee will not take it; from then on only the consignor can. Refuses what {@link arrivingShipment} refuses. */
export const refuseShipment: Slice<RefuseShipment, 'ShipmentRefused'> = {
  records: 'ShipmentRefused',
  takes: ({ shipmentId }) => [{ kind: 'receipt', id: shipmentId }],
  needs: ({ shipmentId }) => [{ fact: 'dispatch', shipmentId }],
  decide(body, account, facts, moment) {
    const { shipmentId, reason } = body;
    const { problem } = arrivingShipment(shipmentId, account, facts, moment);
    if (problem) return refuse(problem);
    return accept({ type: 'ShipmentRefused', data: { shipmentId, reason, ...documentsOf(body) } });
  },
};
