import { sql } from 'kysely';
import { list, redactionOf, type Visibility } from '#access';
import { NEWS_ITEM, type NewsAnswer } from '../answers/log-answers.js';
import { reader } from '../redaction/known.js';
import { Redactor } from '../redaction/redactor.js';
import { IdLookup } from '../views/id-lookup.js';
import { slot, Statement } from '../views/statement.js';
import { type Views } from '../views/views.js';

/** Most events of the log that one query examines, however many of them the caller sees. */
const LOOKED_THROUGH = 2_000;
/** Items of one answer. */
export const MOST_NEWS = 200;
/** Most batches that an item names; an event may touch thousands. */
const BATCHES_NAMED = 20;

const NEWS = list(redactionOf(NEWS_ITEM));

/** What was recorded lately, as far as the caller may see it. */
export class NewsQueries {
  readonly #all;
  readonly #seen;
  readonly #batches;
  readonly #redactor;
  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    const { db } = views;
    const recorded = db
      .selectFrom('events')
      .select(['events.log_index as logIndex', 'events.event_id as eventId', 'events.type'])
      .where('events.log_index', '>', slot<number>('after'))
      .where('events.log_index', '<=', slot<number>('upTo'))
      .orderBy('events.log_index')
      .limit(MOST_NEWS);
    this.#all = new Statement(recorded);
    this.#seen = new Statement(
      recorded.where((row) =>
        row.exists(
          row
            .selectFrom('event_batches')
            .innerJoin('visible_batches', 'visible_batches.batch_id', 'event_batches.batch_id')
            .select(sql<number>`1`.as('one'))
            .whereRef('event_batches.log_index', '=', 'events.log_index')
            .where('visible_batches.organisation_id', '=', reader),
        ),
      ),
    );
    this.#batches = new IdLookup<{ logIndex: number; batchId: string }, number>((ids) =>
      db
        .selectFrom('event_batches')
        .select(['log_index as logIndex', 'batch_id as batchId'])
        .where('log_index', 'in', ids),
    );
    this.#redactor = new Redactor(views);
  }

  /**
   * Events after a log index, in log order: all of them for a caller that sees everything; for an organisation, those on
   * batches that it sees.
   * @param size of the log as far as the tables have it @returns `upTo`: the log index from which to continue, after
   * which nothing was examined
   */
  async after(visibility: Visibility, logIndex: number, size: number): Promise<NewsAnswer> {
    const end = Math.min(size - 1, logIndex + LOOKED_THROUGH);
    if (visibility.sees === 'registry' || end <= logIndex) return { items: [], upTo: Math.max(end, logIndex) };
    const { db } = this.#views;
    const range = { after: logIndex, upTo: end };
    const rows =
      visibility.sees === 'everything'
        ? await this.#all.run(db, range)
        : await this.#seen.run(db, { ...range, reader: visibility.organisationId });
    const touched = new Map<number, string[]>();
    const indexes = rows.map((row) => row.logIndex);
    for (const { logIndex: index, batchId } of await this.#batches.find(db, indexes)) {
      const batchIds = touched.get(index);
      if (batchIds === undefined) touched.set(index, [batchId]);
      else batchIds.push(batchId);
    }
    const items = rows.map((row) => ({ ...row, batchIds: touched.get(row.logIndex) ?? [] }));
    const shown = await this.#redactor.show(visibility, NEWS, items);
    return {
      items: shown.map((item) => ({ ...item, batchIds: item.batchIds.slice(0, BATCHES_NAMED) })),
      upTo: rows.length === MOST_NEWS ? rows.at(-1)!.logIndex : end,
    };
  }
}
