import {
  buildGraph,
  evaluate,
  Evaluator,
  programmeReference,
  type ClaimsVerdict,
  type GraphEvent,
  type Programme,
  type ProvenanceGraph,
  type Subject,
} from '#claims';
import { ChainReader, NOW } from '../queries/chain-reader.js';
import { StoredChains } from '../queries/stored-chains.js';
import type { VerdictRow } from '../views/schema.js';
import type { Views } from '../views/views.js';

/** A claim of a verdict as one word: `labour:child-labour`, `recycled-content:cobalt`, `custody`. */
export function subjectOf({ claim, mineral, right }: Subject): string {
  const what = mineral ?? right;
  return what === undefined ? claim : `${claim}:${what}`;
}

/** Judges batches from the nodes in the read tables: their chains are loaded once for all that are judged together. */
export class Judge {
  readonly #chains;
  readonly #stored;

  constructor(private readonly views: Views) {
    this.#chains = new ChainReader(views.db);
    this.#stored = new StoredChains(views.db);
  }

  /**
   * The verdicts of batches under each programme, as of now.
   * @param knownAt Log index of the last event in the tables.
   * @param now RFC 3339 UTC with milliseconds.
   */
  async judge(
    batchIds: readonly string[],
    programmes: readonly Programme[],
    knownAt: number,
    now: string,
  ): Promise<VerdictRow[]> {
    const { db } = this.views;
    const { graph, standing } = await this.#stored.load(db, batchIds);
    // The door lets clocks run ahead a little; what has not happened yet does not count.
    const ahead = await this.#stored.firstAfter(db, graph, now);
    const rows: VerdictRow[] = [];
    const evaluators = programmes.map((programme) => new Evaluator(graph, standing, programme, { validAt: now }));
    for (const batchId of batchIds) {
      const node = graph.batches.get(batchId);
      if (!node || node.status === 'unborn') continue;
      const past = ahead === undefined ? undefined : await this.#graphAsOf(batchId, now);
      for (const [index, programme] of programmes.entries()) {
        const judged =
          past === undefined
            ? evaluators[index]!.verdictOf(batchId)
            : evaluate(past, standing, programme, { batchId, validAt: now });
        rows.push(verdictRow(batchId, programmeReference(programme), judged, ahead, knownAt));
      }
    }
    return rows;
  }

  async #graphAsOf(batchId: string, now: string): Promise<ProvenanceGraph> {
    const events: GraphEvent[] = await this.#chains.upstreamEvents(this.views.db, batchId, NOW);
    return buildGraph(events, { validAt: now });
  }
}

function verdictRow(
  batchId: string,
  programme: string,
  judged: ClaimsVerdict | undefined,
  ahead: string | undefined,
  knownAt: number,
): VerdictRow {
  const until = [judged?.standsUntil, ahead].filter((moment) => moment !== undefined).sort();
  return {
    programme,
    batch_id: batchId,
    // No answer: what made the batch has yet to occur.
    verdict: judged?.verdict ?? 'unproven',
    claims: JSON.stringify((judged?.claims ?? []).map((line) => [subjectOf(line), line.verdict])),
    stands_until: until[0] ?? null,
    judged_at: knownAt,
  };
}
