import { type Kysely, type Transaction } from 'kysely';
import { RowChunks, ROWS_AT_ONCE } from '../views/row-chunks.js';
import { type VersionedTables, type ViewsSchema } from '../views/schema.js';

/** Writes rows whose values follow one another in the order of the columns. */
type Write = (tx: Transaction<ViewsSchema>, values: readonly unknown[]) => Promise<void>;

/**
 * Collects rows of one table and writes many per statement. Rows whose key is already in the table are overwritten; without
 * `key` all rows must be new. If several rows of one flush have the same key, add only the last (PostgreSQL refuses to update
 * a row twice in one statement).
 */
export class TableWriter<T extends keyof VersionedTables> {
  readonly #columns: readonly (keyof VersionedTables[T] & string)[];
  readonly #chunks: RowChunks<Write>;
  /** The values of as many rows as one statement writes, again and again; the last may be of fewer. */
  #pending: unknown[][] = [];

  constructor(
    db: Kysely<ViewsSchema>,
    table: T,
    columns: readonly (keyof VersionedTables[T] & string)[],
    key?: readonly (keyof VersionedTables[T] & string)[],
  ) {
    this.#columns = columns;
    this.#chunks = new RowChunks((rows) => compileInsert(db, table, columns, key, rows));
  }

  add(row: VersionedTables[T]): void {
    let values = this.#pending.at(-1);
    if (values === undefined || values.length === ROWS_AT_ONCE * this.#columns.length) {
      values = [];
      this.#pending.push(values);
    }
    for (const column of this.#columns) values.push(row[column]);
  }

  async flush(tx: Transaction<ViewsSchema>): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    const width = this.#columns.length;
    for (const values of pending) {
      for (const { statement: write, from, count } of this.#chunks.of(values.length / width)) {
        const isAll = count * width === values.length;
        await write(tx, isAll ? values : values.slice(from * width, (from + count) * width));
      }
    }
  }

  /** Drops everything not yet written. */
  discard(): void {
    this.#pending = [];
  }
}

function compileInsert(
  db: Kysely<ViewsSchema>,
  table: keyof VersionedTables,
  columns: readonly string[],
  key: readonly string[] | undefined,
  rows: number,
): Write {
  // The placeholders' numbers prove the order in which Kysely takes the values.
  const placeholders = Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map((column, index) => [column, row * columns.length + index])),
  );
  const untyped = db as unknown as Kysely<Record<string, Record<string, unknown>>>;
  let insert = untyped.insertInto(table).values(placeholders);
  if (key) {
    const rest = columns.filter((column) => !key.includes(column));
    insert = insert.onConflict((conflict) => {
      const target = conflict.columns(key);
      if (rest.length === 0) return target.doNothing();
      return target.doUpdateSet((row) =>
        Object.fromEntries(rest.map((column) => [column, row.ref(`excluded.${column}`)])),
      );
    });
  }
  const compiled = insert.compile();
  if (compiled.parameters.some((value, index) => value !== index)) throw new Error(`Values of ${table} out of order`);
  return async (tx, values) => {
    await tx.executeQuery({ ...compiled, parameters: values });
  };
}
