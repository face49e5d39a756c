import { Problem } from '../problem/problem.js';
import { utf8TextOf, valueOfJson } from './json.js';

/** Longest line of a command stream, in bytes: as large as the body of a single command may be. */
export const LONGEST_LINE = 1_048_576;

/** A line of the stream, or what is wrong with its form. */
export type Line = { readonly text: string } | { readonly problem: Problem };

const NEWLINE = 0x0a;

/**
 * Cuts bytes into lines in constant memory. A last line without a newline counts; an empty line does not; a line that
 * is too long or not UTF-8 comes out as a problem, and the stream continues after it.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  for await (const lines of lineGroupsOf(chunks)) yield* lines;
}

/** {@link linesOf}, with the lines that end in the same chunk together; a group is never empty. */
export async function* lineGroupsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  const begun = new BegunLine();
  for await (const chunk of chunks) {
    const first = chunk.indexOf(NEWLINE);
    if (first < 0) {
      begun.add(chunk);
      continue;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    begun.add(chunk.subarray(0, first));
    const lines = [...begun.finish(), ...wholeLinesOf(chunk.subarray(first + 1, last + 1))];
    begun.add(chunk.subarray(last + 1));
    if (lines.length > 0) yield lines;
  }
  const lines = begun.finish();
  if (lines.length > 0) yield lines;
}

/** A line whose end has not arrived yet. */
class BegunLine {
  #parts: Uint8Array[] = [];
  #length = 0;

  add(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length <= LONGEST_LINE) this.#parts.push(part);
    else this.#parts = [];
  }

  finish(): Line[] {
    const lines = this.#length > LONGEST_LINE ? [{ problem: tooLong() }] : lineOf(Buffer.concat(this.#parts));
    this.#parts = [];
    this.#length = 0;
    return lines;
  }
}

/** Lines that each end with a newline. Decoded together, unless one of them is faulty. */
function wholeLinesOf(bytes: Uint8Array): Line[] {
  if (bytes.length <= LONGEST_LINE) {
    const text = textOf(bytes);
    if (typeof text === 'string') return text.split('\n').flatMap(lineOfText);
  }
  const lines: Line[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const line = bytes.subarray(start, end);
    lines.push(...(line.length > LONGEST_LINE ? [{ problem: tooLong() }] : lineOf(line)));
    start = end + 1;
  }
  return lines;
}

function lineOf(bytes: Uint8Array): Line[] {
  const text = textOf(bytes);
  return typeof text === 'string' ? lineOfText(text) : [{ problem: text }];
}

function lineOfText(text: string): Line[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : [{ text: trimmed }];
}

function textOf(bytes: Uint8Array): string | Problem {
  try {
    return utf8TextOf(bytes);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** @throws Problem `invalid-request` when the line is not a JSON object, or is refused by {@link valueOfJson} */
export function objectOf(line: Line): Record<string, unknown> {
  if ('problem' in line) throw line.problem;
  const value = valueOfJson(line.text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('invalid-request', 'The line must be a JSON object.', [
      { path: '', code: 'not-an-object', message: 'must be a JSON object' },
    ]);
  }
  return value as Record<string, unknown>;
}

function tooLong(): Problem {
  return new Problem('too-large', `A line has at most ${LONGEST_LINE} bytes.`);
}
