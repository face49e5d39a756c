import { LONGEST_RUN } from '#vocabulary';
import { type Problem, type ProblemLine } from '../problem/problem.js';
import { DEEPEST_NESTING, MOST_MEMBERS } from '../shapes/limits.js';
import { invalidRequest } from '../shapes/validation.js';

/**
 * Names of members that every object has: no fact has a field with such a name, and confusing the two is dangerous.
 * They are unknown fields everywhere.
 */
const RESERVED_NAMES: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws Problem `invalid-request`: lenient decoding would record something that nobody sent */
export function utf8TextOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw refusal({ path: '', code: 'malformed', message: 'must be UTF-8' });
  }
}

/**
 * The one place where bodies and lines become values.
 * @throws Problem `invalid-request`: `malformed` for what is no JSON; with its path, `unknown-field` for a member named
 * like one that every object has, `too-many` for a list longer than {@link LONGEST_RUN}, `too-deep` for what is nested
 * deeper than {@link DEEPEST_NESTING}; without its path, `too-many` for an object of more than {@link MOST_MEMBERS}
 * members
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

/** An open list or object at a place in a text: its closing character, and how many commas it has had. */
interface Open {
  readonly close: ']' | '}';
  commas: number;
}

/**
 * Cuts off a text where it exceeds the allowed nesting or length of a list, and closes what is open: its value still
 * has the fault, and parsing the rest of a mebibyte would take up to half a second only to refuse it.
 * @throws Problem `invalid-request` (`too-many`) for an object with too many members: cut off and closed, it might not
 * have too many, since only the last of several members with the same name stays
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

/** Counts a comma. @returns whether this is a list with too many entries before it */
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

/** The path is assembled on the way back, because most values have no fault. */
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
