import Papa from 'papaparse';
import { SITE_FACTS } from '#custody';
import { columnsOf, commandOf, CommandTable, NotATable, targetOf, type Column, type Fact } from '#vocabulary';

/** A command read from a file, ready to send, or why it cannot be sent. */
export interface ImportLine {
  /** Line of the file, from 1; in a table the row, where row 1 has the column names. */
  readonly line: number;
  readonly command: string;
  /** NDJSON; undefined if the line is not a command. */
  readonly text?: string;
  readonly problem?: string;
}

/** The content of the file does not match its extension. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const OF_A_SITE = SITE_FACTS.filter((fact) => targetOf(fact).join() === 'site');

/** The commands that can be written as table rows, by name. */
export const TABLE_COMMANDS: ReadonlyMap<string, readonly Column[]> = new Map(
  OF_A_SITE.flatMap((fact: Fact) => {
    const columns = columnsOf(fact);
    return columns ? [[commandOf(fact), columns] as const] : [];
  }).sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** The header row of a table for a command. */
export function firstRowOf(command: string): string {
  const columns = TABLE_COMMANDS.get(command) ?? [];
  return `${Papa.unparse([['command', 'idempotencyKey', ...columns.map(({ name }) => name)]])}\r\n`;
}

/** @throws Unreadable */
export function readImportFile(name: string, text: string): ImportLine[] {
  return /\.(csv|tsv|txt)$/i.test(name) ? readTable(text) : readLines(text);
}

function readLines(text: string): ImportLine[] {
  return text
    .split('\n')
    .map((each, index) => ({ line: index + 1, command: commandIn(each), text: each }))
    .filter((each) => each.text.trim() !== '');
}

/** Separated by commas, semicolons or tabs, detected from the first row: spreadsheets choose by locale. */
function readTable(text: string): ImportLine[] {
  // Spreadsheets write a byte order mark, which is not part of a column name.
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { delimitersToGuess: [',', ';', '\t'] });
  const broken = errors.find(({ type }) => type === 'Quotes');
  if (broken) throw new Unreadable(`Row ${(broken.row ?? 0) + 1}: ${broken.message}.`);
  const [header = [], ...rows] = data;
  const table = tableOf(header);
  const at = header.findIndex((column) => column.trim() === 'command');
  return rows.flatMap((row, index): ImportLine[] => {
    if (row.every((cell) => cell.trim() === '')) return [];
    const place = { line: index + 2, command: row[at]?.trim() ?? '' };
    const read = table.lineOf(row);
    if ('line' in read) return [{ ...place, text: JSON.stringify(read.line) }];
    const problem = read.problems.map(({ column, message }) => `${column} ${message}`.trim()).join('; ');
    return [{ ...place, problem: `${problem} (not sent)` }];
  });
}

function tableOf(header: readonly string[]): CommandTable {
  try {
    return new CommandTable(OF_A_SITE, header, ['site']);
  } catch (error) {
    if (error instanceof NotATable) throw new Unreadable(error.message);
    throw error;
  }
}

function commandIn(text: string): string {
  try {
    const { command } = JSON.parse(text) as { command?: unknown };
    return typeof command === 'string' ? command : '–';
  } catch {
    return '–';
  }
}
