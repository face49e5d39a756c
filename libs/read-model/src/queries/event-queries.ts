import { idOf, isPseudonym, list, shape, type Shape, type Visibility } from '#access';
import { leafHash } from '#transparency';
import { type EventAnswer, type EventLink } from '../answers/index.js';
import { streamKey } from '../chains/evidence.js';
import { recordsOfRows } from '../chains/logged-event.js';
import { Redactor } from '../redaction/redactor.js';
import { ShownRecords } from '../redaction/shown-records.js';
import { type EventRow } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';
import { type Views } from '../views/views.js';

type Row = Pick<EventRow, 'log_index' | 'position' | 'event_id' | 'stream' | 'subject_site'>;

/** What an event is about, before redaction. */
interface Related {
  readonly batchIds: readonly string[];
  readonly siteIds: readonly string[];
  readonly organisationIds: readonly string[];
  /** The event that this one corrects, if it is a correction. */
  readonly corrects: readonly string[];
  readonly correctedBy: readonly string[];
}
const itself = (batchId: string): string => batchId;
const RELATED: Shape<Related> = shape({
  batchIds: list(idOf('batch'), itself),
  siteIds: list(idOf('site')),
  organisationIds: list(idOf('organisation')),
  corrects: list(idOf('event')),
  correctedBy: list(idOf('event')),
});

/** One recorded event. */
export class EventQueries {
  readonly #byId;
  readonly #byIndex;
  readonly #batches;
  readonly #seenBatch;
  readonly #corrected;
  readonly #corrections;
  readonly #redactor;
  readonly #records;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    const { db } = views;
    const index = slot<number>('index');
    const events = db.selectFrom('events').select(['log_index', 'position', 'event_id', 'stream', 'subject_site']);
    this.#byId = new Statement(events.where('event_id', '=', slot<string>('id')));
    this.#byIndex = new Statement(events.where('log_index', '=', index));
    const batches = db
      .selectFrom('event_batches')
      .select('event_batches.batch_id')
      .where('event_batches.log_index', '=', index);
    this.#batches = new Statement(batches.orderBy('event_batches.batch_id'));
    this.#seenBatch = new Statement(
      batches
        .innerJoin('visible_batches', 'visible_batches.batch_id', 'event_batches.batch_id')
        .where('visible_batches.organisation_id', '=', slot<string>('reader'))
        .limit(1),
    );
    this.#corrected = new Statement(
      db.selectFrom('corrections').select('event_id as id').where('log_index', '=', index),
    );
    this.#corrections = new Statement(
      db
        .selectFrom('corrections')
        .innerJoin('events', 'events.log_index', 'corrections.log_index')
        .select('events.event_id as id')
        .where('corrections.event_id', '=', slot<string>('id'))
        .orderBy('corrections.log_index'),
    );
    this.#redactor = new Redactor(views);
    this.#records = new ShownRecords(views, this.#redactor);
  }

  /**
   * The event as the caller may see it: by its id, if the caller knows that, or by the pseudonym that it was shown. An
   * organisation finds events that it may see in full, and events of batches that it sees, as in the batch's history.
   */
  async event(visibility: Visibility, asked: string): Promise<EventAnswer | undefined> {
    const row = await this.#find(visibility, asked);
    if (!row) return undefined;
    const logged = await recordsOfRows(this.#views.records, this.#views.db, [row]);
    const [shown] = await this.#records.show(visibility, logged);
    const { record, whole } = shown!;
    return {
      eventId: record.id,
      logIndex: row.log_index,
      leafHash: Buffer.from(leafHash(Buffer.from(logged[0]!.text, 'utf8'))).toString('hex'),
      // Together with the log index the position would reveal how many reservations came before; a record shown in part
      // must reveal only itself.
      ...(whole && { position: row.position }),
      whole,
      record,
      links: linksOf(
        record.id,
        row.log_index,
        await this.#redactor.show(visibility, RELATED, await this.#related(row)),
      ),
    };
  }

  async #find(visibility: Visibility, asked: string): Promise<Row | undefined> {
    const { db } = this.#views;
    if (visibility.sees === 'registry') return undefined;
    if (visibility.sees === 'everything') return (await this.#byId.run(db, { id: asked }))[0];
    const { organisationId } = visibility;
    if (!isPseudonym('event', asked)) {
      const [row] = await this.#byId.run(db, { id: asked });
      const known = row && (await this.#redactor.knownEvents(organisationId, [row.event_id]));
      return known?.has(asked) ? row : undefined;
    }
    const index = this.#views.pseudonyms.logIndexOf(organisationId, asked);
    if (index === undefined) return undefined;
    const [row] = await this.#byIndex.run(db, { index });
    const [seen] = await this.#seenBatch.run(db, { index, reader: organisationId });
    return seen && row;
  }

  async #related(row: Row): Promise<Related> {
    const { db } = this.#views;
    const index = row.log_index;
    const batches = await this.#batches.run(db, { index });
    const corrects = await this.#corrected.run(db, { index });
    const corrections = await this.#corrections.run(db, { id: row.event_id });
    const owner = streamKey(row.stream);
    const sites = row.stream.startsWith('site-') ? [owner] : [];
    if (row.subject_site !== null && !sites.includes(row.subject_site)) sites.push(row.subject_site);
    return {
      batchIds: batches.map(({ batch_id }) => batch_id),
      siteIds: sites,
      organisationIds: row.stream.startsWith('organisation-') ? [owner] : [],
      corrects: corrects.map(({ id }) => id),
      correctedBy: corrections.map(({ id }) => id),
    };
  }
}

function linksOf(eventId: string, logIndex: number, related: Related): EventLink[] {
  const to = (rel: EventLink['rel'], path: string, ids: readonly string[]): EventLink[] =>
    ids.map((id) => ({ rel, id, href: `/v1/${path}/${encodeURIComponent(id)}` }));
  return [
    ...to('self', 'events', [eventId]),
    ...to('site', 'sites', related.siteIds),
    ...to('organisation', 'organisations', related.organisationIds),
    ...to('corrects', 'events', related.corrects),
    ...to('corrected-by', 'events', related.correctedBy),
    ...to('batch', 'batches', related.batchIds),
    { rel: 'inclusion-proof', href: `/v1/audit/proofs/inclusion?index=${logIndex}` },
  ];
}
