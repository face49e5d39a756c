import { type Kysely } from 'kysely';
import { Summariser, type Basis, type BatchNode, type ChainSummary, type ClaimsVerdict, type Programme } from '#claims';
import { ChainReader } from '../chains/chain-reader.js';
import { GraphLoader } from '../chains/graph-tables.js';
import { type ViewsSchema } from '../views/schema.js';
import { JudgedProgress } from '../views/unjudged.js';
import { type Views } from '../views/views.js';
import { ChainPlaces } from './chain-places.js';
import { CurrentBasis } from './current-basis.js';
import { parsed } from './summary-texts.js';
import { flowOf } from './flows.js';

type Database = Kysely<ViewsSchema>;

/** A verdict, and how much of the log it takes into account. */
export interface SummarisedVerdict {
  readonly verdict: ClaimsVerdict;
  /** Log index up to which all events count, and perhaps later ones. */
  readonly judgedUpTo: number;
}

/**
 * Verdicts of one batch as of now, with everything that they measure, from the summary of what it was made of: the cost
 * depends on the batch's own history, however much lies upstream.
 */
export class SummarisedVerdicts {
  readonly #views: Views;
  readonly #chains;
  readonly #nodes;
  readonly #bases;
  readonly #soFar;

  /** @param programmes every version known; the newest published one of each is judged by */
  constructor(views: Views, programmes: readonly Programme[]) {
    this.#views = views;
    this.#chains = new ChainReader(views.db, views.records);
    this.#nodes = new GraphLoader(views.db);
    this.#bases = new CurrentBasis(programmes);
    this.#soFar = new JudgedProgress(views.db, views.version);
  }

  /**
   * @param batchId its own id
   * @param now RFC 3339 UTC with milliseconds
   * @param options.reasons give the reasons of claims that do not hold, where nothing upstream is as bad; default: no
   * @returns undefined when the chain has to be walked: the batch is still to be judged, has no summary, the passing of time
   *   has changed its summary, or the stored verdicts are by other programmes
   */
  async verdict(
    batchId: string,
    programme: Programme,
    now: string,
    { reasons = false }: { readonly reasons?: boolean } = {},
  ): Promise<SummarisedVerdict | undefined> {
    const basis = this.#bases.at(now);
    if (!basis.programmes.includes(programme)) return undefined;
    // One snapshot: the tables may advance between two of these statements.
    return this.#views.db.transaction().execute(async (tx) => {
      const judgedUpTo = await this.#judgedUpTo(tx, batchId, basis);
      if (judgedUpTo === undefined) return undefined;
      const places = new ChainPlaces(this.#nodes, this.#chains);
      await places.load(tx, [batchId]);
      const node = places.graph.batches.get(batchId);
      if (node === undefined || node.status === 'unborn' || bornAt(node) > judgedUpTo) return undefined;
      const summariser = new Summariser(basis, places.graph, places.standing, now);
      const made = await this.#madeOf(tx, basis, summariser, node);
      if (made === undefined || !standsAt(made, now)) return undefined;
      await places.loadMakers(tx, [made]);
      const verdict = reasons
        ? summariser.explained(node, made, programme)
        : summariser.measured(node, made, programme);
      return verdict && { verdict, judgedUpTo };
    });
  }

  /** Undefined when the batch is still to be judged, or what is stored gives no verdict. */
  async #judgedUpTo(tx: Database, batchId: string, basis: Basis): Promise<number | undefined> {
    const stored = await tx.selectFrom('summary_basis').select('basis').executeTakeFirst();
    if (stored?.basis !== basis.name) return undefined;
    const mark = await tx.selectFrom('unjudged').select('since').where('batch_id', '=', batchId).executeTakeFirst();
    if (mark !== undefined) return undefined;
    return (await this.#soFar.of(tx)).unmarked;
  }

  async #madeOf(
    tx: Database,
    basis: Basis,
    summariser: Summariser,
    node: BatchNode,
  ): Promise<ChainSummary | undefined> {
    const flow = flowOf(node);
    if (flow === undefined) return summariser.unmade;
    const row = await tx.selectFrom('making_summaries').select('summary').where('flow', '=', flow).executeTakeFirst();
    return row && parsed(basis, row.summary);
  }
}

function bornAt({ bornBy }: BatchNode): number {
  return bornBy?.logIndex ?? -1;
}

/** Whether a stored summary is still right, as far as the passing of time is concerned. */
function standsAt(made: ChainSummary, now: string): boolean {
  if ('wholeChain' in made) return false;
  const { custody, birthplaces } = made.until;
  return [custody, birthplaces].every((until) => until === undefined || until > now);
}
