/** The public's part in concerns: what is admitted to the docket, commented and answered. */
import { documents, eventRef, flag, text, type Fact } from '#vocabulary';

const CONCERN = { concern: 'kurobe-night-shift' };
const NAMED_BY_LEDGER = 'The id of the comment is given by the ledger that recorded it';

/** Of what came without a key: nobody knows of it but regulators until one has admitted it. */
export const AWAITS_ADMISSION = flag({
  only: 'record',
  optional: true,
  confidential: true,
  description: 'It came without a key',
});

const ofDocket = { stream: 'concern', capability: 'handle-concerns' } as const;

export const admitConcern = {
  ...ofDocket,
  type: 'ConcernAdmitted',
  path: 'concerns/:concern/admission',
  fields: { summary: text({ description: 'What the docket says of it to everybody' }), documents: documents() },
  summary: 'Admit a concern to the public docket',
  example: { target: CONCERN, body: { summary: 'Unguarded rollers on the night shift' } },
} as const satisfies Fact;

export const declineConcern = {
  ...ofDocket,
  type: 'ConcernDeclined',
  path: 'concerns/:concern/declination',
  fields: { reason: text({ withholdable: true }), documents: documents() },
  summary: 'Decline a concern that awaits its admission',
  example: {
    target: CONCERN,
    body: { reason: 'It names no fact that could be looked into' },
    notSendable: 'The concern must have come without a key and await its admission',
  },
} as const satisfies Fact;

export const commentOnConcern = {
  stream: 'concern',
  type: 'ConcernCommented',
  path: 'concerns/:concern/comments',
  fields: {
    statement: text(),
    author: text({ optional: true, description: 'The name of the author, as given; everybody reads it' }),
    awaitsAdmission: AWAITS_ADMISSION,
    documents: documents(),
  },
  summary: 'Comment on a concern of the docket, with a key or without',
  capability: 'comment-on-concerns',
  example: {
    target: CONCERN,
    body: { statement: 'The guards were ordered in July and lie in the store', author: 'Toyama Metalworkers Union' },
    notSendable: 'Without a key, a concern has another id on the docket of each ledger',
  },
} as const satisfies Fact;

export const admitComment = {
  ...ofDocket,
  type: 'CommentAdmitted',
  path: 'concerns/:concern/comment-admissions',
  fields: { eventId: eventRef({ description: 'The comment' }), documents: documents() },
  summary: 'Admit a comment that came without a key',
  example: {
    target: CONCERN,
    body: { eventId: 'f1209983-6d56-598b-b49d-ae0346cbff47' },
    notSendable: NAMED_BY_LEDGER,
  },
} as const satisfies Fact;

export const declineComment = {
  ...ofDocket,
  type: 'CommentDeclined',
  path: 'concerns/:concern/comment-declinations',
  fields: {
    eventId: eventRef({ description: 'The comment' }),
    reason: text({ withholdable: true }),
    documents: documents(),
  },
  summary: 'Decline a comment that came without a key',
  example: {
    target: CONCERN,
    body: { eventId: 'f1209983-6d56-598b-b49d-ae0346cbff47', reason: 'An advertisement' },
    notSendable: NAMED_BY_LEDGER,
  },
} as const satisfies Fact;

export const answerConcern = {
  stream: 'concern',
  type: 'ConcernAnswered',
  path: 'concerns/:concern/answers',
  fields: { statement: text(), documents: documents() },
  summary: 'Answer a concern, as the organisation of the site',
  capability: 'answer-concerns',
  example: { target: CONCERN, body: { statement: 'The guards are fitted since 2 November' } },
} as const satisfies Fact;

export const DOCKET_FACTS = [
  admitConcern,
  declineConcern,
  commentOnConcern,
  admitComment,
  declineComment,
  answerConcern,
] as const;
export type DocketFact = (typeof DOCKET_FACTS)[number];
