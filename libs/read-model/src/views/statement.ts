import { sql, type Compilable, type CompiledQuery, type Kysely, type RawBuilder } from 'kysely';
import { type ViewsSchema } from './schema.js';

class Slot {
  constructor(readonly name: string) {}
}

/** A place in a {@link Statement} for a value that is given when it runs. */
export function slot<T>(name: string): RawBuilder<T> {
  return sql<T>`${new Slot(name)}`;
}

class ListPlace {
  constructor(readonly index: number) {}
}

/** A place in a {@link Statement} for an item of the list that is given when it runs. */
export function listed<T>(index: number): RawBuilder<T> {
  return sql<T>`${new ListPlace(index)}`;
}

/** A statement that Kysely compiles once and that runs with other values each time. */
export class Statement<Row> {
  readonly #compiled: CompiledQuery<Row>;

  constructor(query: Compilable<Row>) {
    this.#compiled = query.compile();
  }

  /**
   * @param values of its slots, by name
   * @param list of {@link listed} places, at least one item; places behind its end have its last item
   */
  async run(
    db: Kysely<ViewsSchema>,
    values: Readonly<Record<string, unknown>>,
    list: readonly unknown[] = [],
  ): Promise<Row[]> {
    const parameters = this.#compiled.parameters.map((value) => {
      if (value instanceof ListPlace) return list[Math.min(value.index, list.length - 1)];
      if (!(value instanceof Slot)) return value;
      if (!(value.name in values)) throw new Error(`No value for ${value.name}`);
      return values[value.name];
    });
    return (await db.executeQuery<Row>({ ...this.#compiled, parameters })).rows;
  }
}
