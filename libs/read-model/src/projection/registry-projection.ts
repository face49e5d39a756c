import { type Kysely, type Transaction } from 'kysely';
import { type RestingMark } from '#claims';
import { type Pseudonyms } from '#access';
import { type AttestationIssued, type AttestationStateChanged } from '#attestation';
import {
  isWithheld,
  type AccreditationGranted,
  type AccreditationWithdrawn,
  type ControlDeclared,
  type OrganisationRegistered,
  type SiteEvents,
  type SiteOpened,
  type VisibilityChosen,
} from '#custody';
import { type AttestationAnswer, type OrganisationAnswer } from '../answers/index.js';
import { type ViewsSchema } from '../views/schema.js';
import { advanceAttestation } from './attestation-progress.js';
import { ConcernProjection } from './concern-projection.js';
import { controlOf } from './control-declared.js';
import { metadataOf } from './event-tables.js';
import { streamKey, type Placed } from '../chains/evidence.js';
import { TableWriter } from './table-writer.js';

type Tx = Transaction<ViewsSchema>;

/** An attestation changed in the current transaction. */
interface Entry {
  readonly logIndex: number;
  readonly state: AttestationAnswer;
}

/** Organisations, sites, attestations and concerns in their current state. Such events are few compared with custody. */
export class RegistryProjection {
  readonly #attestations = new Map<string, Entry>();
  readonly #attestationRows;
  readonly #concerns;

