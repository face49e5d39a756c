import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { type CommandReceipt } from '../command/command-context.js';
import { Problem, type ProblemDocument } from '../problem/problem.js';
import { problemOf } from '../problem/problem.filter.js';
import { utf8TextOf, valueOfJson } from './json.js';

/** Longest line of a command stream, in bytes: as large as the body of a single command may be. */
export const LONGEST_LINE = 1_048_576;
/** Commands of one stream that may wait for the disk at the same time. */
export const COMMANDS_UNDER_WAY = 256;
/** Bytes of lines of one stream that may wait for the disk at the same time: two of the longest. */
export const STREAM_BYTES = 2 * LONGEST_LINE;

export type LineAnswer = CommandReceipt | ProblemDocument;

/** A line of the stream, or what is wrong with its form. */
export type Line = { readonly text: string } | { readonly problem: Problem };

/**
 * Cuts bytes into lines at constant memory. A last line without its newline counts; an empty line does not; a line that
 * is too long or no UTF-8 comes out as a problem, and the stream goes on behind it.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let length = 0;
  const finish = (): Line | undefined => {
    const line = length > LONGEST_LINE ? { problem: tooLong() } : textOf(parts);
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      keep(chunk.subarray(start, end));
      start = end + 1;
      const line = finish();
      if (line) yield line;
    }
    keep(chunk.subarray(start));
  }
  const last = finish();
  if (last) yield last;

  function keep(part: Uint8Array): void {
    length += part.length;
    if (length <= LONGEST_LINE) parts.push(part);
    else parts = [];
  }
}

/**
 * Records line by line, in order, and answers line by line, in the same order. One bad line never stops the rest. The next
 * line is decided while earlier ones wait for the disk, at most {@link COMMANDS_UNDER_WAY} of them.
 * @param submit resolves when the line is decided, so that the next can be
 */
export async function* recordLines(
  lines: AsyncIterable<Line>,
  submit: (line: Record<string, unknown>) => Promise<{ recorded: Promise<CommandReceipt> }>,
): AsyncGenerator<LineAnswer> {
  const underWay = new PassThrough({ objectMode: true, highWaterMark: COMMANDS_UNDER_WAY });
  const feeding = feed(lines, submit, underWay);
  feeding.catch((error: unknown) => underWay.destroy(error as Error));
  try {
    for await (const { answer } of underWay as AsyncIterable<{ answer: Promise<LineAnswer> }>) yield await answer;
  } finally {
    underWay.destroy();
  }
}

async function feed(
  lines: AsyncIterable<Line>,
  submit: (line: Record<string, unknown>) => Promise<{ recorded: Promise<CommandReceipt> }>,
  underWay: PassThrough,
): Promise<void> {
  const waiting = new WaitingBytes();
  for await (const line of lines) {
    let answer: Promise<LineAnswer>;
    const bytes = 'text' in line ? line.text.length : 0;
    await waiting.room(bytes);
    try {
      const { recorded } = await submit(objectOf(line));
      answer = recorded.catch((error: unknown) => problemOf(error).toDocument());
    } catch (error) {
      answer = Promise.resolve(problemOf(error).toDocument());
    }
    void answer.then(() => waiting.leave(bytes));
    if (underWay.destroyed) return;
    if (!underWay.write({ answer })) await Promise.race([once(underWay, 'drain'), once(underWay, 'close')]);
  }
  underWay.end();
}

/** What the lines of a stream hold until they are on disk. */
class WaitingBytes {
  #bytes = 0;
  #wake: () => void = () => undefined;

  /** Resolves when so many more are within {@link STREAM_BYTES}; they are counted then. */
  async room(bytes: number): Promise<void> {
    while (this.#bytes > 0 && this.#bytes + bytes > STREAM_BYTES) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#bytes += bytes;
  }

  leave(bytes: number): void {
    this.#bytes -= bytes;
    this.#wake();
  }
}

/** @throws Problem `invalid-request` when the line is no JSON object, or one as {@link valueOfJson} refuses it */
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

function textOf(parts: readonly Uint8Array[]): Line | undefined {
  try {
    const text = utf8TextOf(Buffer.concat(parts)).trim();
    return text === '' ? undefined : { text };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { problem: error };
  }
}

function tooLong(): Problem {
  return new Problem('too-large', `A line has at most ${LONGEST_LINE} bytes.`);
}
