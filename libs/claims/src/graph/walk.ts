/** Walks along the mass flows. Ids are never trusted to be acyclic: every walk remembers where it has been. */
import type { BatchNode, ProvenanceGraph } from './graph.types.js';

/**
 * The upstream chain of a batch: itself first, then every batch that mass flowed from into it, nearest first. A batch
 * that the graph does not hold is not walked through, but named.
 */
export function upstreamOf(graph: ProvenanceGraph, batchId: string): string[] {
  return reach(graph, batchId, (node) => node.parents);
}

/** A batch itself first, then whatever is next to what was reached, nearest first. */
export function reach(graph: ProvenanceGraph, start: string, next: (node: BatchNode) => readonly string[]): string[] {
  const reached = new Set([start]);
  // A set hands out what is added to it while it is walked: it is the queue as well.
  for (const batchId of reached) {
    const node = graph.batches.get(batchId);
    if (node === undefined) continue;
    for (const neighbour of next(node)) reached.add(neighbour);
  }
  return [...reached];
}
