import { type Compilable, type Kysely, type RawBuilder } from 'kysely';
import { type ViewsSchema } from './schema.js';
import { listed, Statement } from './statement.js';

/** Ids per statement, largest first; a shorter list repeats its last id, which does not change the result. */
const CHUNKS = [128, 16, 1] as const;
/** Most ids that one statement looks up. */
export const IDS_AT_ONCE = CHUNKS[0];

/** Finds rows by many ids, with few forms of the statement. */
export class IdLookup<Row, Id extends string | number = string> {
  readonly #query: (ids: RawBuilder<Id>[]) => Compilable<Row>;
  /** Compiled when first run: a server has hundreds of lookups, and compiling all took most of its start. */
  readonly #statements = new Map<number, Statement<Row>>();

  /** @param query Makes the query for a list of ids: `where id in (ids)`. */
  constructor(query: (ids: RawBuilder<Id>[]) => Compilable<Row>) {
    this.#query = query;
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
      const size = CHUNKS.findLast((chunk) => chunk >= left) ?? IDS_AT_ONCE;
      const some = from === 0 && left <= size ? ids : ids.slice(from, from + size);
      for (const row of await this.#statement(size).run(db, values, some)) found.push(row);
      from += size;
    }
    return found;
  }

  #statement(size: number): Statement<Row> {
    let statement = this.#statements.get(size);
    if (statement === undefined) {
      const ids = Array.from({ length: size }, (_, index) => listed<Id>(index));
      statement = new Statement(this.#query(ids));
      this.#statements.set(size, statement);
    }
    return statement;
  }
}
