import { buildGraph, buildStanding, createGraph, type ProvenanceGraph } from '#claims';
import { GraphLoader } from '../projection/graph-tables.js';
import type { Views } from '../views/views.js';
import type { ProvenanceAnswer } from './answers.js';
import { ChainReader, NOW, type Direction } from './chain-reader.js';
import { LedgerQueries } from './ledger-queries.js';
import type { LoggedEvent } from './logged-event.js';
import { describeProvenance } from './provenance.js';
import { StoredChains, type ChainFacts } from './stored-chains.js';

/** Batches in one answer: what a reader can look at, and what a server can hold for many at once. */
export const MAX_PROVENANCE_BATCHES = 2_000;

export interface ProvenanceRequest {
  direction: Direction;
  /** Steps from the batch; default: to the end, within {@link MAX_PROVENANCE_BATCHES}. */
  depth?: number;
  /** Only what had occurred by then, RFC 3339 UTC with milliseconds. */
  validAt?: string;
  /** Only what the ledger knew up to this log index. */
  knownAt?: number;
}

export interface ChainEvents {
  /** In log order. */
  readonly events: LoggedEvent[];
  /** The log index up to which they are complete; −1 for an empty ledger. */
  readonly knownAt: number;
}

/** What batches were made from and made into, now and as of any moment. */
export class ProvenanceQueries {
  readonly #chains: ChainReader;
  readonly #nodes: GraphLoader;
  readonly #stored: StoredChains;
  readonly #ledger: LedgerQueries;

  constructor(private readonly views: Views) {
    this.#chains = new ChainReader(views.db);
    this.#nodes = new GraphLoader(views.db);
    this.#stored = new StoredChains(views.db);
    this.#ledger = new LedgerQueries(views);
  }

  /** The graph around a batch; undefined when no event made it, then. */
  async provenance(batchId: string, request: ProvenanceRequest): Promise<ProvenanceAnswer | undefined> {
    const { direction, depth, validAt, knownAt } = request;
    const asOf = validAt !== undefined || knownAt !== undefined;
    const graph = asOf ? await this.#graphAsOf(batchId, request) : await this.#graphNow(batchId, direction);
    return describeProvenance(graph, batchId, {
      direction,
      limit: MAX_PROVENANCE_BATCHES,
      ...(depth !== undefined && { depth }),
    });
  }

  /**
   * All events that the batch's upstream chain is folded and judged from: those on its batches, and the openings,
   * attestations and concerns of the sites they touch.
   * @param options.knownAt Log index up to which events count; default: all that the read model has.
   */
  async chainEvents(batchId: string, options: { knownAt?: number } = {}): Promise<ChainEvents> {
    const knownAt = await this.#moment(options.knownAt);
    return { events: await this.#chains.upstreamEvents(this.views.db, batchId, knownAt), knownAt };
  }

  /**
   * What a batch is judged from as of a moment: its upstream chain, folded, and the standing of the sites on it. Folds the
   * events of the chain only when the tables, which hold all that is known, hold more than was known or had occurred then.
   * @param knownAt Log index up to which events count.
   * @param validAt Only what had occurred by then, RFC 3339 UTC with milliseconds.
   */
  async chainFacts(batchId: string, { knownAt, validAt }: { knownAt: number; validAt: string }): Promise<ChainFacts> {
    const stored = await this.#storedFacts(batchId, knownAt, validAt);
    if (stored !== undefined) return stored;
    const events = await this.#chains.upstreamEvents(this.views.db, batchId, knownAt);
    return { graph: buildGraph(events, { validAt }), standing: buildStanding(events) };
  }

  /** Undefined when what the tables hold is not what was known and had occurred then. */
  async #storedFacts(batchId: string, knownAt: number, validAt: string): Promise<ChainFacts | undefined> {
    // One snapshot: the projector may commit between two of these statements.
    return this.views.db.transaction().execute(async (tx) => {
      if ((await this.#ledger.ledgerSize(tx)) !== knownAt + 1) return undefined;
      const facts = await this.#stored.load(tx, [batchId]);
      if ((await this.#stored.firstAfter(tx, facts.graph, validAt)) !== undefined) return undefined;
      return facts;
    });
  }

  async #moment(knownAt: number | undefined): Promise<number> {
    const last = (await this.#ledger.ledgerSize()) - 1;
    return knownAt === undefined ? last : Math.min(knownAt, last);
  }

  async #graphAsOf(batchId: string, { direction, validAt, knownAt }: ProvenanceRequest): Promise<ProvenanceGraph> {
    const { db } = this.views;
    const known = await this.#moment(knownAt);
    let events: LoggedEvent[];
    if (direction === 'upstream') events = await this.#chains.upstreamEvents(db, batchId, known);
    else {
      const shown = await this.#chains.nearest(db, batchId, direction, known, MAX_PROVENANCE_BATCHES + 1);
      const chain = await this.#chains.closure(db, shown, 'upstream', known);
      events = await this.#chains.eventsOf(db, chain, known);
    }
    return buildGraph(events, validAt === undefined ? {} : { validAt });
  }

  /** The nodes as the read tables have them. */
  async #graphNow(batchId: string, direction: Direction): Promise<ProvenanceGraph> {
    const { db } = this.views;
    const graph = createGraph();
    const none = { batches: [], transformations: [], shipments: [], sites: [] };
    const batches = await this.#chains.nearest(db, batchId, direction, NOW, MAX_PROVENANCE_BATCHES + 1);
    await this.#nodes.load(db, graph, [{ ...none, batches }]);
    const nodes = [...graph.batches.values()];
    const transformations = nodes.flatMap(({ bornBy }) => bornBy?.transformationId ?? []);
    const shipments = nodes.flatMap(({ hops }) => hops.map((hop) => hop.shipmentId));
    await this.#nodes.load(db, graph, [{ ...none, transformations, shipments }]);
    return graph;
  }
}
