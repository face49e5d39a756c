import { acceptAs, refusal, refuse, type Decision } from '#custody';
import { type CommandOf, type Sent } from '#vocabulary';
import { type ConcernEvent } from '../events.js';
import {
  admitComment,
  admitConcern,
  answerConcern,
  commentOnConcern,
  declineComment,
  declineConcern,
  type DocketFact,
} from '../docket-facts.js';

export type DocketCommand = CommandOf<DocketFact>;

export type DocketEvent = Extract<ConcernEvent, { type: DocketFact['type'] }>;

/** Where a concern stands with the public. */
export interface DocketState {
  /** `awaiting`: it came without a key; `private`: with one, and no regulator has admitted it to the docket. */
  readonly admission: 'awaiting' | 'private' | 'admitted' | 'declined';
  /** Comments that were not declined, by their events. */
  readonly comments: ReadonlyMap<string, 'awaiting' | 'admitted'>;
  readonly answers: number;
}

/** Who sends a command about the docket. */
export interface DocketFacts {
  /** Without a key. */
  readonly byAnyone: boolean;
  /** The site that the concern is about is of the sender's organisation. */
  readonly ofSite: boolean;
  /** The sender may know of the concern under the id that it gave. */
  readonly knows: boolean;
}

/** Each command reads the whole stream of the concern, so it has to stay short. */
export const MOST_COMMENTS = 1_000;
/** Of those that came without a key and that no regulator has looked at. */
export const MOST_COMMENTS_AWAITING = 20;
export const MOST_ANSWERS = 100;

const DOCKET_COMMANDS: readonly string[] = [
  'admission',
  'declination',
  'comments',
  'comment-admissions',
  'comment-declinations',
  'answers',
] satisfies DocketCommand['kind'][];

export function isDocketCommand(command: { readonly kind: string }): command is DocketCommand {
  return DOCKET_COMMANDS.includes(command.kind);
}

/** Steps that answer no other step, and that no other step has to follow. */
export function isWord(kind: string): boolean {
  return kind === 'comments' || kind === 'answers';
}

/**
 * Of a concern that is not closed, and that the sender may know of.
 * @returns the event to record, or the refusal: `not-found` (no such comment awaits), `occurred-out-of-order` (admitted
 *   before; nothing to decline), `queue-full`
 */
export function decideOnDocket(command: DocketCommand, docket: DocketState, facts: DocketFacts): Decision<DocketEvent> {
  const { kind, body } = command;
  switch (kind) {
    case 'admission':
      if (docket.admission === 'admitted') return outOfOrder('The concern was admitted before.');
      return acceptAs(admitConcern, body, {});
    case 'declination':
      if (docket.admission !== 'awaiting') return outOfOrder('The concern awaits no admission.');
      return acceptAs(declineConcern, body, {});
    case 'comments':
      return comment(body, docket, facts);
    case 'comment-admissions':
      return unlessAwaiting(body.eventId, docket) ?? acceptAs(admitComment, body, {});
    case 'comment-declinations':
      return unlessAwaiting(body.eventId, docket) ?? acceptAs(declineComment, body, {});
    case 'answers':
      return answer(body, docket);
  }
}

function comment(
  body: Sent<typeof commentOnConcern>,
  { comments }: DocketState,
  { byAnyone }: DocketFacts,
): Decision<DocketEvent> {
  const awaiting = [...comments.values()].filter((each) => each === 'awaiting').length;
  if (comments.size >= MOST_COMMENTS) return refuse(refusal('queue-full', `It has ${MOST_COMMENTS} comments.`));
  if (byAnyone && awaiting >= MOST_COMMENTS_AWAITING) {
    return refuse(refusal('queue-full', `${awaiting} comments on this concern await their admission.`));
  }
  const added = byAnyone ? { awaitsAdmission: true } : {};
  return acceptAs(commentOnConcern, body, added);
}

function answer(body: Sent<typeof answerConcern>, { answers }: DocketState): Decision<DocketEvent> {
  if (answers >= MOST_ANSWERS) return refuse(refusal('queue-full', `It has ${MOST_ANSWERS} answers.`));
  return acceptAs(answerConcern, body, {});
}

/** Folds an event of the docket. */
export function evolveDocket(docket: DocketState, event: DocketEvent, eventId: string): DocketState {
  switch (event.type) {
    case 'ConcernAdmitted':
      return { ...docket, admission: 'admitted' };
    case 'ConcernDeclined':
      return { ...docket, admission: 'declined' };
    case 'ConcernCommented':
      return withComment(docket, eventId, event.data.awaitsAdmission === true ? 'awaiting' : 'admitted');
    case 'CommentAdmitted':
      return withComment(docket, event.data.eventId, 'admitted');
    case 'CommentDeclined':
      return withComment(docket, event.data.eventId, undefined);
    case 'ConcernAnswered':
      return { ...docket, answers: docket.answers + 1 };
  }
}

function withComment(docket: DocketState, eventId: string, state: 'awaiting' | 'admitted' | undefined): DocketState {
  const comments = new Map(docket.comments);
  if (state === undefined) comments.delete(eventId);
  else comments.set(eventId, state);
  return { ...docket, comments };
}

function unlessAwaiting(eventId: string, { comments }: DocketState): Decision<never> | undefined {
  if (comments.get(eventId) === 'awaiting') return undefined;
  return refuse(refusal('not-found', `No comment ${eventId} on this concern awaits its admission.`, 'eventId'));
}

/** Whether whoever sends a comment or an answer may know of the concern at all. */
export function isOpenTo(kind: string, { admission }: DocketState, { ofSite, knows }: DocketFacts): boolean {
  if (kind === 'answers') return ofSite && admission !== 'awaiting' && admission !== 'declined';
  return knows && admission === 'admitted';
}

/** Word for word the refusal for a concern that was never raised. */
export function unknown(): Decision<never> {
  return refuse(refusal('not-found', 'There is no such concern.'));
}

function outOfOrder(detail: string): Decision<never> {
  return refuse(refusal('occurred-out-of-order', detail));
}
