import { documents, eventRef, reliedOn, type Relied } from '#vocabulary';
import { unconfirmedIn } from '../account/corrections.js';
import { HOPS } from '../account/hops.js';
import { openSite } from '../organisation/open-site.js';
import { accept, refusal, refuse } from '../refusal.js';
import { siteFact } from './slice.js';

/** Event type → what verdicts rest on in data of it. */
export const RELIED_ON: ReadonlyMap<string, (data: unknown) => Relied> = new Map(
  [openSite, ...HOPS.map(({ slice }) => slice)].map(({ type, fields }) => [type, reliedOn(fields)]),
);

/**
 * A second pair of eyes on a correction of what verdicts rest on: until then it proves nothing. Refuses `not-found` (no such
 * correction here), `not-independent` (by the organisation of the site, or one under common control with it),
 * `not-accredited` (neither a regulator nor an attestor with an accreditation that stands), `invalid-request` (nothing of it
 * awaits a confirmation, or the record was corrected again since).
 */
export const confirmCorrection = siteFact(
  'CorrectionConfirmed',
  'confirmations',
  {
    eventId: eventRef({ identity: true, description: 'The correction confirmed' }),
    documents: documents(),
  },
  {
    summary: 'Confirm a correction, as an accredited attestor or a regulator',
    capability: 'confirm-corrections',
    example: {
      site: 'seto-anode',
      body: { eventId: 'f1209983-6d56-598b-b49d-ae0346cbff47' },
      notSendable: 'The id of the correction is given by the ledger that recorded it',
    },
    needs: ({ eventId }) => [{ fact: 'event', eventId }, { fact: 'confirmer' }],
    decide({ eventId }, account, facts) {
      const root = account.corrections.rootOf(eventId);
      const original = facts.events.get(root);
      const corrected = account.corrections.of(root);
      const step = corrected?.steps.find((each) => each.eventId === eventId);
      if (original === undefined || corrected === undefined || step === undefined) {
        return refuse(refusal('not-found', `${account.siteId} has no correction ${eventId}.`, 'eventId'));
      }
      const { independent, entitled } = facts.confirmer;
      if (!independent) {
        return refuse(
          refusal('not-independent', 'A correction is confirmed by somebody other than those who made it.'),
        );
      }
      if (!entitled) {
        return refuse(refusal('not-accredited', 'A correction is confirmed by an accredited attestor or a regulator.'));
      }
      const relied = RELIED_ON.get(original.type) ?? NOTHING;
      if (unconfirmedIn(original.data, corrected, relied) === undefined) {
        return refuse(refusal('invalid-request', 'There is nothing to confirm in it.', 'eventId'));
      }
      const inForce = corrected.steps.at(-1)!;
      if (!sayTheSame(relied(step.replacement), relied(inForce.replacement))) {
        const detail = `The record was corrected again since: ${inForce.eventId} is in force.`;
        return refuse(refusal('invalid-request', detail, 'eventId'));
      }
      return accept({});
    },
  },
);

const NOTHING = (): Relied => new Map();

function sayTheSame(one: Relied, other: Relied): boolean {
  return one.size === other.size && [...one].every(([reliance, text]) => other.get(reliance) === text);
}
