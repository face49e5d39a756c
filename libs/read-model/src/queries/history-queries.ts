import { leafHash } from '#transparency';
import type { Views } from '../views/views.js';
import type { HistoryEntry, Page, PageRequest } from './answers.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

/** What the log says of one batch. */
export class HistoryQueries {
  constructor(private readonly views: Views) {}

  /** The events that touch a batch, oldest first, with their leaves of the Merkle tree (RFC 9162, 2.1.1); undefined when none does. */
  async history(batchId: string, page: PageRequest = {}): Promise<Page<HistoryEntry> | undefined> {
    const size = pageSize(page);
    let query = this.views.db
      .selectFrom('event_batches')
      .innerJoin('events', 'events.log_index', 'event_batches.log_index')
      .select(['events.log_index', 'events.record'])
      .where('event_batches.batch_id', '=', batchId)
      .orderBy('event_batches.log_index')
      .limit(size + 1);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('history', page.cursor, ['number'] as const);
      query = query.where('event_batches.log_index', '>', after);
    }
    const rows = await query.execute();
    if (rows.length === 0 && page.cursor === undefined) return undefined;
    return pageOf(
      rows,
      size,
      ({ log_index, record }) => ({
        logIndex: log_index,
        leafHash: Buffer.from(leafHash(Buffer.from(record, 'utf8'))).toString('hex'),
        record: JSON.parse(record) as HistoryEntry['record'],
      }),
      (row) => encodeCursor('history', [row.log_index]),
    );
  }
}
