import { type BatchNode } from './graph.types.js';

/**
 * The day on which a product left its plant: that of its first dispatch from there that was not taken back, or on which it
 * was placed on the market from there. Undefined of one that is still there, or never was a product.
 * @returns a calendar day (UTC)
 */
export function leftPlantOn({
  bornBy,
  hops,
  product,
}: Pick<BatchNode, 'bornBy' | 'hops' | 'product'>): string | undefined {
  if (product === undefined || bornBy === undefined) return undefined;
  const plant = bornBy.siteId;
  const sent = hops.find(({ consignorSiteId, returned }) => consignorSiteId === plant && returned === undefined);
  const days = [sent?.dispatched.occurredAt.slice(0, 10), product.placed?.siteId === plant && product.placed.date];
  return days.filter((day) => typeof day === 'string').sort()[0];
}
