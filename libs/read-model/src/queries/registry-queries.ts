import { type Activity, type OrganisationRole, type Withholdable } from '#custody';
import { type Visibility } from '#access';
import { type AccreditationRow, type ConcernRow, type OrganisationRow, type SiteRow } from '../views/schema.js';
import { type ConcernState } from '../answers/concern-state.js';
import { ATTESTATION, CONCERN, ORGANISATION, pageRedaction, SITE } from '../redaction/answer-redactions.js';
import { Redactor } from '../redaction/redactor.js';
import { knownTo } from '../redaction/known.js';
import { slot, Statement } from '../views/statement.js';
import { type Views } from '../views/views.js';
import {
  type AccreditationAnswer,
  type AttestationAnswer,
  type ConcernAnswer,
  type OrganisationAnswer,
  type Page,
  type PageRequest,
  type SiteAnswer,
} from '../answers/index.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

/** Organisations, sites, and what attestors and investigators said of sites. */
export class RegistryQueries {
  readonly #organisation;
  readonly #accreditations;
  readonly #site;
  readonly #redactor;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    const { db } = views;
    const id = slot<string>('id');
    this.#redactor = new Redactor(views);
    this.#organisation = new Statement(db.selectFrom('organisations').selectAll().where('organisation_id', '=', id));
    this.#accreditations = new Statement(
      db.selectFrom('accreditations').selectAll().where('organisation_id', '=', id).orderBy('granted_by'),
    );
    this.#site = new Statement(db.selectFrom('sites').selectAll().where('site_id', '=', id));
  }

  async organisation(visibility: Visibility, organisationId: string): Promise<OrganisationAnswer | undefined> {
    const id = await this.#redactor.organisation(visibility, organisationId);
    const [row] = id === undefined ? [] : await this.#organisation.run(this.#views.db, { id });
    return row && this.#redactor.show(visibility, ORGANISATION, await this.#organisationAnswer(row));
  }

  /** Organisations in ascending order of their ids: those that the caller knows by name. */
  async organisations(visibility: Visibility, page: PageRequest = {}): Promise<Page<OrganisationAnswer>> {
    const size = pageSize(page);
    let query = this.#views.db
      .selectFrom('organisations')
      .selectAll()
      .orderBy('organisation_id')
      .limit(size + 1);
    if (visibility.sees === 'organisation')
      query = query.where(knownTo('organisations.organisation_id', visibility.organisationId));
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('organisations', page.cursor, ['string'] as const);
      query = query.where('organisation_id', '>', after);
    }
    const { items, next } = pageOf(
      await query.execute(),
      size,
      (row) => row,
      (row) => encodeCursor('organisations', [row.organisation_id]),
    );
    const answers = await Promise.all(items.map((row) => this.#organisationAnswer(row)));
    return this.#redactor.show(visibility, pageRedaction(ORGANISATION), { items: answers, next });
  }

  async site(visibility: Visibility, siteId: string): Promise<SiteAnswer | undefined> {
    const id = await this.#redactor.site(visibility, siteId);
    const [row] = id === undefined ? [] : await this.#site.run(this.#views.db, { id });
    return row && this.#redactor.show(visibility, SITE, siteAnswer(row));
  }

  /** Sites in ascending order of their ids, of one organisation or of all: those that the caller knows by name. */
  async sites(
    visibility: Visibility,
    filter: { organisationId?: string },
    page: PageRequest = {},
  ): Promise<Page<SiteAnswer>> {
    const size = pageSize(page);
    let query = this.#views.db
      .selectFrom('sites')
      .selectAll()
      .orderBy('site_id')
      .limit(size + 1);
    if (visibility.sees === 'organisation')
      query = query.where(knownTo('sites.organisation_id', visibility.organisationId));
    if (filter.organisationId !== undefined) query = query.where('organisation_id', '=', filter.organisationId);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('sites', page.cursor, ['string'] as const);
      query = query.where('site_id', '>', after);
    }
    const answer = pageOf(await query.execute(), size, siteAnswer, (row) => encodeCursor('sites', [row.site_id]));
    return this.#redactor.show(visibility, pageRedaction(SITE), answer);
  }

  /**
   * Attestations in the order in which they were issued, about one site or all. An organisation sees those that it issued
   * and those about sites that it knows by name; an administrator, who only keeps the registry, sees none.
   */
  async attestations(
    visibility: Visibility,
    filter: { siteId?: string },
    page: PageRequest = {},
  ): Promise<Page<AttestationAnswer>> {
    const scope = await this.#redactor.scope(visibility, filter.siteId);
    if (scope === undefined) return { items: [], next: null };
    const size = pageSize(page);
    let query = this.#attestations(visibility)
      .orderBy('attestations.issued_by')
      .limit(size + 1);
    if (scope.siteId !== undefined) query = query.where('attestations.site_id', '=', scope.siteId);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('attestations', page.cursor, ['number'] as const);
      query = query.where('attestations.issued_by', '>', after);
    }
    const answer = pageOf(
      await query.execute(),
      size,
      (row) => JSON.parse(row.state) as AttestationAnswer,
      (row) => encodeCursor('attestations', [row.issued_by]),
    );
    return this.#redactor.show(visibility, pageRedaction(ATTESTATION), answer);
  }

  async attestation(visibility: Visibility, attestationId: string): Promise<AttestationAnswer | undefined> {
    if (visibility.sees === 'registry') return undefined;
    const row = await this.#attestations(visibility).where('attestation_id', '=', attestationId).executeTakeFirst();
    return row && this.#redactor.show(visibility, ATTESTATION, JSON.parse(row.state) as AttestationAnswer);
  }

  /**
   * Concerns in the order in which they were raised, about one site or all. An organisation sees those about its own sites
   * and those that it raised.
   */
  async concerns(
    visibility: Visibility,
    filter: { siteId?: string },
    page: PageRequest = {},
  ): Promise<Page<ConcernAnswer>> {
    const scope = await this.#redactor.scope(visibility, filter.siteId);
    if (scope === undefined) return { items: [], next: null };
    const size = pageSize(page);
    let query = this.#concerns(visibility)
      .orderBy('concerns.raised_by')
      .limit(size + 1);
    if (scope.siteId !== undefined) query = query.where('concerns.site_id', '=', scope.siteId);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('concerns', page.cursor, ['number'] as const);
      query = query.where('concerns.raised_by', '>', after);
    }
    const answer = pageOf(await query.execute(), size, concernAnswer, (row) =>
      encodeCursor('concerns', [row.raised_by]),
    );
    return this.#redactor.show(visibility, pageRedaction(CONCERN), answer);
  }

  async concern(visibility: Visibility, concernId: string): Promise<ConcernAnswer | undefined> {
    if (visibility.sees === 'registry') return undefined;
    const row = await this.#concerns(visibility).where('concern_id', '=', concernId).executeTakeFirst();
    return row && this.#redactor.show(visibility, CONCERN, concernAnswer(row));
  }

  async #organisationAnswer(row: OrganisationRow): Promise<OrganisationAnswer> {
    const accreditations = await this.#accreditations.run(this.#views.db, { id: row.organisation_id });
    return {
      organisationId: row.organisation_id,
      name: JSON.parse(row.name) as Withholdable<string>,
      country: row.country,
      roles: JSON.parse(row.roles) as OrganisationRole[],
      registeredAt: row.registered_at,
      accreditations: accreditations.map(accreditationAnswer),
      control: JSON.parse(row.control) as OrganisationAnswer['control'],
    };
  }

  #attestations(visibility: Visibility) {
    const query = this.#views.db.selectFrom('attestations').select(['attestations.issued_by', 'attestations.state']);
    if (visibility.sees !== 'organisation') return query;
    const { organisationId } = visibility;
    return query.where((row) =>
      row.or([
        row('attestations.issuer_organisation_id', '=', organisationId),
        row.exists(
          row
            .selectFrom('sites')
            .select('sites.site_id')
            .whereRef('sites.site_id', '=', 'attestations.site_id')
            .where(knownTo('sites.organisation_id', organisationId)),
        ),
      ]),
    );
  }

  #concerns(visibility: Visibility) {
    const query = this.#views.db.selectFrom('concerns').select(['concerns.raised_by', 'concerns.state']);
    if (visibility.sees !== 'organisation') return query;
    const { organisationId } = visibility;
    return query.where((row) =>
      row.or([
        row('concerns.raised_by_organisation', '=', organisationId),
        row.and([
          row('concerns.hidden', '=', 0),
          row(
            'concerns.site_id',
            'in',
            row.selectFrom('sites').select('sites.site_id').where('sites.organisation_id', '=', organisationId),
          ),
        ]),
      ]),
    );
  }
}

function accreditationAnswer(row: AccreditationRow): AccreditationAnswer {
  return {
    scheme: row.scheme,
    from: row.valid_from,
    ...(row.valid_until !== null && { until: row.valid_until }),
    ...(row.withdrawn_from !== null && {
      withdrawn: {
        from: row.withdrawn_from,
        reason: JSON.parse(row.withdrawn_reason ?? '""') as Withholdable<string>,
      },
    }),
  };
}

function concernAnswer({ state }: Pick<ConcernRow, 'state'>): ConcernAnswer {
  return (JSON.parse(state) as ConcernState).told;
}

function siteAnswer(row: SiteRow): SiteAnswer {
  return {
    siteId: row.site_id,
    organisationId: row.organisation_id,
    name: JSON.parse(row.name) as Withholdable<string>,
    country: row.country,
    activities: JSON.parse(row.activities) as Activity[],
    ...(row.latitude !== null &&
      row.longitude !== null && { location: { latitude: row.latitude, longitude: row.longitude } }),
    openedAt: row.opened_at,
    ...(row.hold !== null && { hold: JSON.parse(row.hold) as NonNullable<SiteAnswer['hold']> }),
  };
}
