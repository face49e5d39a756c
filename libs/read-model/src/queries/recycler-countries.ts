import { type Kysely } from 'kysely';
import { parseKey, type BatchNode } from '#claims';
import { IdLookup } from '../views/id-lookup.js';
import { type ViewsSchema } from '../views/schema.js';

export type CountryOf = (siteId: string) => string | undefined;

/** In which countries the content of batches was recycled. */
export class RecyclerCountries {
  readonly #countries: IdLookup<{ site_id: string; country: string }>;

  constructor(db: Kysely<ViewsSchema>) {
    this.#countries = new IdLookup((ids) =>
      db.selectFrom('sites').select(['site_id', 'country']).where('site_id', 'in', ids),
    );
  }

  async of(db: Kysely<ViewsSchema>, batches: Iterable<Pick<BatchNode, 'composition'>>): Promise<CountryOf> {
    const rows = await this.#countries.find(db, [...recyclersOf(batches)]);
    const countries = new Map(rows.map(({ site_id, country }) => [site_id, country]));
    return (siteId) => countries.get(siteId);
  }
}

function recyclersOf(batches: Iterable<Pick<BatchNode, 'composition'>>): Set<string> {
  const recyclers = new Set<string>();
  for (const { composition } of batches) {
    for (const pool of Object.values(composition)) {
      for (const key in pool) {
        const { recycler } = parseKey(key);
        if (recycler !== undefined) recyclers.add(recycler);
      }
    }
  }
  return recyclers;
}
