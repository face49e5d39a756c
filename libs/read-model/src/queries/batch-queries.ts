import { compositionSummary, type BatchNode, type ShipmentNode } from '#claims';
import { MINERALS, type ContentGrams } from '#custody';
import type { ShipmentRow } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';
import type { Views } from '../views/views.js';
import type { BatchAnswer, Page, PageRequest, ShipmentAnswer, ShipmentStatus } from './answers.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

export interface BatchFilter {
  /** Batches that lie at this site now. */
  siteId?: string;
  material?: string;
}
export interface ShipmentFilter {
  direction?: 'in' | 'out';
  status?: ShipmentStatus;
}

/** Batches, where they are and how they travel. */
export class BatchQueries {
  readonly #batch;

  constructor(private readonly views: Views) {
    this.#batch = new Statement(
      views.db.selectFrom('batches').select('node').where('batch_id', '=', slot<string>('id')),
    );
  }

  /** The batch as it is now; undefined when no event made it. */
  async batch(batchId: string): Promise<BatchAnswer | undefined> {
    const [row] = await this.#batch.run(this.views.db, { id: batchId });
    if (!row) return undefined;
    const node = JSON.parse(row.node) as BatchNode;
    return node.status === 'unborn' ? undefined : batchAnswer(node);
  }

  /** Batches in ascending order of their ids. */
  async batches(filter: BatchFilter, page: PageRequest = {}): Promise<Page<BatchAnswer>> {
    const size = pageSize(page);
    let query = this.views.db
      .selectFrom('batches')
      .select(['batch_id', 'node'])
      .where('status', '!=', 'unborn')
      .orderBy('batch_id')
      .limit(size + 1);
    if (filter.siteId !== undefined) query = query.where('site_id', '=', filter.siteId);
    if (filter.material !== undefined) query = query.where('material', '=', filter.material);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('batches', page.cursor, ['string'] as const);
      query = query.where('batch_id', '>', after);
    }
    return pageOf(
      await query.execute(),
      size,
      (row) => batchAnswer(JSON.parse(row.node) as BatchNode),
      (row) => encodeCursor('batches', [row.batch_id]),
    );
  }

  /** What lies at the site now. */
  async holdings(siteId: string, page: PageRequest = {}): Promise<Page<BatchAnswer>> {
    return this.batches({ siteId }, page);
  }

  /** Shipments from and to a site in the order of their dispatches, oldest first. */
  async shipments(siteId: string, filter: ShipmentFilter = {}, page: PageRequest = {}): Promise<Page<ShipmentAnswer>> {
    const size = pageSize(page);
    let query = this.views.db
      .selectFrom('shipments')
      .selectAll()
      .orderBy('dispatched_by')
      .limit(size + 1);
    if (filter.direction === 'out') query = query.where('consignor_site_id', '=', siteId);
    else if (filter.direction === 'in') query = query.where('consignee_site_id', '=', siteId);
    else {
      query = query.where((row) =>
        row.or([row('consignor_site_id', '=', siteId), row('consignee_site_id', '=', siteId)]),
      );
    }
    if (filter.status !== undefined) query = query.where('status', '=', filter.status);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('shipments', page.cursor, ['number'] as const);
      query = query.where('dispatched_by', '>', after);
    }
    return pageOf(await query.execute(), size, shipmentAnswer, (row) => encodeCursor('shipments', [row.dispatched_by]));
  }

  async shipment(shipmentId: string): Promise<ShipmentAnswer | undefined> {
    const row = await this.views.db
      .selectFrom('shipments')
      .selectAll()
      .where('shipment_id', '=', shipmentId)
      .executeTakeFirst();
    return row && shipmentAnswer(row);
  }
}

/** A batch of the provenance graph as the HTTP contract shows it. */
export function batchAnswer(node: BatchNode): BatchAnswer {
  const composition = compositionSummary(node);
  return {
    batchId: node.batchId,
    material: node.material,
    status: node.status,
    ...(node.siteId !== undefined && { siteId: node.siteId }),
    grossGrams: node.grossGrams,
    contentGrams: contentOfSummary(composition),
    contentKnown: node.contentKnown,
    composition,
    labels: node.labels
      .filter((label) => !label.removed)
      .map(({ labelId, standard, carrier, value, labelled, condition }) => ({
        labelId,
        standard,
        carrier,
        value,
        labelledAt: labelled.occurredAt,
        ...(condition && { condition: condition.found }),
      })),
    held: node.held !== undefined,
  };
}

function contentOfSummary(composition: BatchAnswer['composition']): ContentGrams {
  const content: ContentGrams = {};
  for (const mineral of MINERALS) {
    const entries = composition[mineral];
    if (entries) content[mineral] = entries.reduce((sum, { grams }) => sum + grams, 0);
  }
  return content;
}

function shipmentAnswer(row: ShipmentRow): ShipmentAnswer {
  const node = JSON.parse(row.node) as ShipmentNode;
  return {
    shipmentId: row.shipment_id,
    consignorSiteId: row.consignor_site_id,
    consigneeSiteId: row.consignee_site_id,
    status: row.status as ShipmentStatus,
    batchIds: node.batchIds,
    dispatchedAt: row.dispatched_at,
    ...(row.settled_at !== null && { settledAt: row.settled_at }),
    ...(node.refused && { reason: node.refused.reason }),
  };
}
