/** What is answered of two moments of the log compared. */
import { SUBJECT, VERDICTS } from '#claims';
import {
  batchRef,
  eventRef,
  flag,
  instant,
  list,
  object,
  oneOf,
  term,
  wholeNumber,
  type ReadonlyOf,
} from '#vocabulary';

/** What was known, judged as of the same time in the world. */
const COMPARED_MOMENT = { logIndex: wholeNumber(), validAt: instant() };
export type ComparedMoment = ReadonlyOf<typeof COMPARED_MOMENT>;

/** A line of a programme that came out differently. */
const CLAIM_DIFFERENCE = {
  ...SUBJECT,
  from: oneOf(VERDICTS, { nullable: true, description: 'Null: there was no such line' }),
  to: oneOf(VERDICTS, { nullable: true }),
};
export type ClaimDifference = ReadonlyOf<typeof CLAIM_DIFFERENCE>;

const MOVING_EVENT = { eventId: eventRef(), logIndex: wholeNumber(), type: term() };

const VERDICT_DIFFERENCE = {
  batchId: batchRef(),
  programme: term({ description: '`id@version`' }),
  from: oneOf(VERDICTS, { nullable: true, description: 'Null: there was no such batch' }),
  to: oneOf(VERDICTS, { nullable: true }),
  claims: list('ClaimDifference', CLAIM_DIFFERENCE),
  events: list('MovingEvent', MOVING_EVENT, { description: 'Recorded in between; each changed a claim' }),
  timePassed: flag({
    description: 'Time alone changed a claim: a rule came into force, an attestation expired',
  }),
};
export type VerdictDifference = ReadonlyOf<typeof VERDICT_DIFFERENCE>;

export const DIFFERENCES_ANSWER = {
  name: 'Differences',
  fields: {
    from: object('ComparedMoment', COMPARED_MOMENT),
    to: object('ComparedMoment', COMPARED_MOMENT),
    items: list('VerdictDifference', VERDICT_DIFFERENCE),
    next: term({
      nullable: true,
      description: 'Cursor of the batches not looked at yet; a page may have no items and yet a next',
    }),
  },
};
export type Differences = ReadonlyOf<(typeof DIFFERENCES_ANSWER)['fields']>;
