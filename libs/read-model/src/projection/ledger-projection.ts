import { type Transaction } from 'kysely';
import {
  createGraph,
  foldEvent,
  isCorrecting,
  isOfPast,
  standingKeyOf,
  type GraphEvent,
  type ProvenanceGraph,
  type TouchedKeys,
} from '#claims';
import { type AttestationIssued } from '#attestation';
import { type BatchesDispatched } from '#custody';
import { giveTurn } from '../turns.js';
import { ChainReader } from '../chains/chain-reader.js';
import { type ViewsSchema } from '../views/schema.js';
import { type Views } from '../views/views.js';
import { Corrector } from './corrector.js';
import { VerdictMarks } from './verdict-marks.js';
import { edgesOf } from '../views/flow-edges.js';
import { eventRow, recordRow, subjectSiteOf, type FoldStep } from './event-tables.js';
import { streamKey, type Placed } from '../chains/evidence.js';
import { GraphLoader } from '../chains/graph-tables.js';
import { GraphWriter } from './graph-writer.js';
import { estimatedBytes } from './batch-bytes.js';
import { keepLatest, keepLatestByWeight } from './keep-latest.js';
import { SeenCounts } from './seen-counts.js';
import { VisibilityWriter } from './visibility-writer.js';
import { IdSkeletons } from './id-skeletons.js';
import { RegistryProjection } from './registry-projection.js';
import { SearchIndex } from './search-index.js';
import { TableWriter } from './table-writer.js';

type Tx = Transaction<ViewsSchema>;

/** Batches are kept between transactions, by their estimated bytes: what a busy ledger is working on is read only once. */
const BATCH_BYTES_KEPT = 64 * 1024 * 1024;
/** Sites kept between transactions; one is as large as another. */
const SITES_KEPT = 20_000;
/** Transformations and shipments are kept until together they name more batches than this: one may name thousands. */
const NAMED_KEPT = 100_000;

interface Marking {
  /** Whether to mark the batches whose verdicts the events may change. */
  readonly mark: boolean;
  /** Whether the tables may hold a correction, and have the indexes for one. */
  readonly isCorrectable: boolean;
}

/** Folds events into the read tables, inside a transaction that its caller opens and commits. */
export class LedgerProjection {
  readonly #corrector;
  readonly #loader;
  readonly #nodes;
  readonly #registry;
  readonly #eventRows;
  /** Undefined where records are read from the log. */
  readonly #copies;
  readonly #eventBatchRows;
  readonly #edgeRows;
  readonly #visible;
  /** Batches named by events since transformations and shipments were last dropped by weight. */
  #named = 0;
  /** Characters of batches written since batches were last dropped by their bytes. */
  #written = 0;
  readonly #seenCounts;
  readonly #marks;
  readonly #skeletons;
  readonly #search;
  #graph: ProvenanceGraph = createGraph();
  /** Log index of the first event since the last flush. */
  #since = 0;

