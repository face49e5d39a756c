import { createHash, createHmac } from 'node:crypto';
import { canonicalBytes } from '#transparency';
import {
  commandLineOf,
  conceal,
  invalidRequest,
  linesOf,
  objectOf,
  problemOf,
  type CommandLine,
  type Line,
  type ProblemDocument,
} from '../../../server/src/index.js';

/** Records one command; resolves when the next may be sent, `outcome` when it is on disk. Rejections are problems. */
export type Recorder = (
  line: CommandLine & { idempotencyKey: string },
) => Promise<{ outcome: Promise<'recorded' | 'there-already'> }>;

export interface ImportOutcome {
  recorded: number;
  /** Recorded by an earlier run. */
  thereAlready: number;
  refused: { line: number; problem: ProblemDocument }[];
}

/** Commands that may wait for the disk at the same time. */
const COMMANDS_UNDER_WAY = 256;

interface ImportOptions {
  /** Told how many lines and how many bytes are done. */
  readonly done?: (lines: number, bytes: number) => void;
  readonly refused?: (line: number, problem: ProblemDocument) => void;
  /** What keys are derived with; none: of a file that everybody has, the line alone. */
  readonly secret?: Uint8Array;
}

/**
 * Records a file line by line, in order. It can be run again, after an interruption too, and doubles nothing: every line
 * has an idempotency key, its own or one derived from what it says.
 */
export async function recordLinesOf(
  bytes: AsyncIterable<Uint8Array>,
  record: Recorder,
  options: ImportOptions = {},
): Promise<ImportOutcome> {
  const outcome: ImportOutcome = { recorded: 0, thereAlready: 0, refused: [] };
  const keys = new DerivedKeys(options.secret);
  let read = 0;
  const counted = count(bytes, (length) => (read += length));
  const underWay: Promise<void>[] = [];
  let site: string | undefined;
  let number = 0;
  for await (const line of linesOf(counted)) {
    const at = ++number;
    const refuse = (error: unknown): void => {
      const problem = problemOf(error).toDocument();
      if (problem.status >= 500) throw error; // the ledger failed, not the line: stop, to be run again
      outcome.refused.push({ line: at, problem });
      options.refused?.(at, problem);
    };
    try {
      const command = keys.keyed(line);
      // Another site may decide by what this one records: only within a site does the next line not wait for the disk.
      if (command.target.site !== site) await Promise.all(underWay.splice(0));
      site = command.target.site;
      const { outcome: result } = await record(command);
      underWay.push(
        result.then((how) => void (how === 'recorded' ? outcome.recorded++ : outcome.thereAlready++), refuse),
      );
      underWay.at(-1)!.catch(() => undefined); // looked at below, in order
    } catch (error) {
      refuse(error);
    }
    if (underWay.length >= COMMANDS_UNDER_WAY) await underWay.shift();
    options.done?.(at, read);
  }
  await Promise.all(underWay);
  return outcome;
}

/** The same line again, in the same file, is another fact; the same file again is not. */
class DerivedKeys {
  readonly #seen = new Map<string, number>();

  constructor(private readonly secret: Uint8Array | undefined) {}

  keyed(line: Line): CommandLine & { idempotencyKey: string } {
    const value = objectOf(line);
    const command = commandLineOf(value);
    if (command.idempotencyKey !== undefined) return { ...command, idempotencyKey: command.idempotencyKey };
    const hash = (this.secret === undefined ? createHash('sha256') : createHmac('sha256', this.secret))
      .update(canonicalBytes(withoutWithheld(value)))
      .digest('hex')
      .slice(0, 32);
    const times = (this.#seen.get(hash) ?? 0) + 1;
    this.#seen.set(hash, times);
    return { ...command, idempotencyKey: `import:${hash}:${times}` };
  }
}

/** What is withheld has no part in the key: by the ids in the log it could be found by trying. */
function withoutWithheld(line: Record<string, unknown>): Record<string, unknown> {
  const { body } = line;
  if (typeof body !== 'object' || body === null || !('withheld' in body)) return line;
  const { route, signature } = commandLineOf(line);
  const concealed = conceal(route.withholdable, { ...body }, signature !== undefined);
  if ('problems' in concealed) throw invalidRequest(concealed.problems);
  return { ...line, body: concealed.request };
}

async function* count(bytes: AsyncIterable<Uint8Array>, add: (length: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    add(chunk.length);
    yield chunk;
  }
}
