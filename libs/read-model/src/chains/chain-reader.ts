import { sql, type Kysely, type RawBuilder, type SelectQueryBuilder, type SqlBool } from 'kysely';
import { ORGANISATION_STANDING, organisationsNamed, touchedBy } from '#claims';
import { type BatchesDispatched } from '#custody';
import { streamKey } from './evidence.js';
import { isFlowNode } from '../views/flow-edges.js';
import { IdLookup, IDS_AT_ONCE } from '../views/id-lookup.js';
import { type ViewsSchema } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';
import { type Records } from '../views/records.js';
import { LOGGED_COLUMNS, loggedEvents, type LoggedEvent, type LoggedRow } from './logged-event.js';

/** As a log index: everything that is known. */
export const NOW = Number.MAX_SAFE_INTEGER;

export type Direction = 'upstream' | 'downstream';

type Database = Kysely<ViewsSchema>;
/** Events of a chain, and bytes of their records. */
export interface ChainSize {
  readonly events: number;
  readonly bytes: number;
}
interface Reached {
  batch_id: string;
}

/**
 * Reads the batches that mass flowed from and into, and the events through which it flowed, at a cost proportional to the
 * chain.
 */
export class ChainReader {
  /** One step from some batches. */
  readonly #steps: Record<Direction, IdLookup<Reached>>;
  /** All steps from some batches. */
  readonly #rests: Record<Direction, IdLookup<Reached>>;
  /** All batches reached from one batch, itself first, nearest first. */
  readonly #walks: Record<Direction, Statement<Reached>>;
  /** The walk downstream, only through batches that an organisation sees. */
  readonly #walkVisible: Statement<Reached>;
  readonly #upstreamEvents: Statement<LoggedRow>;
  readonly #upstreamSize: Statement<ChainSize>;
  readonly #eventsOfBatches: IdLookup<{ log_index: number }>;
  readonly #eventsByIndex: IdLookup<LoggedRow, number>;
  readonly #siteFacts: IdLookup<LoggedRow>;
  readonly #organisationFacts: IdLookup<LoggedRow>;

  readonly #records: Records;

