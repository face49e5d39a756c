import { type Visibility } from '#access';
import { leafHash } from '#transparency';
import { recordsOfRows } from '../chains/logged-event.js';
import { Redactor } from '../redaction/redactor.js';
import { ShownRecords } from '../redaction/shown-records.js';
import { type Views } from '../views/views.js';
import { type HistoryEntry, type Page, type PageRequest } from '../answers/index.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

/** What the log says of one batch. */
export class HistoryQueries {
  readonly #redactor;
  readonly #records;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    this.#redactor = new Redactor(views);
    this.#records = new ShownRecords(views, this.#redactor);
  }

  /**
   * The events that touch a batch, oldest first, with their leaves of the Merkle tree (RFC 9162, 2.1.1); undefined when
   * none does, or the caller does not see the batch. What an organisation may not see is removed from the records: only a
   * record shown in full hashes to its leaf.
   */
  async history(
    visibility: Visibility,
    batchId: string,
    page: PageRequest = {},
  ): Promise<Page<HistoryEntry> | undefined> {
    const id = await this.#redactor.batch(visibility, batchId);
    if (id === undefined) return undefined;
    const size = pageSize(page);
    let query = this.#views.db
      .selectFrom('event_batches')
      .innerJoin('events', 'events.log_index', 'event_batches.log_index')
      .select(['events.log_index', 'events.position', 'events.event_id'])
      .where('event_batches.batch_id', '=', id)
      .orderBy('event_batches.log_index')
      .limit(size + 1);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('history', page.cursor, ['number'] as const);
      query = query.where('event_batches.log_index', '>', after);
    }
    const rows = await query.execute();
    if (rows.length === 0 && page.cursor === undefined) return undefined;
    const read = await recordsOfRows(this.#views.records, this.#views.db, rows);
    const answer = pageOf(
      read,
      size,
      ({ logIndex, text, record }) => ({
        logIndex,
        leafHash: Buffer.from(leafHash(Buffer.from(text, 'utf8'))).toString('hex'),
        record,
      }),
      ({ logIndex }) => encodeCursor('history', [logIndex]),
    );
    const shown = await this.#records.show(visibility, answer.items);
    return { ...answer, items: answer.items.map((item, index) => ({ ...item, record: shown[index]!.record })) };
  }
}
