import { type Kysely } from 'kysely';
import {
  createGraph,
  createStanding,
  foldStanding,
  parseKey,
  type BatchNode,
  type ChainSummary,
  type Composition,
} from '#claims';
import { NOW, type ChainReader } from '../chains/chain-reader.js';
import { type GraphLoader } from '../chains/graph-tables.js';
import { type ViewsSchema } from '../views/schema.js';

type Database = Kysely<ViewsSchema>;
const NO_KEYS = { batches: [], transformations: [], shipments: [], sites: [] };

/** Batches, and what is said of the sites that they were at, as far as a group of judgements has asked for them. */
export class ChainPlaces {
  readonly graph = createGraph();
  readonly standing = createStanding();
  readonly #loaded = new Set<string>();
  readonly #told = new Set<string>();
  /** Log indexes of what is folded into the standing: an organisation is told of for each site that names it. */
  readonly #folded = new Set<number>();

  constructor(
    readonly nodes: GraphLoader,
    readonly chains: ChainReader,
  ) {}

  /**
   * @param after of these batches only what was taken behind a log index; {@link loadWhole} may follow
   */
  async load(db: Database, batchIds: readonly string[], after?: ReadonlyMap<string, number>): Promise<void> {
    const fresh = batchIds.filter((id) => !this.#loaded.has(id));
    for (const id of fresh) this.#loaded.add(id);
    // What only their content was asked of is there without their past.
    await this.nodes.loadAnew(db, this.graph, fresh, after);
    const nodes = batchIds.flatMap((id) => this.graph.batches.get(id) ?? []);
    await this.loadSites(db, nodes.flatMap(sitesNamed));
    await this.tellOf(db, nodes.flatMap(sitesOfLife));
  }

  /** With all that was ever taken from it. */
  async loadWhole(db: Database, batchId: string): Promise<void> {
    await this.nodes.loadAnew(db, this.graph, [batchId]);
  }

  /** Of these only place and owner count. */
  async loadSites(db: Database, siteIds: readonly string[]): Promise<void> {
    await this.nodes.load(db, this.graph, [{ ...NO_KEYS, sites: [...siteIds] }]);
  }

  /** Of these only what they contain counts. */
  async loadInputs(db: Database, batchIds: readonly string[]): Promise<void> {
    await this.nodes.loadToFold(db, this.graph, [{ ...NO_KEYS, batches: [...batchIds] }]);
  }

  /** What a summary rests on beyond the batch itself: who made the scrap that it is. */
  async loadMakers(db: Database, summaries: Iterable<ChainSummary>): Promise<void> {
    const makers: string[] = [];
    for (const summary of summaries) {
      if ('wholeChain' in summary) continue;
      for (const vouched of summary.vouched) if (vouched?.scrapMade) makers.push(vouched.scrapMade.siteId);
    }
    await this.tellOf(db, makers);
  }

  async tellOf(db: Database, siteIds: readonly string[]): Promise<void> {
    const fresh = [...new Set(siteIds)].filter((id) => !this.#told.has(id));
    if (fresh.length === 0) return;
    for (const id of fresh) this.#told.add(id);
    await this.loadSites(db, fresh);
    for (const event of await this.chains.siteFacts(db, fresh, NOW)) {
      if (this.#folded.has(event.logIndex)) continue;
      this.#folded.add(event.logIndex);
      foldStanding(this.standing, event);
    }
  }
}

/** Where the batch was made, lay, and became scrap: what is said of these sites decides what it contributes. */
function sitesOfLife({ bornBy, stays, scrap }: BatchNode): string[] {
  const sites = stays.map(({ siteId }) => siteId);
  if (bornBy !== undefined) sites.push(bornBy.siteId);
  if (scrap !== undefined) sites.push(scrap.siteId);
  return sites;
}

/** Those of its hops and of its composition, of which only place and owner count. */
function sitesNamed({ hops, composition, lastComposition }: BatchNode): string[] {
  const sites = hops.flatMap(({ consignorSiteId, consigneeSiteId }) => [consignorSiteId, consigneeSiteId]);
  for (const each of [composition, lastComposition]) if (each !== undefined) sites.push(...sitesOfKeys(each));
  return [...new Set(sites)];
}

function sitesOfKeys(composition: Composition): string[] {
  return Object.values(composition).flatMap((pool) =>
    Object.keys(pool).flatMap((key) => {
      const { recycler, maker } = parseKey(key);
      return [...(recycler === undefined ? [] : [recycler]), ...(maker === undefined ? [] : [maker.siteId])];
    }),
  );
}
