import { type Compilable, type Kysely, type RawBuilder } from 'kysely';
import { type ViewsSchema } from './schema.js';
import { slot, Statement } from './statement.js';

/** Ids per statement, largest first; a shorter list repeats its last id, which changes nothing of what is found. */
const CHUNKS = [128, 16, 1] as const;
/** Up to so many ids are looked up by one statement. */
export const IDS_AT_ONCE = CHUNKS[0];

/** Finds rows by many ids, with few shapes of statement. */
export class IdLookup<Row, Id extends string | number = string> {
  readonly #statements: readonly { size: number; statement: Statement<Row> }[];

  /** @param query Makes the query for a list of ids: `where id in (ids)`. */
  constructor(query: (ids: RawBuilder<Id>[]) => Compilable<Row>) {
    this.#statements = CHUNKS.map((size) => ({
      size,
      statement: new Statement(query(Array.from({ length: size }, (_, index) => slot<Id>(`id${index}`)))),
    }));
  }

  /** @param ids Distinct ids. @param values Of the query's other slots. */
  async find(
    db: Kysely<ViewsSchema>,
    ids: readonly Id[],
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<Row[]> {
    const found: Row[] = [];
    for (let from = 0; from < ids.length;) {
      const left = ids.length - from;
      const { size, statement } = this.#fitting(left);
      const filled: Record<string, unknown> = { ...values };
      for (let index = 0; index < size; index++) filled[`id${index}`] = ids[from + Math.min(index, left - 1)];
      for (const row of await statement.run(db, filled)) found.push(row);
      from += size;
    }
    return found;
  }

  #fitting(left: number): { size: number; statement: Statement<Row> } {
    const fitting = this.#statements.findLast(({ size }) => size >= left) ?? this.#statements[0];
    if (!fitting) throw new Error('No statement');
    return fitting;
  }
}
