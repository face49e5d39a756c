import { type EventOf, type SiteEvents, type SiteOpened } from '../events.js';
import { refuseOccurredAt, type Moment } from '../occurred-at.js';
import { accept, refusal, refuse, type Decision } from '../refusal.js';

/** The kind is the last word of the path in the API. */
export interface OpenSite {
  readonly kind: 'sites';
  readonly body: SiteOpened;
}

/**
 * Opens a site of an organisation: the first event of the stream `site-{id}`.
 * Refuses `not-found` (no such organisation), `id-taken`, `occurred-out-of-order`.
 */
export function decideSiteOpening(
  { body }: OpenSite,
  facts: { readonly organisationExists: boolean; readonly siteExists: boolean },
  moment: Moment,
): Decision<EventOf<Pick<SiteEvents, 'SiteOpened'>>> {
  const early = refuseOccurredAt(moment);
  if (early) return refuse(early);
  const { siteId, organisationId, name, country, activities, location, documents } = body;
  if (!facts.organisationExists) return refuse(refusal('not-found', `There is no organisation ${organisationId}.`));
  if (facts.siteExists) return refuse(refusal('id-taken', `The site id ${siteId} is already used.`, 'siteId'));
  return accept({
    type: 'SiteOpened',
    data: {
      siteId,
      organisationId,
      name,
      country,
      activities,
      ...(location === undefined ? {} : { location }),
      ...(documents === undefined ? {} : { documents }),
    },
  });
}
