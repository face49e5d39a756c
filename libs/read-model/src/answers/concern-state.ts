import { type ConcernAnswer } from './registry-answers.js';

/** A comment sent without a key, until a regulator has admitted or declined it. */
export interface AwaitingComment extends Omit<ConcernAnswer['comments'][number], 'organisationId'> {
  readonly eventId: string;
  readonly sentAt: string;
}

/** What is stored about a concern besides what is shown. */
export interface ConcernState {
  readonly told: ConcernAnswer;
  readonly waiting: AwaitingComment[];
  /** The event that raised it, and when that was recorded. */
  readonly eventId: string;
  readonly sentAt: string;
  /** Log index of its admission; null before. */
  admittedBy: number | null;
}
