import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store';
import { BatchLoader } from '../chains/batch-tables.js';
import { busyStock, refined } from '../testing/busy-stock.js';
import { EventLog } from '../testing/event-log.js';
import { projectAll, withViews } from '../testing/views-folder.js';

interface Stock {
  /** Of the row that each event about the stock rewrites. */
  readonly characters: number;
  readonly uses: readonly number[];
  readonly rows: number;
}

/** A stock that was used so often, of which then a little more is used: by a process that has read it from the tables. */
async function stockUsed(uses: number): Promise<Stock> {
  const store = new MemoryEventStore();
  const log = new EventLog(store);
  for (const told of busyStock(uses)) await log.tell(told);
  return withViews(async (views) => {
    await projectAll({ store, views });
    await log.tell(refined(uses));
    await projectAll({ store, views });
    const [row] = await views.db.selectFrom('batches').select('node').where('batch_id', '=', 'stock').execute();
    const [node] = await new BatchLoader(views.db).whole(views.db, ['stock']);
    const rows = await views.db.selectFrom('batch_uses').select('use').where('batch_id', '=', 'stock').execute();
    return { characters: row!.node.length, uses: node!.uses.map(({ logIndex }) => logIndex), rows: rows.length };
  });
}

describe('A stock that is used again and again', () => {
  it('has a row for each use, and one for itself that does not grow with them', async () => {
    const [few, many] = [await stockUsed(100), await stockUsed(400)];
    expect(many.characters).toBeLessThanOrEqual(few.characters);
    expect([few.rows, many.rows]).toEqual([101, 401]);
    expect(many.uses).toEqual(Array.from({ length: 401 }, (_, index) => index + 2));
  });
});
