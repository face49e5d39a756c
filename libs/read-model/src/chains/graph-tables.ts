import { type Kysely } from 'kysely';
import {
  batchOf,
  type ProvenanceGraph,
  type ShipmentNode,
  type SiteNode,
  type TouchedKeys,
  type TransformationNode,
} from '#claims';
import { IdLookup } from '../views/id-lookup.js';
import { type ShipmentRow, type SiteRow, type TransformationRow, type ViewsSchema } from '../views/schema.js';
import { BatchLoader } from './batch-tables.js';

type Database = Kysely<ViewsSchema>;

/** Nodes as stored in the tables. */
export class GraphLoader {
  readonly #batches: BatchLoader;
  readonly #transformations;
  readonly #shipments;
  readonly #sites;

  constructor(db: Database) {
    this.#batches = new BatchLoader(db);
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

  /** Adds the nodes of these keys that the tables hold and the graph lacks. */
  async load(db: Database, graph: ProvenanceGraph, keys: Iterable<TouchedKeys>): Promise<void> {
    const missing = missingIn(graph, keys);
    for (const node of await this.#batches.whole(db, missing.batches)) graph.batches.set(node.batchId, node);
    await this.#loadRest(db, graph, missing);
  }

  /** Replaces these batches in the graph. @param after see `BatchLoader.whole` */
  async loadAnew(
    db: Database,
    graph: ProvenanceGraph,
    ids: readonly string[],
    after?: ReadonlyMap<string, number>,
  ): Promise<void> {
    for (const id of ids) graph.batches.delete(id);
    for (const node of await this.#batches.whole(db, ids, after)) graph.batches.set(node.batchId, node);
  }

  /** Like {@link load}, but only the parts of batches that folding reads: such nodes lack their past. */
  async loadToFold(db: Database, graph: ProvenanceGraph, keys: Iterable<TouchedKeys>): Promise<void> {
    const missing = missingIn(graph, keys);
    for (const outline of await this.#batches.outlines(db, missing.batches))
      graph.batches.set(outline.batchId, batchOf(outline));
    await this.#loadRest(db, graph, missing);
  }

  async #loadRest(db: Database, graph: ProvenanceGraph, missing: TouchedKeys): Promise<void> {
    for (const { id, node } of await this.#transformations.find(db, missing.transformations)) {
      graph.transformations.set(id, JSON.parse(node) as TransformationNode);
    }
    for (const { id, node } of await this.#shipments.find(db, missing.shipments)) {
      graph.shipments.set(id, JSON.parse(node) as ShipmentNode);
    }
    for (const row of await this.#sites.find(db, missing.sites)) graph.sites.set(row.site_id, siteNode(row));
  }
}

function missingIn(graph: ProvenanceGraph, keys: Iterable<TouchedKeys>): TouchedKeys {
  const [batches, transformations] = [new Set<string>(), new Set<string>()];
  const [shipments, sites] = [new Set<string>(), new Set<string>()];
  for (const touched of keys) {
    for (const id of touched.batches) if (!graph.batches.has(id)) batches.add(id);
    for (const id of touched.transformations) if (!graph.transformations.has(id)) transformations.add(id);
    for (const id of touched.shipments) if (!graph.shipments.has(id)) shipments.add(id);
    for (const id of touched.sites) if (!graph.sites.has(id)) sites.add(id);
  }
  return {
    batches: [...batches],
    transformations: [...transformations],
    shipments: [...shipments],
    sites: [...sites],
  };
}

function siteNode(row: Pick<SiteRow, 'site_id' | 'organisation_id' | 'country' | 'name' | 'opening'>): SiteNode {
  const name = JSON.parse(row.name) as SiteNode['name'];
  const opened = JSON.parse(row.opening) as SiteNode['opened'];
  return { siteId: row.site_id, organisationId: row.organisation_id, country: row.country, name, opened };
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