  constructor(db: Database, records: Records) {
    this.#records = records;
    this.#steps = {
      upstream: new IdLookup((ids) => sourcesOf(db, ids)),
      downstream: new IdLookup((ids) => productsOf(db, ids)),
    };
    this.#rests = {
      upstream: new IdLookup((ids) => upstreamChain(db, sourcesOf(db, ids)).selectFrom('chain').select('batch_id')),
      downstream: new IdLookup((ids) =>
        downstreamChain(db, productsOf(db, ids)).selectFrom('chain').select('batch_id'),
      ),
    };
    const limit = slot<number>('limit');
    this.#walks = {
      upstream: new Statement(
        upstreamChain(db, itself(db)).selectFrom('chain').select('batch_id').where(isBatch).limit(limit),
      ),
      downstream: new Statement(
        downstreamChain(db, itself(db)).selectFrom('chain').select('batch_id').where(isBatch).limit(limit),
      ),
    };
    this.#walkVisible = new Statement(
      downstreamChain(db, itself(db), isVisible).selectFrom('chain').select('batch_id').where(isBatch).limit(limit),
    );
    const upstreamEvents = upstreamChain(db, itself(db))
      .selectFrom('events')
      .where((event) =>
        event(
          'log_index',
          'in',
          event
            .selectFrom('chain')
            // In this order: SQLite would go through all that was known then, and look for each event's batch in the chain.
            .crossJoin('event_batches')
            .select('event_batches.log_index')
            .whereRef('event_batches.batch_id', '=', 'chain.batch_id')
            .where('event_batches.log_index', '<=', known),
        ),
      );
    this.#upstreamEvents = new Statement(upstreamEvents.select(LOGGED_COLUMNS).orderBy('log_index'));
    this.#upstreamSize = new Statement(
      upstreamEvents.select(({ fn }) => [
        fn.countAll<number>().as('events'),
        fn.coalesce(fn.sum<number>('record_bytes'), sql.lit(0)).as('bytes'),
      ]),
    );
    this.#eventsOfBatches = new IdLookup((ids) =>
      db.selectFrom('event_batches').select('log_index').where('batch_id', 'in', ids).where('log_index', '<=', known),
    );
    this.#eventsByIndex = new IdLookup((ids) =>
      db.selectFrom('events').select(LOGGED_COLUMNS).where('log_index', 'in', ids),
    );
    this.#siteFacts = new IdLookup((ids) =>
      db.selectFrom('events').select(LOGGED_COLUMNS).where('subject_site', 'in', ids).where('log_index', '<=', known),
    );
    this.#organisationFacts = new IdLookup((streams) =>
      db
        .selectFrom('events')
        .select(LOGGED_COLUMNS)
        .where('stream', 'in', streams)
        .where('type', 'in', ORGANISATION_STANDING)
        .where('log_index', '<=', known),
    );
  }

  /**
   * These batches and all batches that mass flowed from (or into), by the flows known at a log index. Ends on cycles.
   * Goes step by step while the batches are many, so that each is visited once; once they fit into one statement, the
   * database walks the rest, so that a chain of a thousand steps does not take a thousand statements.
   * @param known {@link NOW} for the flows in force.
   */
  async closure(db: Database, batchIds: Iterable<string>, direction: Direction, known: number): Promise<Set<string>> {
    const reached = new Set(batchIds);
    for (let frontier = [...reached]; frontier.length > 0;) {
      const isLast = frontier.length <= IDS_AT_ONCE;
      const found = await (isLast ? this.#rests : this.#steps)[direction].find(db, frontier, { known });
      frontier = [];
      for (const { batch_id: id } of found) {
        if (reached.has(id)) continue;
        reached.add(id);
        frontier.push(id);
      }
      if (isLast) break;
    }
    for (const node of reached) if (isFlowNode(node)) reached.delete(node);
    return reached;
  }

  /** The nearest `limit` batches of a chain, the batch itself first. @param known Flows known up to this log index. */
  async nearest(db: Database, batchId: string, direction: Direction, known: number, limit: number): Promise<string[]> {
    const rows = await this.#walks[direction].run(db, { batchId, known, limit });
    return rows.map((row) => row.batch_id);
  }

  /** As {@link nearest} downstream, but only batches that an organisation sees, over paths through such batches. */
  async nearestVisible(db: Database, batchId: string, known: number, limit: number, reader: string): Promise<string[]> {
    const rows = await this.#walkVisible.run(db, { batchId, known, limit, reader });
    return rows.map((row) => row.batch_id);
  }

  /**
   * Every event that the upstream chain of a batch is folded and judged from, in log order: those that touch its batches,
   * and the openings, attestations and concerns of the sites they touch.
   * @param known Events up to this log index.
   */
  async upstreamEvents(db: Database, batchId: string, known: number): Promise<LoggedEvent[]> {
    const rows = await this.#upstreamEvents.run(db, { batchId, known });
    return this.#withSiteFacts(db, await this.#events(db, rows), known);
  }

  /** How much {@link upstreamEvents} has to read: the events that touch the chain's batches. */
  async upstreamSize(db: Database, batchId: string, known: number): Promise<ChainSize> {
    const [size] = await this.#upstreamSize.run(db, { batchId, known });
    return { events: Number(size?.events ?? 0), bytes: Number(size?.bytes ?? 0) };
  }

  /** As {@link upstreamEvents}, for batches that already form whole chains. */
  async eventsOf(db: Database, batchIds: Iterable<string>, known: number): Promise<LoggedEvent[]> {
    const indexes = new Set<number>();
    const touching = await this.#eventsOfBatches.find(db, [...batchIds], { known });
    for (const { log_index } of touching) indexes.add(log_index);
    const rows = await this.#eventsByIndex.find(db, [...indexes]);
    return this.#withSiteFacts(db, await this.#events(db, rows), known);
  }

  /**
   * Openings, attestations and concerns of these sites, and the control of the organisations that they name, in log
   * order.
   */
  async siteFacts(db: Database, siteIds: Iterable<string>, known: number): Promise<LoggedEvent[]> {
    const rows = await this.#siteFacts.find(db, [...siteIds], { known });
    const facts = await this.#events(db, rows);
    const organisations = await this.#organisationFactsNamedBy(db, facts, known);
    return [...facts, ...organisations].sort((a, b) => a.logIndex - b.logIndex);
  }

  /** Facts about the organisations that these events name, and about the organisations that control those. */
  async #organisationFactsNamedBy(db: Database, naming: readonly LoggedEvent[], known: number): Promise<LoggedEvent[]> {
    const seen = new Set<string>();
    const facts: LoggedEvent[] = [];
    for (let next = naming; ;) {
      const ahead = new Set(next.flatMap((event) => organisationsNamed(event)).filter((id) => !seen.has(id)));
      if (ahead.size === 0) return facts;
      for (const id of ahead) seen.add(id);
      const streams = [...ahead].map((id) => `organisation-${id}`);
      next = await this.#events(db, await this.#organisationFacts.find(db, streams, { known }));
      facts.push(...next);
    }
  }

  #events(db: Database, rows: readonly LoggedRow[]): Promise<LoggedEvent[]> {
    return loggedEvents(this.#records, db, rows);
  }

  async #withSiteFacts(db: Database, events: LoggedEvent[], known: number): Promise<LoggedEvent[]> {
    const facts = await this.siteFacts(db, sitesOf(events), known);
    return [...events, ...facts].sort((a, b) => a.logIndex - b.logIndex);
  }
}

