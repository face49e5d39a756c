/** Rows per statement, largest first: any number of rows is written by few statements, in few forms. */
const ROWS = [128, 64, 32, 16, 8, 4, 2, 1] as const;
/** Most rows of one statement. */
export const ROWS_AT_ONCE = ROWS[0];

/** Statements that write many rows, each made when its number of rows is first written. */
export class RowChunks<Made> {
  readonly #make;
  readonly #made = new Map<number, Made>();

  constructor(make: (rows: number) => Made) {
    this.#make = make;
  }

  /** The statements that write `rows` rows, in order: each with its first row and its number of rows. */
  *of(rows: number): Generator<{ statement: Made; from: number; count: number }> {
    let from = 0;
    for (const count of ROWS) {
      for (; rows - from >= count; from += count) yield { statement: this.#statement(count), from, count };
    }
  }

  #statement(rows: number): Made {
    const made = this.#made.get(rows) ?? this.#make(rows);
    this.#made.set(rows, made);
    return made;
  }
}
