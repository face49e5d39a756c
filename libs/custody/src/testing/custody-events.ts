/** Events of a small site `here`, for scenarios. */
import {
  type Activity,
  type BatchesDispatched,
  type ContentGrams,
  type DispatchedBatch,
  type SiteEvent,
} from '../events.js';
import { reservationStream, type ReservedId } from '../reservation.js';
import { type Facts } from '../site/slice.js';
import { EARLIER } from './site-scenario.js';

export function opened(...activities: Activity[]): SiteEvent {
  return {
    type: 'SiteOpened',
    data: { siteId: 'here', organisationId: 'acme', name: 'Here', country: 'JP', activities },
  };
}

export function registered(batchId: string, grossGrams: number, contentGrams: ContentGrams = {}): SiteEvent {
  return {
    type: 'BatchRegistered',
    data: { batchId, material: 'polymetallic-concentrate', grossGrams, contentGrams, origin: { kind: 'undocumented' } },
  };
}

export function held(batchId: string): SiteEvent {
  return { type: 'BatchHeld', data: { batchId, authority: 'customs', reason: 'inspection' } };
}

export function labelled(batchId: string, labelId: string): SiteEvent {
  const value = `https://id.example/01/${labelId}`;
  return { type: 'BatchLabelled', data: { batchId, labelId, standard: 'gs1-digital-link', carrier: 'qr', value } };
}

export function consumed(batchId: string, grossGrams: number): SiteEvent {
  return { type: 'BatchConsumed', data: { batchId, grossGrams, productId: 'pack-1' } };
}

/** A batch of a thousand grams on the road, with two labels. */
export const SENT: DispatchedBatch = {
  batchId: 'b',
  material: 'nickel-sulphate-hexahydrate',
  grossGrams: 1000,
  contentGrams: { nickel: 223 },
  labels: ['l1', 'l2'],
};

export function shipment(from: string, to: string, batches: DispatchedBatch[] = [SENT]): Pick<Facts, 'dispatches'> {
  const data: BatchesDispatched = { shipmentId: 's', consigneeSiteId: to, batches };
  return { dispatches: new Map([['s', { consignorSiteId: from, occurredAt: EARLIER, data }]]) };
}

export function taken(...ids: ReservedId[]): Pick<Facts, 'taken'> {
  return { taken: new Set(ids.map(reservationStream)) };
}
