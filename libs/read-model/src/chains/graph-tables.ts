import { type Kysely } from 'kysely';
import {
  sharesIn,
  type BatchNode,
  type ProvenanceGraph,
  type ShipmentNode,
  type SiteNode,
  type TouchedKeys,
  type TransformationNode,
} from '#claims';
import { IdLookup } from '../views/id-lookup.js';
import {
  type BatchRow,
  type ShipmentRow,
  type SiteCustodyRow,
  type SiteRow,
  type TransformationRow,
  type ViewsSchema,
} from '../views/schema.js';

/** Nodes as they are in the tables. */
export class GraphLoader {
  readonly #batches;
  readonly #transformations;
  readonly #shipments;
  readonly #sites;

  constructor(db: Kysely<ViewsSchema>) {
    this.#batches = new IdLookup((ids) =>
      db.selectFrom('batches').select(['batch_id as id', 'node']).where('batch_id', 'in', ids),
    );
    this.#transformations = new IdLookup((ids) =>
      db
        .selectFrom('transformations')
        .select(['transformation_id as id', 'node'])
        .where('transformation_id', 'in', ids),
    );
    this.#shipments = new IdLookup((ids) =>
      db.selectFrom('shipments').select(['shipment_id as id', 'node']).where('shipment_id', 'in', ids),
    );
    this.#sites = new IdLookup((ids) =>
      db
        .selectFrom('sites')
        .select(['site_id', 'organisation_id', 'country', 'name', 'opening'])
        .where('site_id', 'in', ids),
    );
  }

  /** Adds to the graph the nodes of these keys that the tables have and the graph lacks. */
  async load(db: Kysely<ViewsSchema>, graph: ProvenanceGraph, keys: Iterable<TouchedKeys>): Promise<void> {
    const missing = { batches: new Set<string>(), transformations: new Set<string>() };
    const more = { shipments: new Set<string>(), sites: new Set<string>() };
    for (const touched of keys) {
      for (const id of touched.batches) if (!graph.batches.has(id)) missing.batches.add(id);
      for (const id of touched.transformations) if (!graph.transformations.has(id)) missing.transformations.add(id);
      for (const id of touched.shipments) if (!graph.shipments.has(id)) more.shipments.add(id);
      for (const id of touched.sites) if (!graph.sites.has(id)) more.sites.add(id);
    }
    for (const { id, node } of await this.#batches.find(db, [...missing.batches])) {
      graph.batches.set(id, JSON.parse(node) as BatchNode);
    }
    for (const { id, node } of await this.#transformations.find(db, [...missing.transformations])) {
      graph.transformations.set(id, JSON.parse(node) as TransformationNode);
    }
    for (const { id, node } of await this.#shipments.find(db, [...more.shipments])) {
      graph.shipments.set(id, JSON.parse(node) as ShipmentNode);
    }
    for (const row of await this.#sites.find(db, [...more.sites])) graph.sites.set(row.site_id, siteNode(row));
  }
}

function siteNode(row: Pick<SiteRow, 'site_id' | 'organisation_id' | 'country' | 'name' | 'opening'>): SiteNode {
  const name = JSON.parse(row.name) as SiteNode['name'];
  const opened = JSON.parse(row.opening) as SiteNode['opened'];
  return { siteId: row.site_id, organisationId: row.organisation_id, country: row.country, name, opened };
}

/** A batch with more shares than this is wide, and commands that touch many such are counted. */
export const USUAL_SHARES = 64;

export function batchRow(node: BatchNode): BatchRow {
  const shares = sharesIn(node);
  return {
    batch_id: node.batchId,
    material: node.material,
    status: node.status,
    site_id: node.siteId ?? null,
    gross_grams: node.grossGrams,
    held: node.held ? 1 : 0,
    created_by: node.bornBy?.logIndex ?? null,
    maker_site_id: node.bornBy?.siteId ?? null,
    wide_shares: shares > USUAL_SHARES ? shares : null,
    node: JSON.stringify(node),
  };
}

/** The stays of a batch that began or ended at or after a log index. */
export function custodyRows(node: BatchNode, since: number): SiteCustodyRow[] {
  const changed = node.stays.filter(
    ({ arrived, departed }) => arrived.logIndex >= since || (departed !== undefined && departed.logIndex >= since),
  );
  return changed.map((stay) => ({
    batch_id: node.batchId,
    arrived_by: stay.arrived.logIndex,
    site_id: stay.siteId,
    arrived_at: stay.arrived.occurredAt,
    departed_at: stay.departed?.occurredAt ?? null,
  }));
}

export function shipmentRow(node: ShipmentNode): ShipmentRow {
  const settled = node.returned ?? node.refused ?? node.received;
  return {
    shipment_id: node.shipmentId,
    consignor_site_id: node.consignorSiteId,
    consignee_site_id: node.consigneeSiteId,
    status: node.returned ? 'returned' : node.refused ? 'refused' : node.received ? 'received' : 'in-transit',
    dispatched_at: node.dispatched.occurredAt,
    settled_at: settled?.occurredAt ?? null,
    dispatched_by: node.dispatched.logIndex,
    node: JSON.stringify(node),
  };
}

export function transformationRow(node: TransformationNode): TransformationRow {
  return {
    transformation_id: node.transformationId,
    site_id: node.siteId,
    occurred_at: node.occurredAt,
    recorded_by: node.logIndex,
    node: JSON.stringify(node),
  };
}
