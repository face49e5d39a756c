import { type Kysely, type Transaction } from 'kysely';
import { PUBLIC, type Pseudonyms } from '#access';
import { concernKindsOf, type ConcernRaised } from '#attestation';
import { type ConcernState } from '../answers/concern-state.js';
import { streamKey, type Placed } from '../chains/evidence.js';
import { type ConcernRow, type ViewsSchema } from '../views/schema.js';
import { advanceConcern, isConcernChange } from './concern-progress.js';
import { advanceDocket, isOfDocket } from './docket-progress.js';
import { metadataOf } from './event-tables.js';
import { TableWriter } from './table-writer.js';

type Tx = Transaction<ViewsSchema>;

/** A concern under way in a transaction. */
interface Entry {
  readonly logIndex: number;
  /** Whose key it was raised with. */
  readonly raisedBy: string | null;
  readonly state: ConcernState;
}

const COLUMNS = [
  'concern_id',
  'site_id',
  'raised_by',
  'raised_by_organisation',
  'public_id',
  'admitted_by',
  'awaiting',
  'hidden',
  'state',
] as const satisfies readonly (keyof ConcernRow)[];

/** Concerns as they stand, and what the docket says of them. */
export class ConcernProjection {
  readonly #entries = new Map<string, Entry>();
  readonly #rows;
  readonly #pseudonyms;

  constructor(db: Kysely<ViewsSchema>, pseudonyms: Pseudonyms) {
    this.#pseudonyms = pseudonyms;
    this.#rows = new TableWriter(db, 'concerns', COLUMNS, ['concern_id']);
  }

  /** Folds an event of the stream of a concern. */
  async apply(tx: Tx, placed: Placed): Promise<void> {
    const { type, data } = placed.event as { type: string; data: unknown };
    if (type === 'ConcernRaised') {
      this.#raise(placed, data as ConcernRaised);
      return;
    }
    const concern = await this.#entry(tx, streamKey(placed.event.stream));
    if (concern === undefined) return;
    if (isConcernChange(type)) advanceConcern(concern.state.told, placed, type, data);
    else if (isOfDocket(type)) advanceDocket(concern.state, placed, type, data);
  }

  async siteOf(tx: Tx, concernId: string): Promise<string | undefined> {
    return (await this.#entry(tx, concernId))?.state.told.siteId;
  }

  async flush(tx: Tx): Promise<void> {
    for (const [id, { logIndex, raisedBy, state }] of this.#entries) {
      const { told, waiting, admittedBy } = state;
      const isAwaiting = told.status === 'awaiting-admission';
      this.#rows.add({
        concern_id: id,
        site_id: told.siteId,
        raised_by: logIndex,
        raised_by_organisation: raisedBy,
        public_id: this.#pseudonyms.of(PUBLIC.organisationId, 'concern', id),
        admitted_by: admittedBy,
        awaiting: waiting.length + Number(isAwaiting),
        hidden: Number(isAwaiting || told.status === 'declined'),
        state: JSON.stringify(state),
      });
    }
    this.#entries.clear();
    await this.#rows.flush(tx);
  }

  discard(): void {
    this.#entries.clear();
  }

  #raise({ event, logIndex }: Placed, data: ConcernRaised): void {
    const { concernId, siteId, rights, source, statement, reporter, documentSha256, awaitsAdmission } = data;
    const { actor, occurredAt, recordedAt } = metadataOf(event);
    const told: ConcernState['told'] = {
      concernId,
      siteId,
      kinds: concernKindsOf(rights),
      rights,
      source,
      ...(statement !== undefined && { statement }),
      ...(reporter !== undefined && { reporter }),
      raisedAt: occurredAt,
      ...(documentSha256 !== undefined && { documentSha256 }),
      status: awaitsAdmission === true ? 'awaiting-admission' : 'raised',
      findings: [],
      comments: [],
      answers: [],
    };
    const state = { told, waiting: [], eventId: event.id, sentAt: recordedAt, admittedBy: null };
    this.#entries.set(concernId, { logIndex, raisedBy: actor.organisation ?? null, state });
  }

  async #entry(tx: Tx, id: string): Promise<Entry | undefined> {
    const pending = this.#entries.get(id);
    if (pending) return pending;
    const row = await tx
      .selectFrom('concerns')
      .select(['raised_by', 'raised_by_organisation', 'state'])
      .where('concern_id', '=', id)
      .executeTakeFirst();
    if (!row) return undefined;
    const state = JSON.parse(row.state) as ConcernState;
    const entry = { logIndex: row.raised_by, raisedBy: row.raised_by_organisation, state };
    this.#entries.set(id, entry);
    return entry;
  }
}
