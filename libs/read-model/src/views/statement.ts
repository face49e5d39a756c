import { sql, type Compilable, type CompiledQuery, type Kysely, type RawBuilder } from 'kysely';
import { type ViewsSchema } from './schema.js';

class Slot {
  constructor(readonly name: string) {}
}

/** A place in a {@link Statement} for a value that is given when it runs. */
export function slot<T>(name: string): RawBuilder<T> {
  return sql<T>`${new Slot(name)}`;
}

/** A statement that Kysely compiles once and that runs with other values each time. */
export class Statement<Row> {
  readonly #compiled: CompiledQuery<Row>;

  constructor(query: Compilable<Row>) {
    this.#compiled = query.compile();
  }

  async run(db: Kysely<ViewsSchema>, values: Readonly<Record<string, unknown>>): Promise<Row[]> {
    const parameters = this.#compiled.parameters.map((value) => {
      if (!(value instanceof Slot)) return value;
      if (!(value.name in values)) throw new Error(`No value for ${value.name}`);
      return values[value.name];
    });
    return (await db.executeQuery<Row>({ ...this.#compiled, parameters })).rows;
  }
}
