import { touchedBy } from '#claims';
import type { BatchesDispatched } from '#custody';
import { sql, type Kysely, type SqlBool } from 'kysely';
import { streamKey } from '../projection/evidence.js';
import { IdLookup } from '../views/id-lookup.js';
import type { ViewsSchema } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';
import { LOGGED_COLUMNS, loggedEvent, type LoggedEvent, type LoggedRow } from './logged-event.js';

/** As a log index: with all that is known. */
export const NOW = Number.MAX_SAFE_INTEGER;

export type Direction = 'upstream' | 'downstream';

type Database = Kysely<ViewsSchema>;

/** Which batches mass flowed from and into, and the events that made them so: the cost is that of the chain. */
export class ChainReader {
  readonly #steps: Record<Direction, IdLookup<{ id: string }>>;
  readonly #walks: Record<Direction, Statement<{ batch_id: string }>>;
  readonly #upstreamEvents: Statement<LoggedRow>;
  readonly #eventsOfBatches: IdLookup<{ log_index: number }>;
  readonly #eventsByIndex: IdLookup<LoggedRow, number>;
  readonly #siteFacts: IdLookup<LoggedRow>;

  constructor(db: Database) {
    this.#steps = {
      upstream: new IdLookup((ids) =>
        db
          .selectFrom('batch_edges')
          .select('from_batch as id')
          .distinct()
          .where('to_batch', 'in', ids)
          .where(knownThen),
      ),
      downstream: new IdLookup((ids) =>
        db
          .selectFrom('batch_edges')
          .select('to_batch as id')
          .distinct()
          .where('from_batch', 'in', ids)
          .where(knownThen),
      ),
    };
    const limit = slot<number>('limit');
    this.#walks = {
      upstream: new Statement(upstreamChain(db).selectFrom('chain').select('batch_id').limit(limit)),
      downstream: new Statement(downstreamChain(db).selectFrom('chain').select('batch_id').limit(limit)),
    };
    this.#upstreamEvents = new Statement(
      upstreamChain(db)
        .selectFrom('events')
        .select(LOGGED_COLUMNS)
        .where((event) =>
          event(
            'log_index',
            'in',
            event
              .selectFrom('chain')
              .innerJoin('event_batches', 'event_batches.batch_id', 'chain.batch_id')
              .select('event_batches.log_index')
              .where('event_batches.log_index', '<=', known),
          ),
        )
        .orderBy('log_index'),
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
  }

  /**
   * These batches and all that mass flowed from (or into), by the flows known at a log index. Terminates on cycles.
   * @param known {@link NOW} for the flows that stand.
   */
  async closure(db: Database, batchIds: Iterable<string>, direction: Direction, known: number): Promise<Set<string>> {
    const reached = new Set(batchIds);
    for (let frontier = [...reached]; frontier.length > 0;) {
      const found = await this.#steps[direction].find(db, frontier, { known });
      frontier = [];
      for (const { id } of found) {
        if (reached.has(id)) continue;
        reached.add(id);
        frontier.push(id);
      }
    }
    return reached;
  }

  /** The nearest `limit` batches of a chain, the batch itself first. @param known Flows known up to this log index. */
  async nearest(db: Database, batchId: string, direction: Direction, known: number, limit: number): Promise<string[]> {
    const rows = await this.#walks[direction].run(db, { batchId, known, limit });
    return rows.map((row) => row.batch_id);
  }

  /**
   * Every event that the upstream chain of a batch is folded and judged from, in log order: those that touch its batches,
   * and the openings, attestations and concerns of the sites they touch.
   * @param known Events up to this log index.
   */
  async upstreamEvents(db: Database, batchId: string, known: number): Promise<LoggedEvent[]> {
    const rows = await this.#upstreamEvents.run(db, { batchId, known });
    return this.#withSiteFacts(db, rows.map(loggedEvent), known);
  }

  /** As {@link upstreamEvents}, for batches whose chains are given whole. */
  async eventsOf(db: Database, batchIds: Iterable<string>, known: number): Promise<LoggedEvent[]> {
    const indexes = new Set<number>();
    const touching = await this.#eventsOfBatches.find(db, [...batchIds], { known });
    for (const { log_index } of touching) indexes.add(log_index);
    const rows = await this.#eventsByIndex.find(db, [...indexes]);
    return this.#withSiteFacts(db, rows.map(loggedEvent), known);
  }

  /** Openings, attestations and concerns of these sites, in log order. */
  async siteFacts(db: Database, siteIds: Iterable<string>, known: number): Promise<LoggedEvent[]> {
    const rows = await this.#siteFacts.find(db, [...siteIds], { known });
    return rows.map(loggedEvent).sort((a, b) => a.logIndex - b.logIndex);
  }

  async #withSiteFacts(db: Database, events: LoggedEvent[], known: number): Promise<LoggedEvent[]> {
    const facts = await this.siteFacts(db, sitesOf(events), known);
    return [...events, ...facts].sort((a, b) => a.logIndex - b.logIndex);
  }
}

/** Sites where the events happened, and those that shipments went to, arrived or not. */
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
const knownThen = sql<SqlBool>`(${sql.ref('batch_edges.known_from')} <= ${known}
  and (${sql.ref('batch_edges.known_until')} is null or ${sql.ref('batch_edges.known_until')} > ${known}))`;

/** The chain of one batch as a common table expression; `union` keeps each batch once, so that a cycle ends. */
function upstreamChain(db: Database) {
  return db.withRecursive('chain', (cte) =>
    cte
      .selectNoFrom(start.as('batch_id'))
      .union((flow) =>
        flow
          .selectFrom('chain')
          .innerJoin('batch_edges', 'batch_edges.to_batch', 'chain.batch_id')
          .select('batch_edges.from_batch as batch_id')
          .where(knownThen),
      ),
  );
}

function downstreamChain(db: Database) {
  return db.withRecursive('chain', (cte) =>
    cte
      .selectNoFrom(start.as('batch_id'))
      .union((flow) =>
        flow
          .selectFrom('chain')
          .innerJoin('batch_edges', 'batch_edges.from_batch', 'chain.batch_id')
          .select('batch_edges.to_batch as batch_id')
          .where(knownThen),
      ),
  );
}
