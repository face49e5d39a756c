import { createHash, createHmac } from 'node:crypto';
import { canonicalBytes } from '#transparency';
import { LineKeys } from '#vocabulary';
import {
  commandLineOf,
  conceal,
  invalidRequest,
  objectOf,
  problemOf,
  type CommandLine,
  type CommandWarning,
  type Line,
  type ProblemDocument,
} from '../../../server/src/index.js';
import { lineToRecord, LinesInOrder, type LineOutcome, type LineRecorder } from './lines-in-order.js';

/** A line of a file, or what is wrong with its form. */
export type FileLine = Line & {
  /** Its line in the file; default: one after the line before. */
  readonly number?: number;
};

export interface ImportOutcome {
  recorded: number;
  /** Recorded by an earlier run. */
  thereAlready: number;
  /** In the order of the file. */
  refused: { line: number; problem: ProblemDocument }[];
  /** Warnings on recorded lines, in the order of the file; missing when there are none. */
  warned?: { line: number; warnings: readonly CommandWarning[] }[];
}

/** The import did not reach the end of its file. Everything answered until then is recorded. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped';

  constructor(
    cause: unknown,
    readonly outcome: ImportOutcome,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

interface ImportOptions {
  /** Called with the number of lines, and of their bytes, that have been answered. */
  readonly done?: (lines: number, bytes: number) => void;
  readonly refused?: (line: number, problem: ProblemDocument) => void;
  readonly warned?: (line: number, warnings: readonly CommandWarning[]) => void;
  /**
   * The secret that keys are derived with; none: for a file that everybody has, they are derived from the line alone.
   */
  readonly secret?: Uint8Array;
}

/**
 * Records the lines of a file: those of one site in their order, several sites at a time, a line of one site after an
 * earlier line of another that it may depend on ({@link LinesInOrder}). It can be run again, after an interruption too,
 * without recording anything twice: every line has an idempotency key, its own or one derived from its content.
 * @throws ImportStopped when the ledger failed or does not let the caller record
 */
export async function recordLinesOf(
  groups: AsyncIterable<readonly FileLine[]>,
  recorder: LineRecorder,
  options: ImportOptions = {},
): Promise<ImportOutcome> {
  const outcome: ImportOutcome = { recorded: 0, thereAlready: 0, refused: [] };
  const done = { lines: 0, bytes: 0 };
  const settle = (number: number, length: number, became: LineOutcome): void => {
    const warned = typeof became === 'object' && 'warnings' in became;
    if (warned) {
      (outcome.warned ??= []).push({ line: number, warnings: became.warnings });
      options.warned?.(number, became.warnings);
    }
    const how = warned ? became.outcome : became;
    if (how === 'recorded') outcome.recorded++;
    else if (how === 'there-already') outcome.thereAlready++;
    else {
      outcome.refused.push({ line: number, problem: how });
      options.refused?.(number, how);
    }
    done.lines++;
    done.bytes += length;
    options.done?.(done.lines, done.bytes);
  };
  const lines = new LinesInOrder(recorder, (line, how) => settle(line.number, line.bytes, how));
  const commands = new KeyedCommands(options.secret);
  let number = 0;
  try {
    for await (const group of groups) {
      for (const line of group) {
        number = line.number ?? number + 1;
        const at = { number, bytes: 'text' in line ? Buffer.byteLength(line.text) + 1 : 0 };
        const command = refusedOr(() => commands.of(line));
        if ('problem' in command) settle(at.number, at.bytes, command.problem);
        else await lines.add(lineToRecord(at, command.made, command.made.ownKey));
      }
      lines.start();
    }
    await lines.idle();
  } catch (error) {
    await lines.stop();
    throw new ImportStopped(error, sorted(outcome));
  }
  return sorted(outcome);
}

function sorted(outcome: ImportOutcome): ImportOutcome {
  outcome.refused.sort((a, b) => a.line - b.line);
  outcome.warned?.sort((a, b) => a.line - b.line);
  return outcome;
}

function refusedOr<T>(make: () => T): { readonly made: T } | { readonly problem: ProblemDocument } {
  try {
    return { made: make() };
  } catch (error) {
    const problem = problemOf(error).toDocument();
    if (problem.status >= 500) throw error;
    return { problem };
  }
}

type KeyedCommand = CommandLine & { readonly idempotencyKey: string; readonly ownKey: boolean };

/** Commands with their keys, of which those of lines that have none are derived. */
class KeyedCommands {
  readonly #keys: LineKeys;

  constructor(secret: Uint8Array | undefined) {
    const hash = () => (secret === undefined ? createHash('sha256') : createHmac('sha256', secret));
    this.#keys = new LineKeys((line) => hash().update(canonicalBytes(line)).digest('hex'));
  }

  of(line: Line): KeyedCommand {
    const value = objectOf(line);
    const command = commandLineOf(value);
    const { idempotencyKey = this.#keys.keyOf(withoutWithheld(value)) } = command;
    return { ...command, idempotencyKey, ownKey: command.idempotencyKey !== undefined };
  }
}

/** Withheld values are not part of the key: otherwise they could be guessed by trial from the ids in the log. */
function withoutWithheld(line: Record<string, unknown>): Record<string, unknown> {
  const { body } = line;
  if (typeof body !== 'object' || body === null || !('withheld' in body)) return line;
  const { route, signature } = commandLineOf(line);
  const concealed = conceal(route.withholdable, { ...body }, signature !== undefined);
  if ('problems' in concealed) throw invalidRequest(concealed.problems);
  return { ...line, body: concealed.request };
}
