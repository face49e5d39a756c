import { type Kysely, type Transaction } from 'kysely';
import { forgetPast, type BatchNode, type ProvenanceGraph } from '#claims';
import { type ViewsSchema } from '../views/schema.js';
import { batchRow, custodyRows, useRows } from '../chains/batch-tables.js';
import { shipmentRow, transformationRow } from '../chains/graph-tables.js';
import { productRow } from '../chains/product-rows.js';
import { TableWriter } from './table-writer.js';

type Tx = Transaction<ViewsSchema>;
/** Nodes are deleted so many to a statement. */
const DELETED_AT_ONCE = 100;

/** Stores the nodes of the graph that changed: each once a flush, however many events changed it. */
export class GraphWriter {
  readonly #batches = new Set<string>();
  readonly #transformations = new Set<string>();
  readonly #shipments = new Set<string>();
  readonly #batchRows;
  readonly #useRows;
  readonly #productRows;
  readonly #custodyRows;
  readonly #transformationRows;
  readonly #shipmentRows;
  readonly #shipmentBatchRows;
  #written = 0;

  constructor(db: Kysely<ViewsSchema>) {
    this.#batchRows = new TableWriter(
      db,
      'batches',
      [
        'batch_id',
        'material',
        'status',
        'site_id',
        'gross_grams',
        'held',
        'created_by',
        'maker_site_id',
        'wide_shares',
        'node',
      ],
      ['batch_id'],
    );
    this.#productRows = new TableWriter(
      db,
      'products',
      ['product_id', 'plant_site_id', 'model', 'left_on', 'placed_on', 'alike'],
      ['product_id'],
    );
    this.#useRows = new TableWriter(db, 'batch_uses', ['batch_id', 'used_by', 'nth', 'use']);
    this.#custodyRows = new TableWriter(
      db,
      'site_custody',
      ['batch_id', 'arrived_by', 'nth', 'site_id', 'arrived_at', 'departed_at', 'stay'],
      ['batch_id', 'arrived_by', 'nth'],
    );
    this.#transformationRows = new TableWriter(
      db,
      'transformations',
      ['transformation_id', 'site_id', 'occurred_at', 'recorded_by', 'node'],
      ['transformation_id'],
    );
    this.#shipmentRows = new TableWriter(
      db,
      'shipments',
      [
        'shipment_id',
        'consignor_site_id',
        'consignee_site_id',
        'status',
        'dispatched_at',
        'settled_at',
        'dispatched_by',
        'node',
      ],
      ['shipment_id'],
    );
    this.#shipmentBatchRows = new TableWriter(
      db,
      'shipment_batches',
      ['shipment_id', 'batch_id'],
      ['shipment_id', 'batch_id'],
    );
  }

  changed(keys: { batches: Iterable<string>; transformations: Iterable<string>; shipments: Iterable<string> }): void {
    for (const id of keys.batches) this.#batches.add(id);
    for (const id of keys.transformations) this.#transformations.add(id);
    for (const id of keys.shipments) this.#shipments.add(id);
  }

  /** Characters of batches written since this was last asked. */
  takeWritten(): number {
    const written = this.#written;
    this.#written = 0;
    return written;
  }

  /**
   * The graph then drops the uses and stays of batches, which grow with the past: they are in the tables.
   * @param since Log index of the first event since the last flush.
   */
  async flush(tx: Tx, graph: ProvenanceGraph, since: number): Promise<void> {
    for (const id of this.#batches) {
      const node = graph.batches.get(id);
      if (node) this.#addBatch(node, since);
    }
    for (const id of this.#transformations) {
      const node = graph.transformations.get(id);
      if (node) this.#transformationRows.add(transformationRow(node));
    }
    for (const id of this.#shipments) {
      const node = graph.shipments.get(id);
      if (!node) continue;
      this.#shipmentRows.add(shipmentRow(node));
      if (node.dispatched.logIndex < since) continue;
      for (const batchId of new Set(node.batchIds)) this.#shipmentBatchRows.add({ shipment_id: id, batch_id: batchId });
    }
    this.#forget();
    await this.#flushRows(tx);
  }

  /**
   * Writes nodes folded anew in the place of what was there; a batch that no event makes or touches any more goes.
   * Nothing else may be waiting for a flush.
   */
  async replace(
    tx: Tx,
    graph: ProvenanceGraph,
    keys: { batches: Iterable<string>; transformations: Iterable<string>; shipments: Iterable<string> },
  ): Promise<void> {
    const batches = [...keys.batches];
    for (let from = 0; from < batches.length; from += DELETED_AT_ONCE) {
      const some = batches.slice(from, from + DELETED_AT_ONCE);
      await tx.deleteFrom('site_custody').where('batch_id', 'in', some).execute();
      await tx.deleteFrom('batch_uses').where('batch_id', 'in', some).execute();
      await tx.deleteFrom('products').where('product_id', 'in', some).execute();
      const gone = some.filter((id) => !graph.batches.has(id));
      if (gone.length > 0) await tx.deleteFrom('batches').where('batch_id', 'in', gone).execute();
    }
    for (const id of keys.shipments) await tx.deleteFrom('shipment_batches').where('shipment_id', '=', id).execute();
    this.changed({ ...keys, batches });
    await this.flush(tx, graph, 0);
  }

  discard(): void {
    this.#forget();
    for (const rows of [
      this.#batchRows,
      this.#useRows,
      this.#productRows,
      this.#custodyRows,
      this.#transformationRows,
      this.#shipmentRows,
      this.#shipmentBatchRows,
    ]) {
      rows.discard();
    }
  }

  #addBatch(node: BatchNode, since: number): void {
    const row = batchRow(node);
    this.#written += row.node.length;
    this.#batchRows.add(row);
    const product = productRow(node);
    if (product) this.#productRows.add(product);
    for (const row of useRows(node)) this.#useRows.add(row);
    for (const row of custodyRows(node, since)) this.#custodyRows.add(row);
    forgetPast(node);
  }

  #forget(): void {
    this.#batches.clear();
    this.#transformations.clear();
    this.#shipments.clear();
  }

  async #flushRows(tx: Tx): Promise<void> {
    await this.#batchRows.flush(tx);
    await this.#useRows.flush(tx);
    await this.#productRows.flush(tx);
    await this.#custodyRows.flush(tx);
    await this.#transformationRows.flush(tx);
    await this.#shipmentRows.flush(tx);
    await this.#shipmentBatchRows.flush(tx);
  }
}
