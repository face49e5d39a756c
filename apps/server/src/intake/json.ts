import { LONGEST_RUN } from '#vocabulary';
import { type Problem, type ProblemLine } from '../problem/problem.js';
import { DEEPEST_NESTING, MOST_MEMBERS } from '../shapes/limits.js';
import { invalidRequest } from '../shapes/validation.js';

/**
 * Names that every object has a meaning for: no fact has a field of such a name, and what takes one for the other ends
 * badly. They are unknown fields wherever they are.
 */
const RESERVED_NAMES: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws Problem `invalid-request`: read leniently, other bytes would be recorded as something that nobody sent */
export function utf8TextOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw refusal({ path: '', code: 'malformed', message: 'must be UTF-8' });
  }
}

/**
 * The one place where bodies and lines become values.
 * @throws Problem `invalid-request`: `malformed` for what is no JSON; with the path `unknown-field` of a member that is
 *   called as what every object has, `too-many` of a list longer than {@link LONGEST_RUN} and, without its path, of an
 *   object of more than {@link MOST_MEMBERS}, `too-deep` of what lies deeper than {@link DEEPEST_NESTING}
 */
export function valueOfJson(text: string): unknown {
  const readable = cutOff(text);
  let value: unknown;
  try {
    value = JSON.parse(readable);
  } catch (error) {
    throw refusal({ path: '', code: 'malformed', message: error instanceof Error ? error.message : 'must be JSON' });
  }
  const fault = faultIn(value, 0);
  if (fault) throw refusal({ ...fault, path: fault.path.replace(/^\./, '') });
  return value;
}

/** What is open at a place of a text: what closes it, and how many commas it has had. */
interface Open {
  readonly close: ']' | '}';
  commas: number;
}

/**
 * A text that opens one level more than may be, or begins an entry more than a list may have beyond one, ends there, with
 * what is open closed: its value has the fault all the same, and to parse the rest of a mebibyte would take up to half a
 * second only to refuse it.
 * @throws Problem `invalid-request` (`too-many`) of an object that has too many members: closed, it might not have, since
 *   of members of the same name only the last one stays
 */
function cutOff(text: string): string {
  const open: Open[] = [];
  const cutAt = (end: number): string =>
    text.slice(0, end) +
    open
      .map(({ close }) => close)
      .reverse()
      .join('');
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case 0x2c: // ,
        if (isFull(open.at(-1))) return cutAt(at);
        break;
      case 0x5b: // [
        open.push({ close: ']', commas: 0 });
        if (open.length > DEEPEST_NESTING) return cutAt(at + 1);
        break;
      case 0x7b: // {
        open.push({ close: '}', commas: 0 });
        if (open.length > DEEPEST_NESTING) return cutAt(at + 1);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        open.pop();
    }
  }
  return text;
}

/** Counts a comma. @returns whether what is open is a list that has too many entries before it */
function isFull(open: Open | undefined): boolean {
  if (!open) return false;
  open.commas += 1;
  if (open.close === ']') return open.commas > LONGEST_RUN;
  if (open.commas < MOST_MEMBERS) return false;
  throw refusal({ path: '', code: 'too-many', message: `an object must have at most ${MOST_MEMBERS} members` });
}

/** @returns the place of the closing quote, or the text's end */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

function refusal(line: ProblemLine): Problem {
  return invalidRequest([line]);
}

/** The path is put together on the way back: most values have no fault. */
function faultIn(value: unknown, depth: number): ProblemLine | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === DEEPEST_NESTING) {
    return { path: '', code: 'too-deep', message: `must not be nested deeper than ${DEEPEST_NESTING}` };
  }
  if (Array.isArray(value) && value.length > LONGEST_RUN) {
    return { path: '', code: 'too-many', message: `must have at most ${LONGEST_RUN} entries` };
  }
  for (const name of Object.keys(value)) {
    if (RESERVED_NAMES.has(name))
      return { path: `.${name}`, code: 'unknown-field', message: `${name} has no place here` };
    const member = (value as Record<string, unknown>)[name];
    if (typeof member !== 'object') continue;
    const fault = faultIn(member, depth + 1);
    if (fault) return { ...fault, path: `${Array.isArray(value) ? `[${name}]` : `.${name}`}${fault.path}` };
  }
  return undefined;
}
