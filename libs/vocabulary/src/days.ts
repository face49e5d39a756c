/** Calendar days in UTC beside instants (RFC 3339 UTC with milliseconds). */
import { isInstant } from './values.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LAST_MILLISECOND = 'T23:59:59.999Z';
const MS_PER_DAY = 86_400_000;

/** A day of the calendar, `YYYY-MM-DD`. */
export function isDay(value: unknown): value is string {
  return typeof value === 'string' && DAY.test(value) && isInstant(`${value}T00:00:00.000Z`);
}

/** The instant at which a day begins; an instant is returned unchanged. */
export function beginningOf(text: string): string {
  return DAY.test(text) ? `${text}T00:00:00.000Z` : text;
}

/**
 * The exclusive end of a period that lasts until then: the end of the day for a day, and also for the last millisecond of a
 * day, so that a period that begins with the next day follows without a gap. Any other instant is returned unchanged.
 */
export function endOf(text: string): string {
  const isLast = text.endsWith(LAST_MILLISECOND);
  if (!isLast && !DAY.test(text)) return text;
  const begins = Date.parse(`${text.slice(0, 10)}T00:00:00.000Z`);
  if (Number.isNaN(begins)) return text;
  const next = new Date(begins + MS_PER_DAY).toISOString();
  // After the last day that four digits can write comes none.
  return next.length === 24 ? next : `${text.slice(0, 10)}${LAST_MILLISECOND}`;
}

/** The same day of the month, so many months later or earlier; the last day if the month is too short. */
export function monthsAfter(instant: string, months: number): string {
  const from = new Date(instant);
  const day = from.getUTCDate();
  const target = new Date(from);
  target.setUTCDate(1);
  target.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(day, lastDay));
  return target.toISOString();
}
