/** How a sentence names things: plain English, UTC, units that a person would say. */

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
/** The event's own words are quoted up to this length, in characters. */
const LONGEST_QUOTE = 280;
/** How many of a list are named; the rest are counted. */
const MOST_NAMED = 4;

/** `2 May 2026`, with its time when it is not the beginning of the day. @param iso RFC 3339 UTC with milliseconds */
export function whenOf(iso: string): string {
  const [, year = '', month = '', day = '', time = ''] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(iso) ?? [];
  if (year === '') return iso;
  const date = `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
  return time === '00:00' ? date : `${date} ${time} UTC`;
}

/** A pseudonym (`batch~b5kyb5…`) is a name that nobody needs to read in full. */
export function nameOf(id: string): string {
  const [, kind, code] = /^([a-z]+)~([a-z0-9]{6})[a-z0-9]{20}$/.exec(id) ?? [];
  return kind === undefined ? id : `${kind} ${code}…`;
}

/** @param grams whole */
export function massOf(grams: number): string {
  const [amount, unit] = grams >= 10_000_000 ? [grams / 1e6, 't'] : grams >= 1_000 ? [grams / 1e3, 'kg'] : [grams, 'g'];
  return `${amount.toLocaleString('en', { maximumFractionDigits: 3 })} ${unit}`;
}

/** @param share decimal text, `0.071000` */
export function percentOf(share: string): string {
  return `${(Number(share) * 100).toLocaleString('en', { maximumFractionDigits: 4 })} %`;
}

/** `child-labour` as one would write it. */
export function plainly(code: string): string {
  return code.replaceAll('-', ' ');
}

/** `a`, `a and b`, `a, b, c, d and 3 more`. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, names.length > MOST_NAMED ? MOST_NAMED : undefined);
  const left = names.length - shown.length;
  const last = left > 0 ? `${left} more` : shown.length > 1 ? shown.pop()! : undefined;
  return last === undefined ? shown.join(', ') : `${shown.join(', ')} and ${last}`;
}

/** An event's own words, on one line. */
export function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `“${line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line}”`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
