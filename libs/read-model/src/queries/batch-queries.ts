import { sql } from 'kysely';
import { compositionSummary, type BatchState, type ProductFacts, type ShipmentNode } from '#claims';
import { MINERALS, type ContentGrams } from '#custody';
import { type Visibility } from '#access';
import { type ShipmentRow } from '../views/schema.js';
import { BATCH, pageRedaction, SHIPMENT } from '../redaction/answer-redactions.js';
import { Redactor } from '../redaction/redactor.js';
import { slot, Statement } from '../views/statement.js';
import { type Views } from '../views/views.js';
import {
  type BatchAnswer,
  type LabelAnswer,
  type ProductFactsAnswer,
  type Page,
  type PageRequest,
  type ShipmentAnswer,
  type ShipmentStatus,
} from '../answers/index.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';
import { shipmentsOf, type ShipmentFilter } from './shipment-rows.js';
import { RecyclerCountries, type CountryOf } from './recycler-countries.js';

export interface BatchFilter {
  /** Only batches that are at this site now. */
  siteId?: string;
  material?: string;
}

/** Batches, where they are, and their shipments. */
export class BatchQueries {
  readonly #batch;
  readonly #redactor;
  readonly #recyclers;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    this.#batch = new Statement(
      views.db.selectFrom('batches').select('node').where('batch_id', '=', slot<string>('id')),
    );
    this.#redactor = new Redactor(views);
    this.#recyclers = new RecyclerCountries(views.db);
  }

  /** The batch as it is now; undefined when no event made it, or the caller does not see it. */
  async batch(visibility: Visibility, batchId: string): Promise<BatchAnswer | undefined> {
    const node = await this.#node(visibility, batchId);
    if (!node) return undefined;
    return this.#redactor.show(visibility, BATCH, batchAnswer(node, await this.#recyclers.of(this.#views.db, [node])));
  }

  /** Whether there is a product with this id that the caller sees. */
  async isProduct(visibility: Visibility, batchId: string): Promise<boolean> {
    return (await this.#node(visibility, batchId))?.product !== undefined;
  }

  /**
   * The batches that the caller sees: in ascending order of their ids, or, for an organisation, in an order that
   * reveals nothing about ids.
   */
  async batches(visibility: Visibility, filter: BatchFilter, page: PageRequest = {}): Promise<Page<BatchAnswer>> {
    const scope = await this.#redactor.scope(visibility, filter.siteId);
    if (scope === undefined) return { items: [], next: null };
    const { siteId, seenBy } = scope;
    const size = pageSize(page);
    let query = this.#views.db
      .selectFrom('batches')
      .select(['batches.batch_id', 'batches.node', 'batches.batch_id as key'])
      .where('batches.status', '!=', 'unborn')
      .limit(size + 1);
    if (seenBy === undefined) query = query.orderBy('batches.batch_id');
    else {
      query = query
        .innerJoin('visible_batches', 'visible_batches.batch_id', 'batches.batch_id')
        .where('visible_batches.organisation_id', '=', seenBy)
        .clearSelect()
        .select(['batches.batch_id', 'batches.node', 'visible_batches.pseudonym as key'])
        .orderBy('visible_batches.pseudonym');
    }
    if (siteId !== undefined) query = query.where('batches.site_id', '=', siteId);
    if (filter.material !== undefined) query = query.where('batches.material', '=', filter.material);
    const list = seenBy === undefined ? 'batches' : 'visible batches';
    if (page.cursor !== undefined) {
      const [after] = decodeCursor(list, page.cursor, ['string'] as const);
      query = query.where(seenBy === undefined ? 'batches.batch_id' : sql.ref('visible_batches.pseudonym'), '>', after);
    }
    const rows = (await query.execute()).map((row) => ({ ...row, node: JSON.parse(row.node) as BatchState }));
    const countryOf = await this.#recyclers.of(
      this.#views.db,
      rows.map(({ node }) => node),
    );
    const answer = pageOf(
      rows,
      size,
      ({ node }) => batchAnswer(node, countryOf),
      (row) => encodeCursor(list, [row.key]),
    );
    return this.#redactor.show(visibility, BATCHES, answer);
  }

  /** The batches at the site now, as far as the caller sees them. */
  async holdings(visibility: Visibility, siteId: string, page: PageRequest = {}): Promise<Page<BatchAnswer>> {
    return this.batches(visibility, { siteId }, page);
  }

  /**
   * Shipments from and to a site in the order of their dispatches, oldest first; of another organisation's site, those
   * between it and the sites of the caller.
   */
  async shipments(
    visibility: Visibility,
    siteId: string,
    filter: ShipmentFilter = {},
    page: PageRequest = {},
  ): Promise<Page<ShipmentAnswer>> {
    const scope = await this.#redactor.scope(visibility, siteId);
    if (scope === undefined) return { items: [], next: null };
    const size = pageSize(page);
    const after = page.cursor === undefined ? -1 : decodeCursor('shipments', page.cursor, ['number'] as const)[0];
    const place = { siteId: scope.siteId ?? siteId, seenBy: scope.seenBy };
    const rows = await shipmentsOf(this.#views.db, place, filter, { after, limit: size + 1 });
    const answer = pageOf(rows, size, shipmentAnswer, (row) => encodeCursor('shipments', [row.dispatched_by]));
    return this.#redactor.show(visibility, SHIPMENTS, answer);
  }

  async #node(visibility: Visibility, batchId: string): Promise<BatchState | undefined> {
    const id = await this.#redactor.batch(visibility, batchId);
    const [row] = id === undefined ? [] : await this.#batch.run(this.#views.db, { id });
    const node = row && (JSON.parse(row.node) as BatchState);
    return node?.status === 'unborn' ? undefined : node;
  }
}

