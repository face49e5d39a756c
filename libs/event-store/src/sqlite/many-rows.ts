import type Database from 'better-sqlite3';

/** Rows of one statement: beyond, a row costs hardly less. */
const ROWS_AT_ONCE = 32;

type Value = string | number | Uint8Array;

/** Writes rows, many with each statement: a call of the driver costs as much as a row that goes to the end of a table. */
export class ManyRows<Row> {
  readonly #many: Database.Statement<unknown[]>;
  readonly #one: Database.Statement<unknown[]>;
  readonly #add: (row: Row, values: Value[]) => void;

  /**
   * @param into the statement up to its values
   * @param row placeholders of one row, in parentheses
   * @param add puts a row's values behind the others, in the order of the placeholders: an array for each row would cost as
   *   much as binding its values
   */
  constructor(database: Database.Database, into: string, row: string, add: (row: Row, values: Value[]) => void) {
    this.#add = add;
    this.#many = database.prepare<unknown[]>(
      `${into} VALUES ${Array.from({ length: ROWS_AT_ONCE }, () => row).join(', ')}`,
    );
    this.#one = database.prepare<unknown[]>(`${into} VALUES ${row}`);
  }

  /** Inserts `rows[from]` up to, without, `rows[until]`, in their order. */
  insert(rows: readonly Row[], from = 0, until = rows.length): void {
    let next = from;
    for (; next + ROWS_AT_ONCE <= until; next += ROWS_AT_ONCE) {
      const values: Value[] = [];
      for (let index = next; index < next + ROWS_AT_ONCE; index++) this.#add(rows[index]!, values);
      this.#many.run(values);
    }
    for (; next < until; next++) {
      const values: Value[] = [];
      this.#add(rows[next]!, values);
      this.#one.run(values);
    }
  }
}
