import { type Kysely, type Transaction } from 'kysely';
import { type AttestationIssued, type ConcernRaised } from '#attestation';
import { type GraphEvent } from '#claims';
import { takenBy, type LedgerEvent, type OrganisationRegistered, type SiteEvent, type SiteOpened } from '#custody';
import { skeletonOf } from '#vocabulary';
import { streamKey } from '../chains/evidence.js';
import { IdLookup } from '../views/id-lookup.js';
import { type IdSkeletonRow, type ViewsSchema } from '../views/schema.js';
import { TableWriter } from './table-writer.js';

type Tx = Transaction<ViewsSchema>;

/** The owner of an id: a site stands for its organisation. */
type Owner = { readonly organisation: string } | { readonly site: string };

interface NewId {
  readonly kind: string;
  readonly id: string;
  readonly owner: Owner;
}

interface Pending extends NewId {
  readonly skeleton: string;
  readonly knownFrom: number;
}

/**
 * Keeps how each organisation's ids look, and which look like another's. Of many that look alike an organisation keeps the
 * first, and an id is compared with the first of each other organisation: the rows are at most as many as the ids.
 */
export class IdSkeletons {
  readonly #rows;
  readonly #confusableRows;
  readonly #known;
  readonly #sites;
  /** Of the sites that the table holds: they never change. */
  readonly #siteOrganisations = new Map<string, string>();
  #pending: Pending[] = [];

  constructor(db: Kysely<ViewsSchema>) {
    this.#rows = new TableWriter(db, 'id_skeletons', ['kind', 'skeleton', 'organisation_id', 'id', 'known_from']);
    this.#confusableRows = new TableWriter(
      db,
      'confusable_ids',
      ['kind', 'id', 'organisation_id', 'known_from', 'other_id', 'other_organisation_id', 'other_known_from'],
      ['known_from', 'kind', 'id'],
    );
    this.#known = new IdLookup((skeletons) =>
      db.selectFrom('id_skeletons').selectAll().where('skeleton', 'in', skeletons),
    );
    this.#sites = new IdLookup((ids) =>
      db.selectFrom('sites').select(['site_id', 'organisation_id']).where('site_id', 'in', ids),
    );
  }

  /** Takes an event that is no correction: those bring no ids. */
  note(event: GraphEvent): void {
    for (const brought of newIdsOf(event)) {
      this.#pending.push({ ...brought, skeleton: skeletonOf(brought.id), knownFrom: event.logIndex });
    }
  }

  /** Sites that were opened meanwhile are in their table. */
  async flush(tx: Tx): Promise<void> {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    const alike = new Map<string, IdSkeletonRow[]>();
    const skeletons = [...new Set(pending.map(({ skeleton }) => skeleton))];
    for (const row of await this.#known.find(tx, skeletons)) rowsAt(alike, row).push(row);
    for (const rows of alike.values()) rows.sort((one, other) => one.known_from - other.known_from);
    await this.#learnSites(tx, pending);
    for (const { kind, id, owner, skeleton, knownFrom } of pending) {
      const organisation_id = this.#organisationOf(owner);
      const row = { kind, skeleton, organisation_id, id, known_from: knownFrom };
      this.#hold(row, rowsAt(alike, row));
    }
    await this.#rows.flush(tx);
    await this.#confusableRows.flush(tx);
  }

  discard(): void {
    this.#pending = [];
    this.#rows.discard();
    this.#confusableRows.discard();
  }

  async #learnSites(tx: Tx, pending: readonly Pending[]): Promise<void> {
    const sites = pending.flatMap(({ owner }) => ('site' in owner ? [owner.site] : []));
    const unknown = [...new Set(sites)].filter((site) => !this.#siteOrganisations.has(site));
    for (const { site_id, organisation_id } of await this.#sites.find(tx, unknown)) {
      this.#siteOrganisations.set(site_id, organisation_id);
    }
  }

  #organisationOf(owner: Owner): string {
    return 'site' in owner ? (this.#siteOrganisations.get(owner.site) ?? '') : owner.organisation;
  }

  /** @param alike the first id of each organisation that looks so, in the order of the log */
  #hold(row: IdSkeletonRow, alike: IdSkeletonRow[]): void {
    const { kind, id, organisation_id, known_from } = row;
    const other = alike.find((each) => each.organisation_id !== organisation_id && each.id !== id);
    if (other) {
      this.#confusableRows.add({
        kind,
        id,
        organisation_id,
        known_from,
        other_id: other.id,
        other_organisation_id: other.organisation_id,
        other_known_from: other.known_from,
      });
    }
    if (alike.some((each) => each.organisation_id === organisation_id)) return;
    alike.push(row);
    this.#rows.add(row);
  }
}

function rowsAt(alike: Map<string, IdSkeletonRow[]>, { kind, skeleton }: IdSkeletonRow): IdSkeletonRow[] {
  const key = `${kind} ${skeleton}`;
  const rows = alike.get(key) ?? [];
  alike.set(key, rows);
  return rows;
}

/** The ids that an event brings into the ledger, and whose they are. */
function newIdsOf({ type, data, stream, metadata }: GraphEvent): NewId[] {
  switch (type) {
    case 'OrganisationRegistered': {
      const { organisationId } = data as OrganisationRegistered;
      return [{ kind: 'organisation', id: organisationId, owner: { organisation: organisationId } }];
    }
    case 'SiteOpened': {
      const { siteId, organisationId } = data as SiteOpened;
      return [{ kind: 'site', id: siteId, owner: { organisation: organisationId } }];
    }
    case 'AttestationIssued': {
      const { attestationId, issuerOrganisationId } = data as AttestationIssued;
      return [{ kind: 'attestation', id: attestationId, owner: { organisation: issuerOrganisationId } }];
    }
    case 'ConcernRaised': {
      const { concernId } = data as ConcernRaised;
      return [{ kind: 'concern', id: concernId, owner: { organisation: metadata.actor.organisation ?? '' } }];
    }
    default: {
      if (!stream.startsWith('site-')) return [];
      const taken = takenBy({ type, data } as Pick<LedgerEvent<SiteEvent>, 'type' | 'data'>);
      return taken
        .filter(({ kind }) => kind === 'batch' || kind === 'shipment' || kind === 'transformation') // else another's own id
        .map(({ kind, id }) => ({ kind, id, owner: { site: streamKey(stream) } }));
    }
  }
}
