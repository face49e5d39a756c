import { ObjectChecker, type FileProblem } from '#vocabulary';

/** A table file is wrong: the start stops and names the file and each place in it. */
export class TableFileError extends Error {
  override readonly name = 'TableFileError';

  constructor(file: string, problems: readonly FileProblem[]) {
    const places = problems.map(({ path, message }) => `  ${path || '(whole file)'}: ${message}`);
    super(`table libs/custody/tables/${file} is wrong:\n${places.join('\n')}`);
  }
}

const CODE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * The rows of a table by their codes, in the order of the file. The code `other` must be among them.
 * @param readRow takes the fields that are the table's own; every row has `code`, `title` and `source`
 * @throws TableFileError
 */
export function readTable<Row>(
  file: string,
  json: unknown,
  readRow: (row: ObjectChecker) => Row,
): ReadonlyMap<string, Row & TableRow> {
  const problems: FileProblem[] = [];
  const rows = new Map<string, Row & TableRow>();
  const table = ObjectChecker.of(json, '', problems);
  table?.text('title');
  const listed = table?.take('rows');
  table?.refuseUnknown();
  if (table !== undefined && (!Array.isArray(listed) || listed.length === 0)) {
    table.fail('rows', 'must be a list of rows, not empty');
  }
  for (const [index, value] of (Array.isArray(listed) ? listed : []).entries()) {
    const row = ObjectChecker.of(value, `rows[${index}]`, problems);
    if (row === undefined) continue;
    const code = row.matching('code', CODE, 'must be lower-case words and digits, joined by dashes') ?? '';
    const named = { code, title: row.text('title') ?? '', source: row.text('source') ?? '' };
    const read = readRow(row);
    row.refuseUnknown();
    if (rows.has(code)) row.fail('code', 'is repeated');
    rows.set(code, { ...read, ...named });
  }
  if (problems.length === 0 && !rows.has(OTHER))
    problems.push({ path: 'rows', message: `must have the code ${OTHER}` });
  if (problems.length > 0) throw new TableFileError(file, problems);
  return rows;
}

export interface TableRow {
  /** What records and rules say. */
  readonly code: string;
  readonly title: string;
  /** Where the row is from. */
  readonly source: string;
}

/** What no code of the table names: a text says what it is, which no rule reads. */
export const OTHER = 'other';
