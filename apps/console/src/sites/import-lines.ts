import { type ProblemDocument } from '../api/answers.js';
import { type Client } from '../api/client.js';
import { type ImportLine } from './import-file.js';
import { ImportKeys } from './import-keys.js';

/** Lines per request; progress is shown between requests. */
const TOGETHER = 100;

export interface LineOutcome {
  readonly line: number;
  readonly command: string;
  /** Why it was not recorded, with the code of the refusal. */
  readonly problem?: string;
}

/** Sends lines to a site in order, and yields the outcome of each. @throws Problem, Unreachable */
export async function* importLines(
  lines: readonly ImportLine[],
  siteId: string,
  client: Client,
  keys = new ImportKeys(siteId),
): AsyncGenerator<readonly LineOutcome[]> {
  for (let from = 0; from < lines.length; from += TOGETHER) {
    const part = lines.slice(from, from + TOGETHER);
    const texts = part.flatMap(({ text }) => (text === undefined ? [] : [keys.keyed(text)]));
    const path = `/v1/sites/${encodeURIComponent(siteId)}/commands`;
    const answers = texts.length === 0 ? [] : [...(await client.postLines(path, texts))];
    yield part.map(({ line, command, text, problem }) =>
      text === undefined ? { line, command, problem: problem ?? '' } : outcomeOf(line, command, answers.shift()),
    );
  }
}

function outcomeOf(line: number, command: string, answer: unknown): LineOutcome {
  if (answer === undefined) return { line, command, problem: 'The ledger did not answer for this line.' };
  const { type, title = '', detail, errors = [] } = answer as Partial<ProblemDocument>;
  if (type === undefined) return { line, command };
  const places = errors.map(({ path, message }) => `${columnOf(path)} ${message}`.trim()).join('; ');
  const why = places === '' ? (detail ?? title) : `${detail ?? title} ${places}`;
  return { line, command, problem: `${why} (${type.split(':').at(-1)})` };
}

/** The name of the column for a path: `inputs[0].grossGrams` → `inputs.1.grossGrams`. */
function columnOf(path: string): string {
  return path.replace(/^body\./, '').replaceAll(/\[(\d+)\]/g, (_, index) => `.${Number(index) + 1}`);
}
