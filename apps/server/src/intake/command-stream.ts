import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CommandReceipt } from '#recording';
import { type Recording } from '../command/commands.js';
import { problemOf } from '../problem/problem.filter.js';
import { type ProblemDocument } from '../problem/problem.js';
import { AnswersInOrder } from './answers-in-order.js';
import { type Line, LONGEST_LINE, objectOf } from './command-lines.js';

/** Lines of one stream that may wait for the disk, or for their answers to be taken, at the same time. */
const LINES_UNDER_WAY = 1_024;
/** Bytes of lines of one stream that may wait for the disk at the same time: two of the longest. */
export const STREAM_BYTES = 2 * LONGEST_LINE;
/** Lines that are prepared and handed over before others get their turn: some milliseconds of work. */
const LINES_AT_ONCE = 256;

export type LineAnswer = CommandReceipt | ProblemDocument;

/** How the commands of a stream are recorded. */
interface LineRecorder<Command> {
  /** The command that a line contains. @throws Problem */
  prepare(line: Record<string, unknown>): Command;
  /** Resolves when the command has its place in the order in which they are recorded. */
  execute(command: Command): Promise<Recording>;
}

/**
 * Records line by line and answers line by line in the same order; answers that come in the same turn of the event loop
 * are given together. A bad line never stops the rest. Lines are taken while at most {@link LINES_UNDER_WAY} earlier
 * ones wait for the disk.
 */
export async function* recordLines<Command>(
  groups: AsyncIterable<readonly Line[]>,
  recorder: LineRecorder<Command>,
): AsyncGenerator<readonly LineAnswer[]> {
  const answers = new AnswersInOrder<LineAnswer>(LINES_UNDER_WAY, STREAM_BYTES);
  void feed(groups, recorder, answers).then(
    () => answers.end(),
    (error: unknown) => answers.fail(error),
  );
  try {
    yield* answers.taken();
  } finally {
    answers.abandon();
  }
}

async function feed<Command>(
  groups: AsyncIterable<readonly Line[]>,
  recorder: LineRecorder<Command>,
  answers: AnswersInOrder<LineAnswer>,
): Promise<void> {
  for await (const group of groups) {
    for (let from = 0; from < group.length; from += LINES_AT_ONCE) {
      for (const raw of group.slice(from, from + LINES_AT_ONCE)) {
        const line = prepared(raw, recorder);
        if (!answers.hasRoom(line.bytes)) await answers.room(line.bytes);
        if (answers.abandoned) return;
        const answer = answers.open(line.bytes);
        if ('problem' in line) {
          answer(line.problem);
          continue;
        }
        const refused = (error: unknown): void => answer(documentOf(error));
        try {
          const { recorded } = await recorder.execute(line.command);
          recorded.then(answer, refused);
        } catch (error) {
          refused(error);
        }
      }
      await nextTurn();
    }
  }
}

type PreparedLine<Command> = { readonly bytes: number } & (
  { readonly command: Command } | { readonly problem: ProblemDocument }
);

function prepared<Command>(line: Line, recorder: LineRecorder<Command>): PreparedLine<Command> {
  const bytes = 'text' in line ? line.text.length : 0;
  try {
    return { bytes, command: recorder.prepare(objectOf(line)) };
  } catch (error) {
    return { bytes, problem: documentOf(error) };
  }
}

function documentOf(error: unknown): ProblemDocument {
  return problemOf(error).toDocument();
}
