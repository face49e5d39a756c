import { VerificationError } from './verification-error.js';

/**
 * Deepest nesting accepted, in objects and arrays. The ledger's records use 6; without a limit a hostile file of a few
 * kilobytes of `[` would exhaust the stack.
 */
export const MAX_DEPTH = 128;

/** Characters that JSON leaves as they are: a string of only these needs no escaping. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** With the `u` flag a surrogate matches only when it is not half of a pair. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

const utf8 = new TextEncoder();

/**
 * RFC 8785 (JCS) canonical text of a JSON value: members sorted by UTF-16 code units, ECMAScript numbers, least escaping.
 * Stricter than `JSON.stringify`: what JSON cannot hold is refused, never dropped, replaced or asked for its `toJSON`.
 * @throws VerificationError `lone-surrogate`, `non-finite-number`, `too-deep`, `not-json` (undefined, bigint, function,
 *   symbol, hole, instance of a class).
 */
export function canonicalText(value: unknown): string {
  return write(value, 0);
}

/** {@link canonicalText} in UTF-8: the bytes that are hashed and signed. */
export function canonicalBytes(record: unknown): Uint8Array {
  return utf8.encode(write(record, 0));
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      if (!Number.isFinite(value)) throw new VerificationError('non-finite-number', `${value} is not a JSON number`);
      return String(value); // RFC 8785 §3.2.2.3 is ECMAScript's Number::toString; −0 gives 0
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_DEPTH) throw new VerificationError('too-deep', `nested deeper than ${MAX_DEPTH}`);
      return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1);
    default:
      throw new VerificationError('not-json', `${typeof value} is not a JSON value`);
  }
}

function writeArray(items: readonly unknown[], depth: number): string {
  if (items.length === 0) return '[]';
  let text = '[' + write(items[0], depth);
  for (let i = 1; i < items.length; i++) text += ',' + write(items[i], depth);
  return text + ']';
}

function writeObject(object: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  // Not `=== Object.prototype`: a plain object may come from another realm. A class instance is two steps from null.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new VerificationError('not-json', 'an instance of a class is not a JSON value');
  }
  const names = Object.keys(object);
  if (!isSorted(names)) names.sort();
  let text = '{';
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    text += (i === 0 ? '' : ',') + quote(name) + ':' + write((object as Record<string, unknown>)[name], depth);
  }
  return text + '}';
}

/** In ascending order of UTF-16 code units, as `<` and the default sort compare. */
function isSorted(names: readonly string[]): boolean {
  for (let i = 1; i < names.length; i++) if (names[i - 1]! > names[i]!) return false;
  return true;
}

function quote(text: string): string {
  if (PLAIN.test(text)) return '"' + text + '"';
  if (LONE_SURROGATE.test(text)) throw new VerificationError('lone-surrogate', 'a string holds half a surrogate pair');
  return JSON.stringify(text);
}
