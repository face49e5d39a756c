import { type Kysely } from 'kysely';
import { IdLookup } from '../views/id-lookup.js';
import { type ViewsSchema } from '../views/schema.js';

/** The types of the events that corrections replace, which determine the fields of a replacement. */
export class CorrectedTypes {
  readonly #types;

  readonly #db: Kysely<ViewsSchema>;

  constructor(db: Kysely<ViewsSchema>) {
    this.#db = db;
    this.#types = new IdLookup<{ log_index: number; type: string }, number>((ids) =>
      db
        .selectFrom('corrections')
        .innerJoin('events', 'events.event_id', 'corrections.event_id')
        .select(['corrections.log_index', 'events.type'])
        .where('corrections.log_index', 'in', ids),
    );
  }

  /** @returns event id of a correction → type of what it corrects; without those that correct no event of the log */
  async of(corrections: readonly { logIndex: number; id: string }[]): Promise<Map<string, string>> {
    const ids = new Map(corrections.map(({ logIndex, id }) => [logIndex, id]));
    const rows = await this.#types.find(this.#db, [...ids.keys()]);
    return new Map(rows.map(({ log_index, type }) => [ids.get(log_index) ?? '', type]));
  }
}
