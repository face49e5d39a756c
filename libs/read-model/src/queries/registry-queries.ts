import type { Activity, OrganisationRole } from '#custody';
import type { AccreditationRow, SiteRow } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';
import type { Views } from '../views/views.js';
import type {
  AccreditationAnswer,
  AttestationAnswer,
  ConcernAnswer,
  OrganisationAnswer,
  Page,
  PageRequest,
  SiteAnswer,
} from './answers.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

/** Organisations, sites, and what attestors and investigators said of sites. */
export class RegistryQueries {
  readonly #organisation;
  readonly #accreditations;
  readonly #site;

  constructor(private readonly views: Views) {
    const { db } = views;
    const id = slot<string>('id');
    this.#organisation = new Statement(db.selectFrom('organisations').selectAll().where('organisation_id', '=', id));
    this.#accreditations = new Statement(
      db.selectFrom('accreditations').selectAll().where('organisation_id', '=', id).orderBy('granted_by'),
    );
    this.#site = new Statement(db.selectFrom('sites').selectAll().where('site_id', '=', id));
  }

  async organisation(organisationId: string): Promise<OrganisationAnswer | undefined> {
    const [row] = await this.#organisation.run(this.views.db, { id: organisationId });
    if (!row) return undefined;
    const accreditations = await this.#accreditations.run(this.views.db, { id: organisationId });
    return {
      organisationId: row.organisation_id,
      name: row.name,
      country: row.country,
      roles: JSON.parse(row.roles) as OrganisationRole[],
      registeredAt: row.registered_at,
      accreditations: accreditations.map(accreditationAnswer),
    };
  }

  async site(siteId: string): Promise<SiteAnswer | undefined> {
    const [row] = await this.#site.run(this.views.db, { id: siteId });
    return row && siteAnswer(row);
  }

  /** Sites in ascending order of their ids, of one organisation or of all. */
  async sites(filter: { organisationId?: string }, page: PageRequest = {}): Promise<Page<SiteAnswer>> {
    const size = pageSize(page);
    let query = this.views.db
      .selectFrom('sites')
      .selectAll()
      .orderBy('site_id')
      .limit(size + 1);
    if (filter.organisationId !== undefined) query = query.where('organisation_id', '=', filter.organisationId);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('sites', page.cursor, ['string'] as const);
      query = query.where('site_id', '>', after);
    }
    return pageOf(await query.execute(), size, siteAnswer, (row) => encodeCursor('sites', [row.site_id]));
  }

  /** Attestations in the order in which they were issued, about one site or all. */
  async attestations(filter: { siteId?: string }, page: PageRequest = {}): Promise<Page<AttestationAnswer>> {
    const size = pageSize(page);
    let query = this.views.db
      .selectFrom('attestations')
      .select(['issued_by', 'state'])
      .orderBy('issued_by')
      .limit(size + 1);
    if (filter.siteId !== undefined) query = query.where('site_id', '=', filter.siteId);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('attestations', page.cursor, ['number'] as const);
      query = query.where('issued_by', '>', after);
    }
    return pageOf(
      await query.execute(),
      size,
      (row) => JSON.parse(row.state) as AttestationAnswer,
      (row) => encodeCursor('attestations', [row.issued_by]),
    );
  }

  async attestation(attestationId: string): Promise<AttestationAnswer | undefined> {
    const row = await this.views.db
      .selectFrom('attestations')
      .select('state')
      .where('attestation_id', '=', attestationId)
      .executeTakeFirst();
    return row && (JSON.parse(row.state) as AttestationAnswer);
  }

  /** Concerns in the order in which they were raised, about one site or all. */
  async concerns(filter: { siteId?: string }, page: PageRequest = {}): Promise<Page<ConcernAnswer>> {
    const size = pageSize(page);
    let query = this.views.db
      .selectFrom('concerns')
      .select(['raised_by', 'state'])
      .orderBy('raised_by')
      .limit(size + 1);
    if (filter.siteId !== undefined) query = query.where('site_id', '=', filter.siteId);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('concerns', page.cursor, ['number'] as const);
      query = query.where('raised_by', '>', after);
    }
    return pageOf(
      await query.execute(),
      size,
      (row) => JSON.parse(row.state) as ConcernAnswer,
      (row) => encodeCursor('concerns', [row.raised_by]),
    );
  }

  async concern(concernId: string): Promise<ConcernAnswer | undefined> {
    const row = await this.views.db
      .selectFrom('concerns')
      .select('state')
      .where('concern_id', '=', concernId)
      .executeTakeFirst();
    return row && (JSON.parse(row.state) as ConcernAnswer);
  }
}

function accreditationAnswer(row: AccreditationRow): AccreditationAnswer {
  return {
    scheme: row.scheme,
    from: row.valid_from,
    ...(row.valid_until !== null && { until: row.valid_until }),
    ...(row.withdrawn_from !== null && {
      withdrawn: { from: row.withdrawn_from, reason: row.withdrawn_reason ?? '' },
    }),
  };
}

function siteAnswer(row: SiteRow): SiteAnswer {
  return {
    siteId: row.site_id,
    organisationId: row.organisation_id,
    name: row.name,
    country: row.country,
    activities: JSON.parse(row.activities) as Activity[],
    ...(row.latitude !== null &&
      row.longitude !== null && { location: { latitude: row.latitude, longitude: row.longitude } }),
    openedAt: row.opened_at,
  };
}
