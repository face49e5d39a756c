import { type Visibility } from '#access';
import { Redactor } from '../redaction/redactor.js';
import { slot, Statement } from '../views/statement.js';
import { type Views } from '../views/views.js';
import { LOGGED_COLUMNS, loggedEvents, type LoggedEvent, type LoggedRow } from '../chains/logged-event.js';

/** Events read from the database at a time when many are streamed: bounds the memory that streaming the whole log takes. */
const STREAM_PAGE = 1_000;

export interface EventRange {
  /** First and last log index, inclusive. Default: from the first, to the last known when the reading began. */
  from?: number;
  to?: number;
  /** Only this stream. */
  stream?: string;
}

/** The log by the read tables: events by id, index and stream. */
export class LedgerQueries {
  readonly #byId: Statement<LoggedRow>;
  readonly #byIndex: Statement<LoggedRow>;
  readonly #recordedAt: Statement<{ recorded_at: string }>;
  readonly #byRecordedTime: Statement<{ log_index: number }>;
  readonly #size: Statement<{ log_size: number }>;

  readonly #redactor: Redactor;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    const { db } = views;
    this.#redactor = new Redactor(views);
    const events = db.selectFrom('events').select(LOGGED_COLUMNS);
    this.#byId = new Statement(events.where('event_id', '=', slot<string>('id')));
    this.#byIndex = new Statement(events.where('log_index', '=', slot<number>('index')));
    this.#recordedAt = new Statement(
      db.selectFrom('events').select('recorded_at').where('log_index', '=', slot<number>('index')),
    );
    this.#byRecordedTime = new Statement(
      db
        .selectFrom('events')
        .select('log_index')
        .where('recorded_at', '<=', slot<string>('time'))
        .orderBy('recorded_at', 'desc')
        .orderBy('log_index', 'desc')
        .limit(1),
    );
    this.#size = new Statement(db.selectFrom('projections').select('log_size').where('version', '=', views.version));
  }

  /**
   * Number of evidence events in the read model; the last one's log index is one less. The only query without a
   * visibility: every checkpoint makes this number public.
   */
  async ledgerSize(db = this.#views.db): Promise<number> {
    const [row] = await this.#size.run(db, {});
    return row?.log_size ?? 0;
  }

  async eventById(visibility: Visibility, eventId: string): Promise<LoggedEvent | undefined> {
    return (await this.#known(visibility, await this.#byId.run(this.#views.db, { id: eventId })))[0];
  }

  async eventByIndex(visibility: Visibility, logIndex: number): Promise<LoggedEvent | undefined> {
    return (await this.#known(visibility, await this.#byIndex.run(this.#views.db, { index: logIndex })))[0];
  }

  /**
   * The last log index recorded up to a moment, RFC 3339 UTC with milliseconds; undefined before the first event. The same
   * for every reader, since the time of an index reveals nothing about its event.
   */
  async logIndexAt(_visibility: Visibility, recordedAt: string): Promise<number | undefined> {
    const [row] = await this.#byRecordedTime.run(this.#views.db, { time: recordedAt });
    return row?.log_index;
  }

  /** When the ledger wrote the event of a log index; undefined beyond its end. The same for every reader. */
  async recordedAt(_visibility: Visibility, logIndex: number): Promise<string | undefined> {
    const [row] = await this.#recordedAt.run(this.#views.db, { index: logIndex });
    return row?.recorded_at;
  }

  /** Streams events in log order, in pages, in constant memory; none for a caller that may not see everything. */
  async *events(visibility: Visibility, range: EventRange = {}): AsyncGenerator<LoggedEvent> {
    if (visibility.sees !== 'everything') return;
    const last = range.to ?? (await this.ledgerSize()) - 1;
    for (let from = range.from ?? 0; from <= last;) {
      let query = this.#views.db
        .selectFrom('events')
        .select(LOGGED_COLUMNS)
        .where('log_index', '>=', from)
        .where('log_index', '<=', last)
        .orderBy('log_index')
        .limit(STREAM_PAGE);
      if (range.stream !== undefined) query = query.where('stream', '=', range.stream);
      const rows = await query.execute();
      const end = rows.at(-1);
      if (!end) return;
      yield* await loggedEvents(this.#views.records, this.#views.db, rows);
      from = end.log_index + 1;
    }
  }

  /** Those of these events that the caller may know by name, with their full records. */
  async #known(visibility: Visibility, rows: readonly LoggedRow[]): Promise<LoggedEvent[]> {
    if (visibility.sees === 'registry') return [];
    const events = await loggedEvents(this.#views.records, this.#views.db, rows);
    if (visibility.sees === 'everything') return events;
    const known = await this.#redactor.knownEvents(
      visibility.organisationId,
      events.map(({ id }) => id),
    );
    return events.filter(({ id }) => known.has(id));
  }
}
