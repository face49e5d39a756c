import { sql, type Expression, type ExpressionBuilder, type Kysely } from 'kysely';
import { type UnjudgedRow, type ViewsSchema } from './schema.js';
import { RowChunks } from './row-chunks.js';
import { slot, Statement } from './statement.js';

type Database = Kysely<ViewsSchema>;

/** {@link UnjudgedRow}; without `born`, that of the batch's row applies. */
export type Mark = Omit<UnjudgedRow, 'born'> & Partial<Pick<UnjudgedRow, 'born'>>;

/** As {@link UnjudgedRow.born}. */
export const UNBORN = -1;

/**
 * Adds to the batches to be judged. Two marks of a batch are merged: the wider span counts, spreading and examining the making
 * apply if either asks for it, and the organisation is that of the later mark.
 */
export class UnjudgedWriter {
  readonly #chunks;

  constructor(db: Database) {
    this.#chunks = new RowChunks((rows) => addRows(db, rows));
  }

  /** @param marks at most one per batch */
  async add(tx: Database, marks: readonly Mark[]): Promise<void> {
    for (const { statement, from, count } of this.#chunks.of(marks.length)) {
      await statement.run(tx, valuesOf(marks.slice(from, from + count)));
    }
  }
}

const COLUMNS = ['batch_id', 'since', 'last', 'spread', 'organisation_id', 'anew'] as const;

function valuesOf(marks: readonly Mark[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [at, mark] of marks.entries()) {
    for (const column of COLUMNS) values[`${column}${at}`] = mark[column];
    values[`born${at}`] = mark.born ?? null;
  }
  return values;
}

function addRows(db: Database, rows: number): Statement<never> {
  const values = Array.from({ length: rows }, (_, at) => ({
    batch_id: slot<string>(`batch_id${at}`),
    since: slot<number>(`since${at}`),
    last: slot<number>(`last${at}`),
    spread: slot<number>(`spread${at}`),
    organisation_id: slot<string>(`organisation_id${at}`),
    anew: slot<number>(`anew${at}`),
    born: bornOf(db, at),
  }));
  return new Statement(
    db
      .insertInto('unjudged')
      .values(values)
      .onConflict((conflict) =>
        conflict.column('batch_id').doUpdateSet((row) => ({
          organisation_id: row.ref('excluded.organisation_id'),
          born: row.ref('excluded.born'),
          since: lesser(row, 'since'),
          last: greater(row, 'last'),
          spread: lesser(row, 'spread'),
          anew: greater(row, 'anew'),
        })),
      ),
  ) as Statement<never>;
}

/** `born` of the batch's row, where the mark has none. */
function bornOf(db: Database, at: number): Expression<number> {
  const said = sql<number>`cast(${slot<number | null>(`born${at}`)} as bigint)`;
  const stored = db
    .selectFrom('batches')
    .select('created_by')
    .where('batch_id', '=', slot<string>(`batch_id${at}`));
  return sql<number>`coalesce(${said}, ${stored}, ${sql.lit(UNBORN)})`;
}

type Marked = 'since' | 'last' | 'spread' | 'anew';
type RowBuilder = ExpressionBuilder<ViewsSchema & { excluded: UnjudgedRow }, 'unjudged' | 'excluded'>;

function lesser(row: unknown, column: Marked): Expression<number> {
  return eitherOf(row as RowBuilder, column, '<');
}

function greater(row: unknown, column: Marked): Expression<number> {
  return eitherOf(row as RowBuilder, column, '>');
}

function eitherOf(row: RowBuilder, column: Marked, than: '<' | '>'): Expression<number> {
  return row
    .case()
    .when(`unjudged.${column}`, than, row.ref(`excluded.${column}`))
    .then(row.ref(`unjudged.${column}`))
    .else(row.ref(`excluded.${column}`))
    .end();
}
