/** Walks along the mass flows. Ids are never trusted to be acyclic: every walk remembers where it has been. */
import type { BatchNode, ProvenanceGraph } from './graph.types.js';

/**
 * The upstream chain of a batch: itself first, then every batch that mass flowed from into it, nearest first. A batch
 * that the graph does not hold is not walked through, but named.
 */
export function upstreamOf(graph: ProvenanceGraph, batchId: string): string[] {
  return reach(graph, batchId, (node) => node.parents);
}

/** A batch itself first, then every batch that its mass flowed into, nearest first. */
export function downstreamOf(graph: ProvenanceGraph, batchId: string): string[] {
  return reach(graph, batchId, (node) => node.uses.flatMap((use) => use.to));
}

/**
 * Whether a batch is among the batches it was made from: an error of the data that only a correction can bring in. Since
 * events are folded in the order of the log, every such ring has a batch that was used before it was made, and that batch
 * carries the anomaly `used-before-arrival`.
 */
export function isMadeOfItself(graph: ProvenanceGraph, batchId: string): boolean {
  const seen = new Set<string>();
  const pending = [...(graph.batches.get(batchId)?.parents ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === batchId) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...(graph.batches.get(next)?.parents ?? []));
  }
  return false;
}

function reach(graph: ProvenanceGraph, start: string, next: (node: BatchNode) => readonly string[]): string[] {
  const reached = new Set([start]);
  // A set hands out what is added to it while it is walked: it is the queue as well.
  for (const batchId of reached) {
    const node = graph.batches.get(batchId);
    if (node === undefined) continue;
    for (const neighbour of next(node)) reached.add(neighbour);
  }
  return [...reached];
}
