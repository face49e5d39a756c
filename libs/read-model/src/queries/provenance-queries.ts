import { type Visibility } from '#access';
import {
  buildGraph,
  buildStanding,
  createGraph,
  merged,
  sentenceOf,
  type ClaimsVerdict,
  type ProvenanceGraph,
} from '#claims';
import { GraphLoader } from '../chains/graph-tables.js';
import { CLAIMS, PROVENANCE } from '../redaction/answer-redactions.js';
import { Redactor } from '../redaction/redactor.js';
import { ShownRecords } from '../redaction/shown-records.js';
import { type Views } from '../views/views.js';
import { type ExplainedVerdict, type ProvenanceAnswer, type RecordAnswer } from '../answers/index.js';
import { ChainReader, NOW, type ChainSize, type Direction } from '../chains/chain-reader.js';
import { Happenings } from './happenings.js';
import { LedgerQueries } from './ledger-queries.js';
import { type LoggedEvent } from '../chains/logged-event.js';
import { describeProvenance } from './provenance.js';
import { RecyclerCountries } from './recycler-countries.js';
import { StoredChains, type ChainFacts } from '../chains/stored-chains.js';

/** Most batches in one answer: as many as a reader can take in, and as a server can hold for many callers at once. */
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
  /** The batch's real id; undefined when the caller does not see it. */
  readonly batchId: string | undefined;
  /** In log order. */
  readonly events: LoggedEvent[];
  /** The log index up to which they are complete; −1 for an empty ledger. */
  readonly knownAt: number;
  readonly hidden: ReadonlySet<LoggedEvent>;
}