  constructor({ writer, pseudonyms, records }: Views) {
    this.#visible = new VisibilityWriter(writer, pseudonyms);
    this.#seenCounts = new SeenCounts(writer);
    this.#marks = new VerdictMarks(writer, records);
    this.#skeletons = new IdSkeletons(writer);
    this.#search = new SearchIndex(writer);
    this.#corrector = new Corrector(new ChainReader(writer, records), records);
    this.#loader = new GraphLoader(writer);
    this.#nodes = new GraphWriter(writer);
    this.#registry = new RegistryProjection(writer, pseudonyms);
    this.#eventRows = new TableWriter(writer, 'events', [
      'log_index',
      'position',
      'event_id',
      'stream',
      'type',
      'recorded_at',
      'subject_site',
      'record_bytes',
    ]);
    this.#copies = records.copied ? new TableWriter(writer, 'records', ['log_index', 'record']) : undefined;
    this.#eventBatchRows = new TableWriter(writer, 'event_batches', ['batch_id', 'log_index']);
    this.#edgeRows = new TableWriter(writer, 'flow_edges', [
      'from_node',
      'to_node',
      'via',
      'known_from',
      'known_until',
    ]);
  }

  /**
   * Folds the next events of the log. When it throws, the transaction must be rolled back and {@link forget} called.
   * @param options.signal aborts between events
   */
  async apply(tx: Tx, steps: readonly FoldStep[], options: Marking & { signal?: AbortSignal }): Promise<void> {
    await this.#loader.loadToFold(
      tx,
      this.#graph,
      steps.map((step) => step.touched),
    );
    this.#since = steps[0]?.event.logIndex ?? 0;
    for (const { placed, event, touched } of steps) {
      await giveTurn();
      options.signal?.throwIfAborted();
      if (isCorrecting(event)) {
        await this.#correct(tx, { placed, event }, options);
        continue;
      }
      const subject = subjectSiteOf(placed.event) ?? this.#subjectSite(tx, placed);
      this.#note(placed, typeof subject === 'object' ? await subject : subject);
      if (event.stream.startsWith('site-')) this.#fold(event, touched, options);
      if (event.type === 'AttestationIssued') this.#attested(event.data as AttestationIssued);
      // Most events are not of the registry; a promise for each would add up.
      const registered = this.#registry.apply(tx, placed);
      if (registered) await registered;
      this.#skeletons.note(event);
      this.#search.note(event, this.#graph);
    }
    await this.#flush(tx, (steps.at(-1)?.event.logIndex ?? 0) + 1);
    const seen = await this.#visible.flush(tx);
    await this.#skeletons.flush(tx);
    await this.#search.flush(tx);
    // There are no verdicts while the tables are filled.
    if (options.mark) {
      await this.#seenCounts.seen(tx, seen);
      for (const { event } of steps) if (standingKeyOf(event)) await this.#marks.markStanding(tx, event);
      await this.#marks.flush(tx);
    }
    this.#marks.discard();
    this.#trim();
  }

  /** Drops all that is kept in memory: the tables are authoritative again. */
  forget(): void {
    this.#graph = createGraph();
    this.#nodes.discard();
    this.#registry.discard();
    this.#visible.discard();
    this.#skeletons.discard();
    this.#search.discard();
    this.#marks.discard();
    for (const rows of [this.#eventRows, this.#copies, this.#eventBatchRows, this.#edgeRows]) rows?.discard();
  }

  #note(placed: Placed, subjectSite: string | undefined): void {
    this.#eventRows.add(eventRow(placed, subjectSite));
    this.#copies?.add(recordRow(placed));
  }

  #fold(event: GraphEvent, touched: TouchedKeys, { mark, isCorrectable }: Marking): void {
    const edges = edgesOf(event);
    // Without corrections a batch that no event has touched cannot have been used either, nor its sources be seen through it.
    const late = isCorrectable ? edges : edges.filter(({ to }) => this.#graph.batches.has(to));
    for (const edge of late) this.#visible.flowed(edge, event.logIndex);
    foldEvent(this.#graph, event);
    this.#nodes.changed(touched);
    const batches = this.#batchesOf(touched);
    this.#named += batches.size;
    for (const batch_id of batches) this.#eventBatchRows.add({ batch_id, log_index: event.logIndex });
    this.#noteWhoSees(event, batches, touched);
    if (mark) this.#marks.mark(batches, event.logIndex, streamKey(event.stream), isOfPast(this.#graph, event) ? 1 : 0);
    for (const { from, to } of edges) {
      this.#edgeRows.add({
        from_node: from,
        to_node: to,
        via: event.logIndex,
        known_from: event.logIndex,
        known_until: null,
      });
    }
  }

  /** Who comes to see what. Corrections make no batch visible: recording the wrong batch is not the same as having had it. */
  #noteWhoSees(event: GraphEvent, batches: ReadonlySet<string>, touched: TouchedKeys): void {
    if (batches.size === 0) return;
    const siteId = streamKey(event.stream);
    this.#visible.touched(siteId, batches);
    if (event.type === 'BatchesReceived' || event.type === 'ShipmentRefused') {
      for (const id of touched.shipments) {
        const shipment = this.#graph.shipments.get(id);
        if (shipment) this.#visible.learned({ site: shipment.consignorSiteId }, { site: siteId });
      }
    }
    if (event.type !== 'BatchesDispatched') return;
    const { consigneeSiteId } = event.data as BatchesDispatched;
    this.#visible.touched(consigneeSiteId, batches);
    this.#visible.learned({ site: consigneeSiteId }, { site: siteId });
  }

  #attested({ siteId, issuerOrganisationId }: AttestationIssued): void {
    this.#visible.learned({ site: siteId }, { organisation: issuerOrganisationId });
    this.#visible.learned({ organisation: issuerOrganisationId }, { site: siteId });
  }

  /** A refusal names only its shipment, but belongs to the history of the batches in it. */
  #batchesOf(touched: TouchedKeys): Set<string> {
    const batches = new Set(touched.batches);
    for (const id of touched.shipments) {
      for (const batchId of this.#graph.shipments.get(id)?.batchIds ?? []) batches.add(batchId);
    }
    return batches;
  }

  async #correct(tx: Tx, { placed, event }: Omit<FoldStep, 'touched'>, { mark }: Marking): Promise<void> {
    this.#note(placed, undefined);
    await this.#flush(tx, placed.logIndex + 1);
    const rederived = await this.#corrector.correct(tx, event);
    if (!rederived) return;
    const { batches, transformations, shipments, edges, graph, site } = rederived;
    for (const edge of edges) this.#visible.flowed(edge);
    if (mark) this.#marks.mark(batches, event.logIndex, streamKey(event.stream), 2);
    this.#search.noteCorrected(event.logIndex, nodesOf(graph.batches, batches), site?.data);
    if (site) {
      await this.#registry.openSite(tx, site.opened, site.data);
      if (mark) await this.#marks.markShipments(tx, site.data.siteId, event.logIndex);
    }
    await this.#nodes.replace(tx, graph, rederived);
    take(this.#graph.batches, graph.batches, batches);
    take(this.#graph.transformations, graph.transformations, transformations);
    take(this.#graph.shipments, graph.shipments, shipments);
    if (site) {
      // Not taken from the graph just folded: that holds the site only if batches are at it.
      const { siteId, organisationId, country, name } = site.data;
      this.#graph.sites.set(siteId, { siteId, organisationId, country, name, opened: site.opened });
    }
  }

  /** The site that a fact of the registry is about, where its data do not name it. */
  #subjectSite(tx: Tx, { event }: Placed): Promise<string | undefined> | undefined {
    const id = streamKey(event.stream);
    if (event.stream.startsWith('attestation-')) return this.#registry.siteOfAttestation(tx, id);
    if (event.stream.startsWith('concern-')) return this.#registry.siteOfConcern(tx, id);
    return undefined;
  }

  async #flush(tx: Tx, next: number): Promise<void> {
    await this.#eventRows.flush(tx);
    await this.#copies?.flush(tx);
    await this.#eventBatchRows.flush(tx);
    await this.#edgeRows.flush(tx);
    await this.#nodes.flush(tx, this.#graph, this.#since);
    await this.#registry.flush(tx);
    this.#since = next;
  }

  #trim(): void {
    const { batches, transformations, shipments, sites } = this.#graph;
    keepLatest(sites, SITES_KEPT);
    this.#written += this.#nodes.takeWritten();
    if (this.#written > BATCH_BYTES_KEPT / 10) {
      this.#written = 0;
      keepLatestByWeight(batches, BATCH_BYTES_KEPT, estimatedBytes);
    }
    if (this.#named < NAMED_KEPT / 10) return;
    this.#named = 0;
    keepLatestByWeight(transformations, NAMED_KEPT, ({ inputs, outputs }) => 1 + inputs.length + outputs.length);
    keepLatestByWeight(shipments, NAMED_KEPT, ({ batchIds }) => 1 + batchIds.length);
  }
}

function nodesOf<Node>(nodes: ReadonlyMap<string, Node>, keys: Iterable<string>): Node[] {
  return [...keys].flatMap((key) => nodes.get(key) ?? []);
}

/** Makes `kept` agree with `fresh` on these keys. */
function take<Node>(kept: Map<string, Node>, fresh: ReadonlyMap<string, Node>, keys: Iterable<string>): void {
  for (const key of keys) {
    const node = fresh.get(key);
    if (node === undefined) kept.delete(key);
    else kept.set(key, node);
  }
}