  constructor(db: Kysely<ViewsSchema>, pseudonyms: Pseudonyms) {
    this.#concerns = new ConcernProjection(db, pseudonyms);
    this.#attestationRows = new TableWriter(
      db,
      'attestations',
      ['attestation_id', 'site_id', 'issuer_organisation_id', 'scheme', 'issued_by', 'state'],
      ['attestation_id'],
    );
  }

  /** Folds an event, synchronously where it returns no promise; an event that is not of the registry changes nothing. */
  apply(tx: Tx, placed: Placed): Promise<void> | undefined {
    const { type, data } = placed.event as { type: string; data: unknown };
    switch (type) {
      case 'OrganisationRegistered':
        return this.#registerOrganisation(tx, placed, data as OrganisationRegistered);
      case 'AccreditationGranted':
        return this.#grant(tx, placed, data as AccreditationGranted);
      case 'AccreditationWithdrawn':
        return this.#withdraw(tx, placed, data as AccreditationWithdrawn);
      case 'VisibilityChosen':
        return this.#choose(tx, placed, data as VisibilityChosen);
      case 'ControlDeclared':
        return this.#declareControl(tx, placed, data as ControlDeclared);
      case 'SiteOpened':
        return this.openSite(tx, markOf(placed), data as SiteOpened);
      case 'SiteHeld':
        return this.#holdSite(tx, placed, data as SiteEvents['SiteHeld']);
      case 'SiteReleased':
        return this.#holdSite(tx, placed, undefined);
      case 'AttestationIssued':
        this.#issue(placed, data as AttestationIssued);
        return undefined;
      case 'AttestationSuspended':
        return this.#changeAttestation(tx, placed, 'suspended', data as AttestationStateChanged);
      case 'AttestationReinstated':
        return this.#changeAttestation(tx, placed, 'reinstated', data as AttestationStateChanged);
      case 'AttestationRevoked':
        return this.#changeAttestation(tx, placed, 'revoked', data as AttestationStateChanged);
      default:
        return placed.event.stream.startsWith('concern-') ? this.#concerns.apply(tx, placed) : undefined;
    }
  }

  async flush(tx: Tx): Promise<void> {
    for (const [id, { logIndex, state }] of this.#attestations) {
      this.#attestationRows.add({
        attestation_id: id,
        site_id: state.siteId,
        issuer_organisation_id: state.issuerOrganisationId,
        scheme: state.scheme,
        issued_by: logIndex,
        state: JSON.stringify(state),
      });
    }
    this.#attestations.clear();
    await this.#attestationRows.flush(tx);
    await this.#concerns.flush(tx);
  }

  discard(): void {
    this.#attestations.clear();
    this.#concerns.discard();
  }

  /** Writes the site as described by its opening or the correction of it. */
  async openSite(tx: Tx, opened: RestingMark, data: SiteOpened): Promise<void> {
    const location = isWithheld(data.location) ? undefined : data.location;
    const described = {
      organisation_id: data.organisationId,
      name: JSON.stringify(data.name),
      country: data.country,
      activities: JSON.stringify(data.activities),
      latitude: location?.latitude ?? null,
      longitude: location?.longitude ?? null,
      opened_at: opened.occurredAt,
      opening: JSON.stringify(opened),
    };
    await tx
      .insertInto('sites')
      .values({ site_id: data.siteId, ...described })
      .onConflict((conflict) => conflict.column('site_id').doUpdateSet(described))
      .execute();
  }

  async #holdSite(tx: Tx, placed: Placed, held: SiteEvents['SiteHeld'] | undefined): Promise<void> {
    const { eventId, occurredAt: since } = markOf(placed);
    const hold = held && { authority: held.authority, reason: held.reason, since, eventId };
    await tx
      .updateTable('sites')
      .set({ hold: hold ? JSON.stringify(hold) : null })
      .where('site_id', '=', streamKey(placed.event.stream))
      .execute();
  }

  async siteOfAttestation(tx: Tx, attestationId: string): Promise<string | undefined> {
    return (await this.#attestation(tx, attestationId))?.state.siteId;
  }

  async siteOfConcern(tx: Tx, concernId: string): Promise<string | undefined> {
    return this.#concerns.siteOf(tx, concernId);
  }

  async #registerOrganisation(tx: Tx, placed: Placed, data: OrganisationRegistered): Promise<void> {
    await tx
      .insertInto('organisations')
      .values({
        organisation_id: data.organisationId,
        name: JSON.stringify(data.name),
        country: data.country,
        roles: JSON.stringify(data.roles),
        visibility: 'pseudonymous',
        control: '[]',
        registered_at: occurredAt(placed),
      })
      .execute();
  }

  async #choose(tx: Tx, { event }: Placed, { visibility }: VisibilityChosen): Promise<void> {
    await tx
      .updateTable('organisations')
      .set({ visibility })
      .where('organisation_id', '=', streamKey(event.stream))
      .execute();
  }

  async #declareControl(tx: Tx, placed: Placed, data: ControlDeclared): Promise<void> {
    const organisationId = streamKey(placed.event.stream);
    const row = await tx
      .selectFrom('organisations')
      .select('control')
      .where('organisation_id', '=', organisationId)
      .executeTakeFirst();
    if (!row) return;
    const declared = controlOf(data, placed);
    const control = [...(JSON.parse(row.control) as OrganisationAnswer['control']), declared];
    await tx
      .updateTable('organisations')
      .set({ control: JSON.stringify(control) })
      .where('organisation_id', '=', organisationId)
      .execute();
  }

  async #grant(tx: Tx, { event, logIndex }: Placed, data: AccreditationGranted): Promise<void> {
    await tx
      .insertInto('accreditations')
      .values({
        organisation_id: streamKey(event.stream),
        scheme: data.scheme,
        valid_from: data.from,
        valid_until: data.until ?? null,
        granted_by: logIndex,
        withdrawn_from: null,
        withdrawn_reason: null,
      })
      .execute();
  }

  /** A withdrawal ends every grant of the scheme made so far. */
  async #withdraw(tx: Tx, { event }: Placed, data: AccreditationWithdrawn): Promise<void> {
    await tx
      .updateTable('accreditations')
      .set({ withdrawn_from: data.from, withdrawn_reason: JSON.stringify(data.reason) })
      .where('organisation_id', '=', streamKey(event.stream))
      .where('scheme', '=', data.scheme)
      .where('withdrawn_from', 'is', null)
      .execute();
  }

  #issue({ logIndex }: Placed, data: AttestationIssued): void {
    const {
      attestationId,
      scheme,
      siteId,
      rights,
      validFrom,
      validUntil,
      issuerOrganisationId,
      documentSha256,
      assurance,
    } = data;
    const state: AttestationAnswer = {
      attestationId,
      scheme,
      siteId,
      rights,
      validFrom,
      validUntil,
      issuerOrganisationId,
      documentSha256,
      assurance,
      status: 'issued',
      changes: [],
    };
    this.#attestations.set(attestationId, { logIndex, state });
  }

  async #changeAttestation(
    tx: Tx,
    { event }: Placed,
    change: 'suspended' | 'reinstated' | 'revoked',
    data: AttestationStateChanged,
  ): Promise<void> {
    const attestation = await this.#attestation(tx, streamKey(event.stream));
    if (!attestation) return;
    advanceAttestation(attestation.state, change, data, event.id);
  }

  async #attestation(tx: Tx, id: string): Promise<Entry | undefined> {
    const pending = this.#attestations.get(id);
    if (pending) return pending;
    const row = await tx
      .selectFrom('attestations')
      .select(['issued_by', 'state'])
      .where('attestation_id', '=', id)
      .executeTakeFirst();
    if (!row) return undefined;
    const entry = { logIndex: row.issued_by, state: JSON.parse(row.state) as AttestationAnswer };
    this.#attestations.set(id, entry);
    return entry;
  }
}

function markOf({ event, logIndex }: Placed): RestingMark {
  return { eventId: event.id, logIndex, occurredAt: metadataOf(event).occurredAt };
}

function occurredAt({ event }: Placed): string {
  return metadataOf(event).occurredAt;
}
