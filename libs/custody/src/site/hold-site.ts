import { documents, text } from '#vocabulary';
import { refuseBefore } from '../occurred-at.js';
import { accept, refusal, refuse } from '../refusal.js';
import { siteFact } from './slice.js';

/**
 * An authority forbids all that the custodian does at a site until it is released; its records can still be corrected.
 * Refuses `site-held`.
 */
export const holdSite = siteFact(
  'SiteHeld',
  'site-holds',
  {
    authority: text({ only: 'record', identity: true }),
    reason: text({ withholdable: true }),
    documents: documents(),
  },
  {
    summary: 'Hold a site by authority',
    capability: 'hold-batches',
    example: { body: { reason: 'The mass account is being inspected' } },
    decide(_body, { siteId, heldBy }, _facts, moment) {
      if (heldBy) return refuse(refusal('site-held', `${siteId} is held by ${heldBy.authority}.`));
      return accept({ authority: moment.authority });
    },
  },
);

/** Refuses a site that is not held (`invalid-request`), `occurred-out-of-order`. */
export const releaseSite = siteFact(
  'SiteReleased',
  'site-releases',
  { authority: text({ only: 'record', identity: true }), documents: documents() },
  {
    summary: 'Release a held site',
    capability: 'hold-batches',
    example: { body: {} },
    decide(_body, { siteId, heldBy }, _facts, moment) {
      if (!heldBy) return refuse(refusal('invalid-request', `${siteId} is not held.`));
      const early = refuseBefore(moment, heldBy.since, `${siteId} was held`);
      return early ? refuse(early) : accept({ authority: moment.authority });
    },
  },
);
