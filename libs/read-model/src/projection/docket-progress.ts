import {
  type CommentAdmitted,
  type CommentDeclined,
  type ConcernAdmitted,
  type ConcernAnswered,
  type ConcernCommented,
  type ConcernDeclined,
  type DocketEvent,
} from '#attestation';
import { type AwaitingComment, type ConcernState } from '../answers/concern-state.js';
import { type Placed } from '../chains/evidence.js';
import { metadataOf } from './event-tables.js';

const TYPES: readonly string[] = [
  'ConcernAdmitted',
  'ConcernDeclined',
  'ConcernCommented',
  'CommentAdmitted',
  'CommentDeclined',
  'ConcernAnswered',
] satisfies DocketEvent['type'][];

export function isOfDocket(type: string): type is DocketEvent['type'] {
  return TYPES.includes(type);
}

/** Applies an event of the docket to what is kept of its concern. */
export function advanceDocket(state: ConcernState, placed: Placed, type: DocketEvent['type'], data: unknown): void {
  const { told, waiting } = state;
  const { occurredAt } = metadataOf(placed.event);
  switch (type) {
    case 'ConcernAdmitted':
      told.admitted = { summary: (data as ConcernAdmitted).summary, admittedAt: occurredAt };
      if (told.status === 'awaiting-admission') told.status = 'raised';
      state.admittedBy = placed.logIndex;
      return;
    case 'ConcernDeclined':
      told.declined = { reason: (data as ConcernDeclined).reason, declinedAt: occurredAt };
      told.status = 'declined';
      return;
    case 'ConcernCommented':
      return addComment(state, placed, data as ConcernCommented);
    case 'CommentAdmitted': {
      const [comment] = taken(waiting, data as CommentAdmitted);
      if (comment === undefined) return;
      const { statement, author, commentedAt } = comment;
      told.comments.push({ statement, ...(author !== undefined && { author }), commentedAt });
      return;
    }
    case 'CommentDeclined':
      taken(waiting, data as CommentDeclined);
      return;
    case 'ConcernAnswered':
      told.answers.push({ statement: (data as ConcernAnswered).statement, answeredAt: occurredAt });
  }
}

function addComment({ told, waiting }: ConcernState, { event }: Placed, data: ConcernCommented): void {
  const { actor, occurredAt, recordedAt } = metadataOf(event);
  const { statement, author, awaitsAdmission } = data;
  const comment = { statement, ...(author !== undefined && { author }), commentedAt: occurredAt };
  if (awaitsAdmission === true) waiting.push({ ...comment, eventId: event.id, sentAt: recordedAt });
  else
    told.comments.push({ ...comment, ...(actor.organisation !== undefined && { organisationId: actor.organisation }) });
}

function taken(waiting: AwaitingComment[], { eventId }: { readonly eventId: string }): AwaitingComment[] {
  const at = waiting.findIndex((each) => each.eventId === eventId);
  return at < 0 ? [] : waiting.splice(at, 1);
}
