/** Summaries of a whole graph from nothing, pass by pass until nothing changes: what a ledger's tables keep step by step. */
import { type ClaimsVerdict } from '../../evaluate/index.js';
import { parentsOf, type BatchNode, type ProvenanceGraph } from '../../graph/index.js';
import { type Programme } from '../../programmes/index.js';
import { type Standing } from '../../standing/index.js';
import { Basis } from '../basis.js';
import { Summariser } from '../summariser.js';
import { parseSummary, textOf, type ChainSummary } from '../summary.js';

interface Summarised {
  /** By batch; undefined: only the whole chain tells. */
  readonly verdicts: ReadonlyMap<string, readonly ClaimsVerdict[] | undefined>;
  /** The same with what they measure. */
  readonly measured: ReadonlyMap<string, readonly (ClaimsVerdict | undefined)[]>;
  /** With all reasons, where these do not lie upstream. */
  readonly explained: (batchId: string, programme: Programme) => ClaimsVerdict | undefined;
  readonly passes: number;
}

/** Through text and back, as tables keep them. */
function kept(basis: Basis, summary: ChainSummary): ChainSummary {
  return parseSummary(textOf(summary), { strands: basis.strands.length, criteria: basis.criteria.length });
}

export function summarised(
  graph: ProvenanceGraph,
  standing: Standing,
  programmes: readonly Programme[],
  validAt: string,
): Summarised {
  const basis = new Basis(programmes);
  const summariser = new Summariser(basis, graph, standing, validAt);
  const born = ({ bornBy }: BatchNode): number => bornBy?.logIndex ?? -1;
  const nodes = [...graph.batches.values()].sort((a, b) => born(a) - born(b));
  /** By flow and batch. */
  const given = new Map<string, ChainSummary>();
  const madeOf = (node: BatchNode): ChainSummary => {
    const { bornBy } = node;
    if (bornBy === undefined || bornBy.kind === 'registered') return summariser.unmade;
    const contributions = new Map<string, ChainSummary>();
    for (const parent of parentsOf(graph, node)) {
      const its = given.get(`${bornBy.logIndex} ${parent}`);
      if (its !== undefined) contributions.set(parent, its);
    }
    if (bornBy.kind === 'split') return [...contributions.values()][0] ?? { wholeChain: true };
    const made = graph.transformations.get(bornBy.transformationId ?? '');
    if (made?.logIndex !== bornBy.logIndex) return { wholeChain: true };
    return kept(basis, summariser.transformed(made, contributions));
  };
  let passes = 0;
  for (let isStable = false; !isStable; passes++) {
    isStable = true;
    for (const node of nodes) {
      for (const [flow, summary] of summariser.contributions(node, madeOf(node))) {
        const key = `${flow} ${node.batchId}`;
        const before = given.get(key);
        if (before !== undefined && textOf(before) === textOf(summary)) continue;
        given.set(key, kept(basis, summary));
        isStable = false;
      }
    }
  }
  const verdicts = new Map(nodes.map((node) => [node.batchId, summariser.verdictsOf(node, madeOf(node))] as const));
  const measured = new Map(
    nodes.map((node) => {
      const made = madeOf(node);
      return [node.batchId, programmes.map((programme) => summariser.measured(node, made, programme))] as const;
    }),
  );
  const explained = (batchId: string, programme: Programme): ClaimsVerdict | undefined => {
    const node = graph.batches.get(batchId);
    return node && summariser.explained(node, madeOf(node), programme);
  };
  return { verdicts, measured, explained, passes };
}
