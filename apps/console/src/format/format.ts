// Creating a formatter takes longer than formatting a thousand numbers, and a chain has thousands of masses.
const masses = kept((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }));
const days = kept((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }));
const wholeInstants = kept((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }));

/** A mass in a readable unit: 7,720.835 kg, 130 t. */
export function massOf(grams: number, locale?: string): string {
  const [amount, unit] = grams >= 10_000_000 ? [grams / 1e6, 't'] : grams >= 1_000 ? [grams / 1e3, 'kg'] : [grams, 'g'];
  return `${masses(locale).format(amount)} ${unit}`;
}

/** A share as a percentage. Only 0 and 1 are written as 0 % and 100 %: 99.99 % is not rounded up. */
export function shareOf(part: number, whole: number, locale?: string): string {
  if (whole === 0) return '–';
  const share = part / whole;
  const digits = (share > 0 && share < 0.001) || (share > 0.999 && share < 1) ? 3 : 1;
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(share);
}

/** An instant in the reader's language and in UTC, as recorded. */
export function instantOf(iso: string, locale?: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `${format.format(new Date(iso))} UTC`;
}

/** The day of a UTC instant. */
export function dayOf(iso: string, locale?: string): string {
  return days(locale).format(new Date(iso));
}

/** The same instant in the reader's time zone, for a tooltip. */
export function localInstantOf(iso: string, locale?: string): string {
  return wholeInstants(locale).format(new Date(iso));
}

/** The name of a country in the reader's language, from its ISO 3166-1 code; `ZZ` stands for an unknown country. */
export function countryOf(code: string, locale = 'en'): string {
  if (code === 'ZZ') return 'country unknown';
  try {
    return new Intl.DisplayNames([locale], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** `job-protected-leave` → `job protected leave`. */
export function wordsOf(code: string): string {
  return code.replaceAll('-', ' ');
}

/** Shortens a pseudonym (`batch~b5kyb5…`), which nobody needs to read in full; other ids stay as they are. */
export function idOf(id: string): string {
  const match = /^([a-z]+)~([a-z0-9]{26})$/.exec(id);
  return match ? `${match[1]} ${match[2]!.slice(0, 6)}…` : id;
}

/** A text if it is disclosed to the reader; undefined where `~` or an object stands for a hidden or withheld one. */
export function tellableOf(text: unknown): string | undefined {
  return typeof text === 'string' && text !== '' && text !== '~' ? text : undefined;
}

function kept<T>(make: (locale: string | undefined) => T): (locale: string | undefined) => T {
  const made = new Map<string | undefined, T>();
  return (locale) => {
    const there = made.get(locale) ?? make(locale);
    made.set(locale, there);
    return there;
  };
}
