import { type Kysely } from 'kysely';
import { buildStanding, createGraph, firstAfter, type ProvenanceGraph, type Standing } from '#claims';
import { GraphLoader } from './graph-tables.js';
import { IdLookup } from '../views/id-lookup.js';
import { type Records } from '../views/records.js';
import { type ViewsSchema } from '../views/schema.js';
import { slot } from '../views/statement.js';
import { ChainReader, NOW } from './chain-reader.js';

type Database = Kysely<ViewsSchema>;

/** The facts that a chain is judged from. */
export interface ChainFacts {
  readonly graph: ProvenanceGraph;
  readonly standing: Standing;
}

/** Chains as folded into the read tables: from everything that is known, whenever it occurred. */
export class StoredChains {
  readonly #chains;
  readonly #nodes;
  readonly #openings;

  constructor(db: Database, records: Records) {
    this.#chains = new ChainReader(db, records);
    this.#nodes = new GraphLoader(db);
    this.#openings = new IdLookup((ids) =>
      db
        .selectFrom('sites')
        .select('opened_at')
        .where('site_id', 'in', ids)
        .where('opened_at', '>', slot<string>('moment')),
    );
  }

  /** The upstream chains of these batches, without shipments: a batch's hops hold everything about them that is judged. */
  async load(db: Database, batchIds: readonly string[]): Promise<ChainFacts> {
    const graph = createGraph();
    const none = { batches: [], transformations: [], shipments: [], sites: [] };
    const chain = await this.#chains.closure(db, batchIds, 'upstream', NOW);
    await this.#nodes.load(db, graph, [{ ...none, batches: [...chain] }]);
    const transformations = new Set<string>();
    const sites = new Set<string>();
    for (const { bornBy, stays, hops } of graph.batches.values()) {
      if (bornBy?.transformationId !== undefined) transformations.add(bornBy.transformationId);
      for (const { siteId } of stays) sites.add(siteId);
      for (const { consignorSiteId, consigneeSiteId } of hops) sites.add(consignorSiteId).add(consigneeSiteId);
    }
    await this.#nodes.load(db, graph, [{ ...none, transformations: [...transformations], sites: [...sites] }]);
    const facts = await this.#chains.siteFacts(db, graph.sites.keys(), NOW);
    return { graph, standing: buildStanding(facts) };
  }

  /**
   * The first moment after `moment` at which something in loaded chains occurred; undefined when nothing did, so that
   * their graph is also the graph as of `moment`.
   * @param moment RFC 3339 UTC with milliseconds
   */
  async firstAfter(db: Database, graph: ProvenanceGraph, moment: string): Promise<string | undefined> {
    const openings = await this.#openings.find(db, [...graph.sites.keys()], { moment });
    const moments = openings.map((row) => row.opened_at);
    const first = firstAfter(graph.batches.values(), graph.transformations.values(), moment);
    if (first !== undefined) moments.push(first);
    return moments.sort()[0];
  }
}
