import { type Client } from '../api/client.js';

/** Lines that are sent together: between them progress is told. */
const TOGETHER = 100;

export interface LineOutcome {
  /** From 1, of the lines that are not empty. */
  readonly line: number;
  readonly command: string;
  /** Why it was not recorded, with its code. */
  readonly problem?: string;
}

interface Answered {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
}

/** Sends lines to a site in their order, and tells of each what came of it. @throws Problem, Unreachable */
export async function* importLines(
  lines: readonly string[],
  siteId: string,
  client: Client,
): AsyncGenerator<readonly LineOutcome[]> {
  for (let from = 0; from < lines.length; from += TOGETHER) {
    const part = lines.slice(from, from + TOGETHER);
    const answers = await client.postLines(`/v1/sites/${encodeURIComponent(siteId)}/commands`, part);
    yield part.map((text, index) => outcomeOf(from + index + 1, text, answers[index]));
  }
}

function outcomeOf(line: number, text: string, answer: unknown): LineOutcome {
  const command = commandIn(text);
  if (answer === undefined) return { line, command, problem: 'The ledger did not answer this line.' };
  const { type, title = '', detail } = answer as Answered;
  if (type === undefined) return { line, command };
  return { line, command, problem: `${detail ?? title} (${type.split(':').at(-1)})` };
}

function commandIn(text: string): string {
  try {
    const { command } = JSON.parse(text) as { command?: unknown };
    return typeof command === 'string' ? command : '–';
  } catch {
    return '–';
  }
}
