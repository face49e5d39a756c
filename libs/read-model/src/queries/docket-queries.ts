import { sql } from 'kysely';
import { isPseudonym, PUBLIC } from '#access';
import {
  type AwaitingAnswer,
  type DocketAnswer,
  type NotOnDocket,
  type Page,
  type PageRequest,
} from '../answers/index.js';
import { type ConcernState } from '../answers/concern-state.js';
import { DOCKET_ENTRY, pageRedaction } from '../redaction/answer-redactions.js';
import { knownTo } from '../redaction/known.js';
import { Redactor } from '../redaction/redactor.js';
import { slot, Statement } from '../views/statement.js';
import { type Views } from '../views/views.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

/** The state of a concern, for whoever has its public id. */
type Followed =
  | { readonly found: 'entry'; readonly entry: DocketAnswer }
  | { readonly found: 'hidden'; readonly concern: NotOnDocket };

interface Row {
  readonly state: string;
  readonly organisation_id: string | null;
  readonly country: string | null;
}

/** Concerns as everybody may read them: the same for all, with or without a key. */
export class DocketQueries {
  readonly #redactor;
  readonly #byPublicId;
  readonly #ofOpenSite;
  readonly #awaiting;
  readonly #views;

  constructor(views: Views) {
    this.#views = views;
    const { db } = views;
    this.#redactor = new Redactor(views);
    const id = slot<string>('id');
    const rows = this.#rows();
    const isOpen = knownTo('sites.organisation_id', PUBLIC.organisationId);
    this.#byPublicId = new Statement(rows.select('concerns.concern_id as id').where('concerns.public_id', '=', id));
    this.#ofOpenSite = new Statement(
      rows
        .select('concerns.concern_id as id')
        .where('concerns.concern_id', '=', id)
        .where('concerns.hidden', '=', 0)
        .where(isOpen),
    );
    this.#awaiting = new Statement(
      db
        .selectFrom('concerns')
        .select(({ fn }) => fn.coalesce(fn.sum<number>('awaiting'), sql<number>`0`).as('count'))
        .where('awaiting', '>', 0),
    );
  }

  /** Admitted concerns in the order in which they were admitted. */
  async entries(page: PageRequest = {}): Promise<Page<DocketAnswer>> {
    const size = pageSize(page);
    let query = this.#rows()
      .select('concerns.admitted_by')
      .where('concerns.admitted_by', 'is not', null)
      .orderBy('concerns.admitted_by')
      .limit(size + 1);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('docket', page.cursor, ['number'] as const);
      query = query.where('concerns.admitted_by', '>', after);
    }
    const answer = pageOf(await query.execute(), size, entryOf, (row) => encodeCursor('docket', [row.admitted_by!]));
    return this.#redactor.show(PUBLIC, pageRedaction(DOCKET_ENTRY), answer);
  }

  /**
   * The state of a concern, by its id on the docket. For one sent without a key, only its raiser was told that id
   * before its admission.
   */
  async entry(asked: string): Promise<Followed | undefined> {
    const row = await this.#find(asked);
    if (row === undefined) return undefined;
    const { told, admittedBy } = JSON.parse(row.state) as ConcernState;
    if (told.status === 'awaiting-admission' || told.status === 'declined') {
      const reason = told.declined?.reason;
      const concern = { concernId: asked, status: told.status, ...(reason !== undefined && { reason }) };
      return { found: 'hidden', concern };
    }
    if (admittedBy === null) return undefined;
    return { found: 'entry', entry: await this.#redactor.show(PUBLIC, DOCKET_ENTRY, entryOf(row)) };
  }

  /** The public id of a concern, for readers from whom its site is hidden. */
  publicIdOf(concernId: string): string {
    return this.#views.pseudonyms.of(PUBLIC.organisationId, 'concern', concernId);
  }

  /** The concern with this id on the docket, for readers who may not know its site by name. */
  async concernId(publicId: string): Promise<string | undefined> {
    if (!isPseudonym('concern', publicId)) return undefined;
    const [row] = await this.#byPublicId.run(this.#views.db, { id: publicId });
    return row?.id;
  }

  /** How many concerns and comments sent without a key are still to be admitted or declined. */
  async countAwaiting(): Promise<number> {
    const [row] = await this.#awaiting.run(this.#views.db, {});
    return Number(row?.count ?? 0);
  }

  /** Those concerns and comments, oldest first. For regulators. */
  async awaiting(): Promise<AwaitingAnswer[]> {
    const rows = await this.#views.db
      .selectFrom('concerns')
      .select('state')
      .where('awaiting', '>', 0)
      .orderBy('raised_by')
      .execute();
    const all = rows.flatMap(({ state }) => awaitingIn(JSON.parse(state) as ConcernState));
    return all.sort((a, b) => (a.sentAt < b.sentAt ? -1 : a.sentAt > b.sentAt ? 1 : 0));
  }

  async #find(asked: string): Promise<(Row & { readonly id: string }) | undefined> {
    const { db } = this.#views;
    const [byPublicId] = await this.#byPublicId.run(db, { id: asked });
    if (byPublicId !== undefined) return byPublicId;
    const [ofOpenSite] = await this.#ofOpenSite.run(db, { id: asked });
    return ofOpenSite;
  }

  #rows() {
    return this.#views.db
      .selectFrom('concerns')
      .leftJoin('sites', 'sites.site_id', 'concerns.site_id')
      .select(['concerns.state', 'sites.organisation_id', 'sites.country']);
  }
}

function entryOf({ state, organisation_id, country }: Row): DocketAnswer {
  const { told } = JSON.parse(state) as ConcernState;
  const { concernId, siteId, kinds, rights, raisedAt, admitted, status, investigation, remediation, closure } = told;
  const findings = told.findings.map(({ substantiated, rights: found, from, until, annulled }) => ({
    substantiated,
    rights: found,
    from,
    ...(until !== undefined && { until }),
    ...(annulled !== undefined && { annulledAt: annulled.annulledAt }),
  }));
  return {
    concernId,
    siteId,
    organisationId: organisation_id ?? '',
    country: country ?? 'ZZ',
    kinds,
    rights,
    raisedAt,
    admittedAt: admitted?.admittedAt ?? raisedAt,
    summary: admitted?.summary ?? '',
    status,
    ...(investigation !== undefined && { investigationOpenedAt: investigation.openedAt }),
    findings,
    ...(remediation !== undefined && { remediationAcceptedAt: remediation.acceptedAt }),
    ...(closure !== undefined && { closedAt: closure.closedAt, outcome: closure.outcome }),
    comments: told.comments,
    answers: told.answers,
  };
}

function awaitingIn({ told, waiting, eventId, sentAt }: ConcernState): AwaitingAnswer[] {
  const { concernId, siteId, rights, statement, reporter } = told;
  const comments = waiting.map(({ eventId: id, sentAt: at, statement: said, author }) => ({
    what: 'comment' as const,
    concernId,
    siteId,
    eventId: id,
    sentAt: at,
    rights,
    statement: said,
    ...(author !== undefined && { author }),
  }));
  if (told.status !== 'awaiting-admission') return comments;
  const concern = {
    what: 'concern' as const,
    concernId,
    siteId,
    eventId,
    sentAt,
    rights,
    ...(statement !== undefined && { statement }),
    ...(reporter !== undefined && { author: reporter }),
  };
  return [concern, ...comments];
}
