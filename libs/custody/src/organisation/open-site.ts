import {
  country,
  documents,
  object,
  organisationRef,
  siteRef,
  someOf,
  tellingPattern,
  text,
  type CommandOf,
  type Fact,
  type Recorded,
} from '#vocabulary';
import { refuseOccurredAt, type Moment } from '../occurred-at.js';
import { acceptAs, refusal, refuse, type Decision } from '../refusal.js';
import { ACTIVITIES } from '../terms.js';

/** Decimal degrees as strings. */
const LOCATION = {
  latitude: tellingPattern(
    /^-?([0-8]?\d(\.\d{1,8})?|90(\.0{1,8})?)$/,
    'must be decimal degrees from -90 to 90, as a string',
    { example: '-29.25' },
  ),
  longitude: tellingPattern(
    /^-?((\d{1,2}|1[0-7]\d)(\.\d{1,8})?|180(\.0{1,8})?)$/,
    'must be decimal degrees from -180 to 180, as a string',
    { example: '116.02' },
  ),
};

/** The opening of a site: the first event of the stream `site-{id}`. */
export const openSite = {
  type: 'SiteOpened',
  stream: 'site',
  path: 'organisations/:organisation/sites',
  fields: {
    siteId: siteRef(),
    organisationId: organisationRef({ address: 'organisation' }),
    name: text({ withholdable: true }),
    country: country({ reliance: 'place' }),
    activities: someOf(ACTIVITIES, { reliance: 'place' }),
    location: object('Location', LOCATION, { optional: true, withholdable: true, confidential: true }),
    documents: documents(),
  },
  summary: 'Open a site of an organisation',
  capability: 'open-sites',
  example: {
    target: { organisation: 'seto' },
    body: {
      siteId: 'kurobe-works',
      name: 'Kurobe works',
      country: 'JP',
      activities: ['recycling', 'refining', 'battery'],
      location: { latitude: '36.8714', longitude: '137.4489' },
    },
  },
} as const satisfies Fact;
type SiteOpened = Recorded<typeof openSite>;

export type OpenSite = CommandOf<typeof openSite>;

/**
 * Opens a site of an organisation: the first event of the stream `site-{id}`.
 * Refuses `not-found` (no such organisation), `id-taken`, `occurred-out-of-order`.
 */
export function decideSiteOpening(
  { body }: OpenSite,
  facts: { readonly organisationExists: boolean; readonly siteExists: boolean },
  moment: Moment,
): Decision<{ readonly type: 'SiteOpened'; readonly data: SiteOpened }> {
  const early = refuseOccurredAt(moment);
  if (early) return refuse(early);
  const { siteId, organisationId } = body;
  if (!facts.organisationExists) return refuse(refusal('not-found', `There is no organisation ${organisationId}.`));
  if (facts.siteExists) return refuse(refusal('id-taken', `The site id ${siteId} is already used.`, 'siteId'));
  return acceptAs(openSite, body, {});
}
