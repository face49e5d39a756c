import {
  buildGraph,
  buildStanding,
  createGraph,
  evaluate,
  programmeReference,
  type ClaimsVerdict,
  type GraphEvent,
  type Programme,
  type ProvenanceGraph,
  type Subject,
} from '#claims';
import { GraphLoader } from '../projection/graph-tables.js';
import { ChainReader, NOW } from '../queries/chain-reader.js';
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
  readonly #nodes;

  constructor(private readonly views: Views) {
    this.#chains = new ChainReader(views.db);
    this.#nodes = new GraphLoader(views.db);
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
    const graph = await this.#load(batchIds);
    const facts = await this.#chains.siteFacts(this.views.db, graph.sites.keys(), NOW);
    const standing = buildStanding(facts);
    const ahead = aheadOf(graph, now);
    const rows: VerdictRow[] = [];
    for (const batchId of batchIds) {
      const node = graph.batches.get(batchId);
      if (!node || node.status === 'unborn') continue;
      const past = ahead === undefined ? graph : await this.#graphAsOf(batchId, now);
      for (const programme of programmes) {
        const judged = evaluate(past, standing, programme, { batchId, validAt: now });
        rows.push(verdictRow(batchId, programmeReference(programme), judged, ahead, knownAt));
      }
    }
    return rows;
  }

  async #load(batchIds: readonly string[]): Promise<ProvenanceGraph> {
    const { db } = this.views;
    const graph = createGraph();
    const none = { batches: [], transformations: [], shipments: [], sites: [] };
    const chain = await this.#chains.closure(db, batchIds, 'upstream', NOW);
    await this.#nodes.load(db, graph, [{ ...none, batches: [...chain] }]);
    const nodes = [...graph.batches.values()];
    const transformations = nodes.flatMap(({ bornBy }) => bornBy?.transformationId ?? []);
    const sites = nodes.flatMap(({ stays, hops }) => [
      ...stays.map((stay) => stay.siteId),
      ...hops.flatMap((hop) => [hop.consignorSiteId, hop.consigneeSiteId]),
    ]);
    await this.#nodes.load(db, graph, [{ ...none, transformations, sites }]);
    return graph;
  }

  /** The door lets clocks run ahead a little; what has not happened yet does not count. */
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

/** The first moment after `now` at which something in the graph occurred. */
function aheadOf(graph: ProvenanceGraph, now: string): string | undefined {
  let first: string | undefined;
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, field] of Object.entries(value)) {
      if (key !== 'occurredAt') look(field);
      else if (typeof field === 'string' && field > now && (first === undefined || field < first)) first = field;
    }
  };
  for (const node of graph.batches.values()) look(node);
  for (const node of graph.transformations.values()) look(node);
  return first;
}
