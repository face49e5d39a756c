import {
  buildGraph,
  Chains,
  Evaluator,
  programmeReference,
  type GraphEvent,
  type Programme,
  type ProvenanceGraph,
} from '#claims';
import { ChainReader, NOW } from '../chains/chain-reader.js';
import { StoredChains } from '../chains/stored-chains.js';
import { giveTurn } from '../turns.js';
import { type VerdictRow } from '../views/schema.js';
import { type Views } from '../views/views.js';
import { verdictRow } from './verdict-rows.js';

/** Judging goes on for so long, milliseconds, or for as long as it took to load what it needs: a write then follows. */
const LEAST_MS = 100;

export interface JudgeRequest {
  readonly programmes: readonly Programme[];
  readonly now: string;
  /** Whether to end with the batch under way. */
  readonly isOver: () => boolean;
}

export interface Judged {
  /** Those that were judged, also those that no event has made and that have no verdict. */
  readonly batchIds: readonly string[];
  readonly rows: VerdictRow[];
}

/** No verdict is asked why. */
function evaluatorsOf(chains: Chains, programmes: readonly Programme[]): Evaluator[] {
  return programmes.map((programme) => new Evaluator(chains, programme, { reasons: false }));
}

/**
 * Judges batches of which no summary tells, by walking through their chains, which are loaded once for all that are judged
 * together.
 */
export class WholeChainJudge {
  readonly #chains;
  readonly #stored;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    this.#chains = new ChainReader(views.db, views.records);
    this.#stored = new StoredChains(views.db, views.records);
  }

  /**
   * The verdicts of batches under each programme, as of now: of the first ones, as far as the time goes, of one at least.
   * @param now RFC 3339 UTC with milliseconds.
   */
  async judge(batchIds: readonly string[], { programmes, now, isOver }: JudgeRequest): Promise<Judged> {
    const { db } = this.#views;
    const began = performance.now();
    const { graph, standing } = await this.#stored.load(db, batchIds);
    // The door lets clocks run ahead a little; what has not happened yet does not count.
    const ahead = await this.#stored.firstAfter(db, graph, now);
    const ends = performance.now() + Math.max(LEAST_MS, performance.now() - began);
    const evaluators = evaluatorsOf(new Chains(graph, standing, now), programmes);
    const judged: string[] = [];
    const rows: VerdictRow[] = [];
    for (const batchId of batchIds) {
      if (judged.length > 0 && (performance.now() > ends || isOver())) break;
      judged.push(batchId);
      const node = graph.batches.get(batchId);
      if (!node || node.status === 'unborn') continue;
      const then =
        ahead === undefined
          ? evaluators
          : evaluatorsOf(new Chains(await this.#graphAsOf(batchId, now), standing, now), programmes);
      for (const [index, programme] of programmes.entries()) {
        rows.push(verdictRow(node, programmeReference(programme), then[index]!.verdictOf(batchId), ahead));
      }
      await giveTurn();
    }
    return { batchIds: judged, rows };
  }

  async #graphAsOf(batchId: string, now: string): Promise<ProvenanceGraph> {
    const events: GraphEvent[] = await this.#chains.upstreamEvents(this.#views.db, batchId, NOW);
    return buildGraph(events, { validAt: now });
  }
}