/** Sites where the events happened, and the destinations of shipments, whether or not they arrived. */
function sitesOf(events: readonly LoggedEvent[]): Set<string> {
  const sites = new Set<string>();
  for (const event of events) {
    if (event.stream.startsWith('site-')) sites.add(streamKey(event.stream));
    for (const siteId of touchedBy(event).sites) sites.add(siteId);
    if (event.type === 'BatchesDispatched') sites.add((event.data as BatchesDispatched).consigneeSiteId);
  }
  return sites;
}

// PostgreSQL cannot tell the type of a bare parameter here.
const start = sql<string>`cast(${slot<string>('batchId')} as text)`;
const known = slot<number>('known');

/** Only flows that the ledger knew of at a log index. */
const knownThen = sql<SqlBool>`(${sql.ref('flow_edges.known_from')} <= ${known}
  and (${sql.ref('flow_edges.known_until')} is null or ${sql.ref('flow_edges.known_until')} > ${known}))`;

/** Excludes nodes of transformations, which a chain passes through as well. */
const isBatch = sql<SqlBool>`${sql.ref('chain.batch_id')} not like ' %'`;

/** Only into batches that the reading organisation sees, and through transformations of such batches. */
const isVisible = sql<SqlBool>`(${sql.ref('flow_edges.to_node')} like ' %' or exists (select 1 from ${sql.table('visible_batches')}
  where ${sql.ref('visible_batches.organisation_id')} = ${slot<string>('reader')}
  and ${sql.ref('visible_batches.batch_id')} = ${sql.ref('flow_edges.to_node')}))`;

/** The first batches of a chain. */
type Start = SelectQueryBuilder<ViewsSchema, keyof ViewsSchema, Reached>;

function itself(db: Database): Start {
  return db.selectNoFrom(start.as('batch_id'));
}

/** The nodes that mass flowed from into these batches. */
function sourcesOf(db: Database, ids: RawBuilder<string>[]): Start {
  return db
    .selectFrom('flow_edges')
    .select('flow_edges.from_node as batch_id')
    .distinct()
    .where('flow_edges.to_node', 'in', ids)
    .where(knownThen);
}

/** The nodes that mass flowed into from these batches. */
function productsOf(db: Database, ids: RawBuilder<string>[]): Start {
  return db
    .selectFrom('flow_edges')
    .select('flow_edges.to_node as batch_id')
    .distinct()
    .where('flow_edges.from_node', 'in', ids)
    .where(knownThen);
}

/**
 * A chain as a common table expression, with the nodes of transformations that it leads through; `union` keeps each node
 * once, so that a cycle ends and a transformation is passed once.
 */
function upstreamChain(db: Database, first: Start) {
  return db.withRecursive('chain', (cte) =>
    first.union(
      cte
        .selectFrom('chain')
        .innerJoin('flow_edges', 'flow_edges.to_node', 'chain.batch_id')
        .select('flow_edges.from_node as batch_id')
        .where(knownThen),
    ),
  );
}

function downstreamChain(db: Database, first: Start, also: RawBuilder<SqlBool> = sql<SqlBool>`1 = 1`) {
  return db.withRecursive('chain', (cte) =>
    first.union(
      cte
        .selectFrom('chain')
        .innerJoin('flow_edges', 'flow_edges.from_node', 'chain.batch_id')
        .select('flow_edges.to_node as batch_id')
        .where(knownThen)
        .where(also),
    ),
  );
}
