import { type ProvenanceGraph } from '../graph.types.js';
import { parentsOf, productsOf, reach } from '../walk.js';

/** A batch itself first, then every batch that its mass flowed into, nearest first. */
export function downstreamOf(graph: ProvenanceGraph, batchId: string): string[] {
  return reach(graph, batchId, (node) => node.uses.map((use) => productsOf(graph, use)));
}

/**
 * Whether a batch is among the batches it was made from: an error of the data that only a correction can bring in. Since
 * events are folded in the order of the log, every such ring has a batch that was used before it was made, and that batch
 * carries the anomaly `used-before-arrival`.
 */
export function isMadeOfItself(graph: ProvenanceGraph, batchId: string): boolean {
  const parents = (id: string): readonly string[] => {
    const node = graph.batches.get(id);
    return node === undefined ? [] : parentsOf(graph, node);
  };
  const seen = new Set<string>();
  const pending = [...parents(batchId)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === batchId) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...parents(next));
  }
  return false;
}
