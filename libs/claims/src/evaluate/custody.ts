import { type EventMark } from '../graph/index.js';
import { type Chain, type Link } from './chain.js';
import { lacking, wrong, type Part } from './part.js';
import { type SitesAt } from './sites-at.js';

/**
 * `custody`: known origin, and each dispatch followed by its receipt or return.
 *
 * Shortest: each event that a site recorded about a batch which it did not have, each registration without a documented
 * origin, is a part of its own, mended by that event alone. A batch in transit lacks its receipt: its dispatch shows where.
 */
export function custodyParts(chain: Chain): Part[] {
  const { asked, rest } = chain;
  const parts = chain.each(custodyPartsOf, custodyPartsOf);
  for (const batchId of rest.missing) parts.push(lacking('origin-undocumented', [], { batchId }));
  const hop = asked.hops.at(-1);
  if (asked.status === 'in-transit' && hop !== undefined)
    parts.push(lacking('in-transit', [hop.dispatched], { batchId: asked.batchId, siteId: hop.consignorSiteId }));
  return parts;
}

/**
 * Holds by an authority on the batch asked about, on the site where it lies, or on the shipment that it is in. Holds that were
 * released, or that concern another batch of the chain, do not count.
 *
 * Shortest: each hold is a part of its own.
 */
export function heldParts({ asked }: Chain, sites: SitesAt): Part[] {
  const { batchId, siteId, status, held } = asked;
  const hop = status === 'in-transit' ? asked.hops.at(-1) : undefined;
  const parts: Part[] = [];
  if (held !== undefined) parts.push(wrong('unproven', 'held', markOf(held), placeOf(batchId, siteId)));
  const site = siteId === undefined || status !== 'at-site' ? undefined : sites.heldAt(siteId);
  if (site !== undefined) parts.push(wrong('unproven', 'held', site, placeOf(batchId, siteId)));
  if (hop?.held !== undefined)
    parts.push(wrong('unproven', 'held', hop.held, { batchId, siteId: hop.consigneeSiteId }));
  return parts;
}

function markOf({ eventId, logIndex, occurredAt }: EventMark): EventMark {
  return { eventId, logIndex, occurredAt };
}

function placeOf(batchId: string, siteId: string | undefined): { batchId: string; siteId?: string } {
  return siteId === undefined ? { batchId } : { batchId, siteId };
}

/** What one link of a chain contributes to {@link custodyParts}. */
export function custodyPartsOf(link: Link): Part[] {
  const { node } = link;
  const { batchId, bornBy } = node;
  // `overdrawn` is about mass; the other contradictions are about where a batch was, and in whose custody.
  const parts = node.anomalies
    .filter((anomaly) => anomaly.code !== 'overdrawn' && isOfChain(link, anomaly.logIndex))
    .map((anomaly) => wrong('broken', 'used-before-arrival', anomaly, { batchId, siteId: anomaly.siteId }));
  if (bornBy === undefined) {
    const [first] = node.uses;
    parts.push(lacking('origin-undocumented', first === undefined ? [] : [first], { batchId }));
  } else if (bornBy.kind === 'registered' && bornBy.origin?.kind === 'undocumented') {
    parts.push(wrong('unproven', 'origin-undocumented', bornBy, { batchId, siteId: bornBy.siteId }));
  }
  return parts;
}

/** The last use that leads to the batch asked about counts too: it may be the one that came too early. */
function isOfChain({ lastUse }: Link, logIndex: number): boolean {
  return lastUse === undefined || logIndex <= lastUse.logIndex;
}