const BATCHES = pageRedaction(BATCH);
const SHIPMENTS = pageRedaction(SHIPMENT);

/**
 * A batch of the provenance graph as the HTTP contract shows it.
 * @param countryOf the country of a site that recycled some of it
 */
export function batchAnswer(node: BatchState, countryOf: CountryOf): BatchAnswer {
  const composition = compositionSummary(node, countryOf);
  return {
    batchId: node.batchId,
    material: node.material,
    ...(node.otherMaterial !== undefined && { otherMaterial: node.otherMaterial }),
    ...(node.product && { product: productFacts(node, node.product) }),
    status: node.status,
    ...(node.siteId !== undefined && { siteId: node.siteId }),
    grossGrams: node.grossGrams,
    contentGrams: contentOfSummary(composition),
    contentKnown: node.contentKnown,
    ...(node.provisional && { provisional: true }),
    composition,
    labels: labelAnswers(node),
    held: node.held !== undefined,
  };
}

function productFacts({ bornBy }: BatchState, product: ProductFacts): ProductFactsAnswer {
  const { kind, model, category, capacityWh, serial, secondLife, placed, returned } = product;
  return {
    kind,
    model,
    ...(category !== undefined && { category }),
    ...(capacityWh !== undefined && { capacityWh }),
    ...(serial !== undefined && { serial }),
    plantSiteId: bornBy?.siteId ?? '',
    assembledAt: bornBy?.occurredAt ?? '',
    ...(secondLife && { secondLife }),
    ...(placed && {
      placedOnMarket: {
        date: placed.date,
        country: placed.country,
        ...(placed.by !== undefined && { by: placed.by }),
        siteId: placed.siteId,
      },
    }),
    ...(returned && { takenBackAt: returned.occurredAt }),
  };
}

/** The labels that are on a batch now. */
export function labelAnswers({ labels }: BatchState): LabelAnswer[] {
  return labels
    .filter((label) => !label.removed)
    .map(({ labelId, standard, carrier, value, labelled, condition }) => ({
      labelId,
      standard,
      carrier,
      value,
      labelledAt: labelled.occurredAt,
      ...(condition && { condition: condition.found }),
    }));
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
    held: node.held !== undefined,
    ...(node.refused && { reason: node.refused.reason }),
  };
}
