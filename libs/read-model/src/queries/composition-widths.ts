import { type Kysely } from 'kysely';
import { sharesOfPool, type ScrapMaker } from '#claims';
import { BatchLoader, USUAL_SHARES } from '../chains/batch-tables.js';
import { IdLookup } from '../views/id-lookup.js';
import { type ViewsSchema } from '../views/schema.js';
import { type Views } from '../views/views.js';

/** How wide the compositions of batches are, in shares (`sharesOf`), as far as the tables know the batches. */
export class CompositionWidths {
  readonly #db: Kysely<ViewsSchema>;
  readonly #shares;
  readonly #batches;

  constructor({ db }: Views) {
    this.#db = db;
    this.#shares = new IdLookup((ids) =>
      db.selectFrom('batches').select(['batch_id as id', 'wide_shares as shares']).where('batch_id', 'in', ids),
    );
    this.#batches = new BatchLoader(db);
  }

  /** Whether any batch has more than `USUAL_SHARES`. */
  async anyWide(): Promise<boolean> {
    const wide = this.#db.selectFrom('batches').select('wide_shares').where('wide_shares', 'is not', null).limit(1);
    return (await wide.executeTakeFirst()) !== undefined;
  }

  /**
   * The number of shares of each batch that the tables hold; `USUAL_SHARES` stands for any smaller number.
   * @param batchIds distinct
   */
  async sharesOf(batchIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.#shares.find(this.#db, batchIds);
    return new Map(rows.map(({ id, shares }) => [id, shares ?? USUAL_SHARES]));
  }

  /** The number of shares of the pool that batches form together. Reads their compositions. @param batchIds distinct */
  async ofPool(batchIds: readonly string[], process?: ScrapMaker): Promise<number> {
    return sharesOfPool(await this.#batches.states(this.#db, batchIds), process);
  }
}
