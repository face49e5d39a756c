/** What a value of each simple kind must be. */
import { COUNTRIES } from './countries.js';

/** Entries of a list in one command: a shipment or transformation of more is split by whoever plans it. */
export const LONGEST_LIST = 1_000;
/** Ids in one list of those that may be longer: the products of one run. */
export const LONGEST_RUN = 10_000;
/** Free text such as a reason or a name, in UTF-16 code units. */
export const LONGEST_TEXT = 1_000;

const INSTANT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const DAY_AT = 8;
/** Every month has so many days. */
const SHORTEST_MONTH = '28';

export function isText(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= LONGEST_TEXT &&
    value.isWellFormed() &&
    !/\p{Cc}/u.test(value)
  );
}

export function isGrams(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** RFC 3339 UTC with milliseconds, and a moment that exists: 31 February or 24:00 do not. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !INSTANT.test(value)) return false;
  if (value.slice(DAY_AT, DAY_AT + 2) <= SHORTEST_MONTH) return true; // a date of its own costs ten times as much
  const milliseconds = Date.parse(value);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === value;
}

export function isCountry(value: unknown): value is string {
  return typeof value === 'string' && COUNTRIES.has(value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
