import { type Kysely } from 'kysely';
import { type Visibility } from '#access';
import { type RecordAnswer } from '../answers/index.js';
import { LOGGED_COLUMNS, recordsOfRows } from '../chains/logged-event.js';
import { reader } from '../redaction/known.js';
import { type ShownRecords } from '../redaction/shown-records.js';
import { IdLookup } from '../views/id-lookup.js';
import { type Records } from '../views/records.js';
import { type ViewsSchema } from '../views/schema.js';
import { type Views } from '../views/views.js';

/** Most events shown for one reason, and for one answer: a chain without any label has as many as it has batches. */
const TOLD_OF_A_REASON = 3;
const TOLD_OF_AN_ANSWER = 300;

/** The events that reasons name, as the caller may see them. */
export class Happenings {
  readonly #events;
  readonly #ofSeenBatch;

  readonly #db: Kysely<ViewsSchema>;
  readonly #records: Records;
  readonly #shown: ShownRecords;

  constructor({ db, records }: Pick<Views, 'db' | 'records'>, shown: ShownRecords) {
    this.#db = db;
    this.#records = records;
    this.#shown = shown;
    this.#events = new IdLookup((ids) => db.selectFrom('events').select(LOGGED_COLUMNS).where('event_id', 'in', ids));
    this.#ofSeenBatch = new IdLookup<{ logIndex: number }, number>((ids) =>
      db
        .selectFrom('event_batches')
        .innerJoin('visible_batches', 'visible_batches.batch_id', 'event_batches.batch_id')
        .select('event_batches.log_index as logIndex')
        .where('visible_batches.organisation_id', '=', reader)
        .where('event_batches.log_index', 'in', ids)
        .distinct(),
    );
  }

  /**
   * By id, as `GET /v1/events/{event}` shows them: an organisation gets events that it may see in full, and events of
   * batches that it sees.
   */
  async of(
    visibility: Visibility,
    reasons: readonly { readonly eventIds: readonly string[] }[],
  ): Promise<ReadonlyMap<string, RecordAnswer>> {
    if (visibility.sees === 'registry') return new Map();
    const named = new Set(reasons.flatMap(({ eventIds }) => eventIds.slice(0, TOLD_OF_A_REASON)));
    const rows = await this.#events.find(this.#db, [...named].slice(0, TOLD_OF_AN_ANSWER));
    const logged = await recordsOfRows(this.#records, this.#db, rows);
    const shown = await this.#shown.show(visibility, logged);
    const seen = await this.#seen(
      visibility,
      logged.flatMap(({ logIndex }, at) => (shown[at]!.whole ? [] : logIndex)),
    );
    const told = rows.flatMap(({ event_id, log_index }, at) => {
      const { record, whole } = shown[at]!;
      return whole || seen.has(log_index) ? [[event_id, record] as const] : [];
    });
    return new Map(told);
  }

  async #seen(visibility: Visibility, logIndexes: readonly number[]): Promise<ReadonlySet<number>> {
    if (visibility.sees !== 'organisation') return new Set();
    const rows = await this.#ofSeenBatch.find(this.#db, logIndexes, { reader: visibility.organisationId });
    return new Set(rows.map(({ logIndex }) => logIndex));
  }
}
