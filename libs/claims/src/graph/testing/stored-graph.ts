import { type ProvenanceGraph } from '../graph.types.js';

export const NODE_KINDS: readonly (keyof ProvenanceGraph)[] = ['batches', 'transformations', 'shipments', 'sites'];

/** The graph as the rows of tables hold it. */
export function storedOf(graph: ProvenanceGraph): unknown {
  return Object.fromEntries(
    NODE_KINDS.map((kind) => [kind, JSON.parse(JSON.stringify(Object.fromEntries(graph[kind]))) as unknown]),
  );
}
