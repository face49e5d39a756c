import { refusal, type Refusal } from './refusal.js';

/** How far the clock of a sender may run ahead of the ledger's, in milliseconds. */
export const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** When and by whom a command is made. Times are RFC 3339 UTC with milliseconds, compared as texts. */
export interface Moment {
  /** When it happened in the world, as claimed. */
  readonly occurredAt: string;
  /** The ledger's own time. */
  readonly now: string;
  /** The organisation, or else the principal, in whose name the command is made: the authority behind a hold. */
  readonly authority: string;
}

/** Refuses an occurredAt that lies ahead of the ledger's clock by more than the skew: `occurred-out-of-order`. */
export function refuseOccurredAt(moment: Pick<Moment, 'occurredAt' | 'now'>): Refusal | undefined {
  if (moment.occurredAt <= moment.now) return undefined;
  if (Date.parse(moment.occurredAt) <= Date.parse(moment.now) + CLOCK_SKEW_MS) return undefined;
  return refusal('occurred-out-of-order', `${moment.occurredAt} lies in the future.`, 'occurredAt');
}

/** Refuses an occurredAt before what the event depends on: `occurred-out-of-order`. The same instant passes. */
export function refuseBefore(moment: Moment, dependsOn: string, what: string): Refusal | undefined {
  if (moment.occurredAt >= dependsOn) return undefined;
  return refusal('occurred-out-of-order', `${moment.occurredAt} is before ${what} (${dependsOn}).`, 'occurredAt');
}