/** What batches were made from and what was made from them, now and as of any moment. */
export class ProvenanceQueries {
  readonly #chains: ChainReader;
  readonly #nodes: GraphLoader;
  readonly #stored: StoredChains;
  readonly #ledger: LedgerQueries;
  readonly #redactor: Redactor;
  readonly #records: ShownRecords;
  readonly #recyclers: RecyclerCountries;
  readonly #happenings: Happenings;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    this.#chains = new ChainReader(views.db, views.records);
    this.#nodes = new GraphLoader(views.db);
    this.#stored = new StoredChains(views.db, views.records);
    this.#ledger = new LedgerQueries(views);
    this.#redactor = new Redactor(views);
    this.#records = new ShownRecords(views, this.#redactor);
    this.#recyclers = new RecyclerCountries(views.db);
    this.#happenings = new Happenings(views, this.#records);
  }

  /** The real id of a batch that the caller may know by a pseudonym; undefined when the caller does not see it. */
  ownId(visibility: Visibility, batchId: string): Promise<string | undefined> {
    return this.#redactor.batch(visibility, batchId);
  }

  /** The graph around a batch; undefined when no event had made it at that moment, or the caller does not see it. */
  async provenance(
    visibility: Visibility,
    batchId: string,
    request: ProvenanceRequest,
  ): Promise<ProvenanceAnswer | undefined> {
    const id = await this.#redactor.batch(visibility, batchId);
    if (id === undefined) return undefined;
    const { direction, depth, validAt, knownAt } = request;
    const asOf = validAt !== undefined || knownAt !== undefined;
    const seenBy = visibility.sees === 'organisation' ? visibility.organisationId : undefined;
    const graph = asOf ? await this.#graphAsOf(id, request, seenBy) : await this.#graphNow(id, direction, seenBy);
    const extent = {
      direction,
      limit: MAX_PROVENANCE_BATCHES,
      ...(depth !== undefined && { depth }),
      ...(seenBy !== undefined && { seen: await this.#redactor.seen(seenBy, [...graph.batches.keys()]) }),
    };
    const countryOf = await this.#recyclers.of(this.#views.db, graph.batches.values());
    const answer = describeProvenance(graph, id, extent, countryOf);
    return answer && this.#redactor.show(visibility, PROVENANCE, answer);
  }

  /**
   * All events that the batch's upstream chain is folded and judged from: those on its batches, and the openings,
   * attestations and concerns of the sites they touch. None when the caller does not see the batch; `hidden` are the events
   * whose records contain what the caller may not know, and which must not be passed on.
   * @param options.knownAt Log index up to which events count; default: all that the read model has.
   */
  async chainEvents(visibility: Visibility, batchId: string, options: { knownAt?: number } = {}): Promise<ChainEvents> {
    const knownAt = await this.#moment(options.knownAt);
    const id = await this.#redactor.batch(visibility, batchId);
    const events = id === undefined ? [] : await this.#chains.upstreamEvents(this.#views.db, id, knownAt);
    return { batchId: id, events, knownAt, hidden: await this.hiddenOf(visibility, events) };
  }

  /** The size of {@link chainEvents}, without the facts about sites; nothing when the caller does not see the batch. */
  async chainSize(visibility: Visibility, batchId: string, knownAt: number): Promise<ChainSize> {
    const id = await this.#redactor.batch(visibility, batchId);
    if (id === undefined) return { events: 0, bytes: 0 };
    return this.#chains.upstreamSize(this.#views.db, id, knownAt);
  }

  /**
   * What a batch is judged from as of a moment: its upstream chain, folded, and the standing of the sites in it. Folds the
   * events of the chain only where the tables, which hold all that is known, hold more than was known or had occurred then.
   * Whoever sees a batch may have it judged from all of this, and is shown as much of it as {@link explain} allows.
   * @param knownAt Log index up to which events count.
   * @param validAt Only what had occurred by then, RFC 3339 UTC with milliseconds.
   * @returns the batch's real id with the facts; undefined when the caller does not see it
   */
  async chainFacts(
    visibility: Visibility,
    batchId: string,
    { knownAt, validAt }: { knownAt: number; validAt: string },
  ): Promise<(ChainFacts & { readonly batchId: string }) | undefined> {
    const id = await this.#redactor.batch(visibility, batchId);
    if (id === undefined) return undefined;
    const stored = await this.#storedFacts(id, knownAt, validAt);
    if (stored !== undefined) return { ...stored, batchId: id };
    const events = await this.#chains.upstreamEvents(this.#views.db, id, knownAt);
    return { graph: buildGraph(events, { validAt }), standing: buildStanding(events), batchId: id };
  }

  /**
   * A verdict reached from {@link chainFacts}, as the caller may see it, with its reasons merged and in sentences beside them.
   * @param reveal puts the withheld values into the data of a record, as far as the caller may see them
   */
  async explain(
    visibility: Visibility,
    verdict: ClaimsVerdict & Pick<ExplainedVerdict, 'restsOn'>,
    reveal: <T>(data: T) => T,
  ): Promise<ExplainedVerdict> {
    const explanations = merged(verdict);
    const shown = await this.#redactor.show(visibility, CLAIMS, { ...verdict, explanations });
    const happened = await this.#happenings.of(visibility, explanations);
    const explained = shown.explanations.map((reason, index) => {
      const events = explanations[index]!.eventIds.flatMap((eventId) => happened.get(eventId) ?? []);
      const told = events.map(({ data, ...rest }) => ({ ...rest, data: reveal(data) }));
      return { ...reason, sentence: sentenceOf(reason, told, verdict.claims) };
    });
    return { ...shown, explanations: explained };
  }

  /** Those of these events whose records the caller does not see in full: they must not be passed on. */
  async hiddenOf(visibility: Visibility, events: readonly LoggedEvent[]): Promise<Set<LoggedEvent>> {
    if (visibility.sees === 'everything') return new Set();
    if (visibility.sees === 'registry') return new Set(events);
    const logged = events.map(({ logIndex, record }) => ({ logIndex, record: JSON.parse(record) as RecordAnswer }));
    const shown = await this.#records.show(visibility, logged);
    return new Set(events.filter((_, index) => shown[index]?.whole !== true));
  }

  /** Undefined when the tables do not hold exactly what was known and had occurred then. */
  async #storedFacts(batchId: string, knownAt: number, validAt: string): Promise<ChainFacts | undefined> {
    // One snapshot: the projector may commit between two of these statements.
    return this.#views.db.transaction().execute(async (tx) => {
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

  async #graphAsOf(
    batchId: string,
    { direction, validAt, knownAt }: ProvenanceRequest,
    seenBy: string | undefined,
  ): Promise<ProvenanceGraph> {
    const { db } = this.#views;
    const known = await this.#moment(knownAt);
    let events: LoggedEvent[];
    if (direction === 'upstream') events = await this.#chains.upstreamEvents(db, batchId, known);
    else {
      const shown = await this.#nearest(batchId, direction, known, seenBy);
      const chain = await this.#chains.closure(db, shown, 'upstream', known);
      events = await this.#chains.eventsOf(db, chain, known);
    }
    return buildGraph(events, validAt === undefined ? {} : { validAt });
  }

  /** The nodes as the read tables have them. */
  async #graphNow(batchId: string, direction: Direction, seenBy: string | undefined): Promise<ProvenanceGraph> {
    const { db } = this.#views;
    const graph = createGraph();
    const none = { batches: [], transformations: [], shipments: [], sites: [] };
    const batches = await this.#nearest(batchId, direction, NOW, seenBy);
    await this.#nodes.load(db, graph, [{ ...none, batches }]);
    const nodes = [...graph.batches.values()];
    const transformations = nodes.flatMap(({ bornBy }) => bornBy?.transformationId ?? []);
    const shipments = nodes.flatMap(({ hops }) => hops.map((hop) => hop.shipmentId));
    await this.#nodes.load(db, graph, [{ ...none, transformations, shipments }]);
    return graph;
  }

  /**
   * An organisation also sees everything upstream of what it sees; so downstream, every path to a batch that it sees passes
   * only through batches that it sees.
   */
  #nearest(batchId: string, direction: Direction, known: number, seenBy: string | undefined): Promise<string[]> {
    const limit = MAX_PROVENANCE_BATCHES + 1;
    return direction === 'downstream' && seenBy !== undefined
      ? this.#chains.nearestVisible(this.#views.db, batchId, known, limit, seenBy)
      : this.#chains.nearest(this.#views.db, batchId, direction, known, limit);
  }
}
