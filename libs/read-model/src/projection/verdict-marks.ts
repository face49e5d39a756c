import { type Kysely, type Transaction } from 'kysely';
import {
  affectedBy,
  buildStanding,
  standingKeyOf,
  type AffectedAttestations,
  type AffectedCustody,
  type GraphEvent,
} from '#claims';
import { beginningOf, endOf } from '#vocabulary';
import { LOGGED_COLUMNS, loggedEvents } from '../chains/logged-event.js';
import { type AttestationAnswer } from '../answers/registry-answers.js';
import { IdLookup } from '../views/id-lookup.js';
import { type Records } from '../views/records.js';
import { type ViewsSchema } from '../views/schema.js';
import { UnjudgedWriter } from '../views/unjudged-writer.js';

type Tx = Transaction<ViewsSchema>;

/**
 * Marks batches whose verdicts an event may change, in the transaction that projects the event. Batches downstream of them
 * are found only when these are judged, so that projecting costs the same however much depends on a batch.
 */
export class VerdictMarks {
  readonly #organisations;
  readonly #unjudged;
  #marked = new Map<string, { since: number; last: number; siteId: string; anew: number }>();

  readonly #records: Records;

  constructor(db: Kysely<ViewsSchema>, records: Records) {
    this.#records = records;
    this.#unjudged = new UnjudgedWriter(db);
    this.#organisations = new IdLookup((ids) =>
      db.selectFrom('sites').select(['site_id', 'organisation_id']).where('site_id', 'in', ids),
    );
  }

  /**
   * @param siteId the site that the event is about
   * @param anew whether their making may have changed, see `UnjudgedRow`
   */
  mark(batchIds: Iterable<string>, logIndex: number, siteId: string, anew: 0 | 1 | 2 = 0): void {
    for (const id of batchIds) {
      const known = this.#marked.get(id);
      if (known) {
        known.last = logIndex;
        known.siteId = siteId;
        known.anew = Math.max(known.anew, anew);
      } else this.#marked.set(id, { since: logIndex, last: logIndex, siteId, anew });
    }
  }

  /** Marks the batches that were at a site during the time for which an attestation or a concern changed its standing. */
  async markStanding(tx: Tx, event: GraphEvent): Promise<void> {
    const told = standingKeyOf(event)?.kind === 'site' ? [] : await this.#streamOf(tx, event);
    const affected = affectedBy(event, buildStanding(told));
    const sites = await Promise.all(
      affected.map(async (reach) => {
        if ('siteId' in reach) return [reach];
        if ('scheme' in reach) return this.#attestedBy(tx, reach);
        const { organisationId, ...time } = reach;
        return (await this.#sitesOf(tx, organisationId)).map((siteId) => ({ siteId, ...time }));
      }),
    );
    for (const { siteId, from, until } of sites.flat()) {
      let atSite = tx.selectFrom('site_custody').select('batch_id').where('site_id', '=', siteId);
      if (until !== undefined) atSite = atSite.where('arrived_at', '<', until);
      // Two searches of the index: one with "or" would go through everything that was ever at the site. A batch that arrived
      // and left at the same instant was there at that instant.
      const stays = atSite.where('departed_at', 'is', null).union(atSite.where('departed_at', '>=', from));
      const rows = await stays.execute();
      this.mark(
        rows.map((row) => row.batch_id),
        event.logIndex,
        siteId,
        1,
      );
    }
  }

  /** The custody that an issuer's attestations under a scheme cover from a moment on. */
  async #attestedBy(tx: Tx, { issuerOrganisationId, scheme, from }: AffectedAttestations): Promise<AffectedCustody[]> {
    const rows = await tx
      .selectFrom('attestations')
      .select(['site_id', 'state'])
      .where('issuer_organisation_id', '=', issuerOrganisationId)
      .where('scheme', '=', scheme)
      .orderBy('attestation_id')
      .execute();
    return rows.flatMap(({ site_id: siteId, state }) => {
      const attestation = JSON.parse(state) as AttestationAnswer;
      const [begins, until] = [beginningOf(attestation.validFrom), endOf(attestation.validUntil)];
      return from < until ? [{ siteId, from: from > begins ? from : begins, until }] : [];
    });
  }

  /** The event and those before it in its stream; for an event of a site, the event alone is enough. */
  async #streamOf(tx: Tx, event: GraphEvent): Promise<GraphEvent[]> {
    const rows = await tx
      .selectFrom('events')
      .select(LOGGED_COLUMNS)
      .where('stream', '=', event.stream)
      .where('log_index', '<=', event.logIndex)
      .orderBy('log_index')
      .execute();
    return loggedEvents(this.#records, tx, rows);
  }

  async #sitesOf(tx: Tx, organisationId: string): Promise<string[]> {
    const rows = await tx
      .selectFrom('sites')
      .select('site_id')
      .where('organisation_id', '=', organisationId)
      .orderBy('site_id')
      .execute();
    return rows.map((row) => row.site_id);
  }

  /** Marks batches shipped to or from a site whose country changed: the trade terms of a hop depend on it. */
  async markShipments(tx: Tx, siteId: string, logIndex: number): Promise<void> {
    const rows = await tx
      .selectFrom('shipments')
      .innerJoin('shipment_batches', 'shipment_batches.shipment_id', 'shipments.shipment_id')
      .select('shipment_batches.batch_id')
      .distinct()
      .where((row) => row.or([row('consignor_site_id', '=', siteId), row('consignee_site_id', '=', siteId)]))
      .execute();
    this.mark(
      rows.map((row) => row.batch_id),
      logIndex,
      siteId,
      1,
    );
  }

  async flush(tx: Tx): Promise<void> {
    const marked = this.#marked;
    this.discard();
    const organisations = await this.#organisationsOf(tx, [...marked.values()]);
    const rows = [...marked].map(([batch_id, { since, last, siteId, anew }]) => {
      const organisation_id = organisations.get(siteId) ?? '';
      return { batch_id, since, last, spread: 0, organisation_id, anew };
    });
    await this.#unjudged.add(tx, rows);
  }

  discard(): void {
    this.#marked = new Map();
  }

  async #organisationsOf(tx: Tx, marks: readonly { siteId: string }[]): Promise<Map<string, string>> {
    const siteIds = [...new Set(marks.map(({ siteId }) => siteId))];
    if (siteIds.length === 0) return new Map();
    const rows = await this.#organisations.find(tx, siteIds);
    return new Map(rows.map((row) => [row.site_id, row.organisation_id]));
  }
}
