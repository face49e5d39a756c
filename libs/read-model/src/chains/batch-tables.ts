import { type Kysely } from 'kysely';
import {
  batchOf,
  outlineOf,
  sharesIn,
  type BatchNode,
  type BatchOutline,
  type BatchState,
  type Stay,
  type Use,
} from '#claims';
import { IdLookup } from '../views/id-lookup.js';
import { slot, Statement } from '../views/statement.js';
import { type BatchRow, type BatchUseRow, type SiteCustodyRow, type ViewsSchema } from '../views/schema.js';

type Database = Kysely<ViewsSchema>;

/**
 * Batches as stored in the tables: one row for what a batch is, and a row for each use of it and each stay at a site.
 * An event adds such rows, and rewrites only the row of the last stay.
 */
export class BatchLoader {
  readonly #outlines;
  readonly #uses;
  readonly #usesAfter;
  readonly #stays;

  constructor(db: Database) {
    this.#outlines = new IdLookup((ids) => db.selectFrom('batches').select('node').where('batch_id', 'in', ids));
    this.#uses = new IdLookup((ids) =>
      db
        .selectFrom('batch_uses')
        .select(['batch_id', 'use'])
        .where('batch_id', 'in', ids)
        .orderBy('batch_id')
        .orderBy('used_by')
        .orderBy('nth'),
    );
    this.#usesAfter = new Statement(
      db
        .selectFrom('batch_uses')
        .select(['batch_id', 'use'])
        .where('batch_id', '=', slot<string>('id'))
        .where('used_by', '>', slot<number>('after'))
        .orderBy('used_by')
        .orderBy('nth'),
    );
    this.#stays = new IdLookup((ids) =>
      db
        .selectFrom('site_custody')
        .select(['batch_id', 'stay'])
        .where('batch_id', 'in', ids)
        .orderBy('batch_id')
        .orderBy('arrived_by')
        .orderBy('nth'),
    );
  }

  /** The state from which further events are folded. */
  async outlines(db: Database, ids: readonly string[]): Promise<BatchOutline[]> {
    return (await this.#outlines.find(db, ids)).map(({ node }) => JSON.parse(node) as BatchOutline);
  }

  /** Without their stays and uses. */
  async states(db: Database, ids: readonly string[]): Promise<BatchState[]> {
    return this.outlines(db, ids);
  }

  /** @param after for these batches, only uses after a log index */
  async whole(
    db: Database,
    ids: readonly string[],
    after: ReadonlyMap<string, number> = ALL_USES,
  ): Promise<BatchNode[]> {
    const outlines = await this.outlines(db, ids);
    const [uses, stays] = [new Map<string, Use[]>(), await this.#staysOf(db, ids)];
    const rows = await this.#uses.find(
      db,
      ids.filter((id) => !after.has(id)),
    );
    for (const id of ids) {
      const known = after.get(id);
      if (known !== undefined) rows.push(...(await this.#usesAfter.run(db, { id, after: known })));
    }
    for (const row of rows) push(uses, row.batch_id, JSON.parse(row.use) as Use);
    return outlines.map((outline) => {
      const { batchId } = outline;
      return batchOf(outline, { uses: uses.get(batchId), stays: stays.get(batchId) });
    });
  }

  /** With their stays, without their uses. */
  async withStays(db: Database, ids: readonly string[]): Promise<Omit<BatchNode, 'uses'>[]> {
    const outlines = await this.outlines(db, ids);
    const stays = await this.#staysOf(db, ids);
    return outlines.map((outline) => batchOf(outline, { stays: stays.get(outline.batchId) }));
  }

  async #staysOf(db: Database, ids: readonly string[]): Promise<Map<string, Stay[]>> {
    const stays = new Map<string, Stay[]>();
    for (const row of await this.#stays.find(db, ids)) push(stays, row.batch_id, JSON.parse(row.stay) as Stay);
    return stays;
  }
}

const ALL_USES: ReadonlyMap<string, number> = new Map();

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** A batch with more shares than this is wide; commands that touch many wide batches are limited. */
export const USUAL_SHARES = 64;

export function batchRow(node: BatchNode): BatchRow {
  const shares = sharesIn(node);
  return {
    batch_id: node.batchId,
    material: node.material,
    status: node.status,
    site_id: node.siteId ?? null,
    gross_grams: node.grossGrams,
    held: node.held ? 1 : 0,
    created_by: node.bornBy?.logIndex ?? null,
    maker_site_id: node.bornBy?.siteId ?? null,
    wide_shares: shares > USUAL_SHARES ? shares : null,
    node: JSON.stringify(outlineOf(node)),
  };
}

/** All uses of the batch that the node knows. */
export function useRows({ batchId, uses }: BatchNode): BatchUseRow[] {
  return numbered(uses, (use) => use.logIndex).map(([use, nth]) => ({
    batch_id: batchId,
    used_by: use.logIndex,
    nth,
    use: JSON.stringify(use),
  }));
}

/** The stays of a batch that began or ended at or after a log index. */
export function custodyRows({ batchId, stays }: BatchNode, since: number): SiteCustodyRow[] {
  return numbered(stays, ({ arrived }) => arrived.logIndex).flatMap(([stay, nth]) => {
    const { siteId, arrived, departed } = stay;
    if (arrived.logIndex < since && (departed === undefined || departed.logIndex < since)) return [];
    return {
      batch_id: batchId,
      arrived_by: arrived.logIndex,
      nth,
      site_id: siteId,
      arrived_at: arrived.occurredAt,
      departed_at: departed?.occurredAt ?? null,
      stay: JSON.stringify(stay),
    };
  });
}

/** Numbers items with the same log index, so that those of one event keep their order. */
function numbered<Item>(items: readonly Item[], logIndexOf: (item: Item) => number): [Item, number][] {
  let [last, nth] = [-1, 0];
  return items.map((item) => {
    const logIndex = logIndexOf(item);
    nth = logIndex === last ? nth + 1 : 0;
    last = logIndex;
    return [item, nth];
  });
}
