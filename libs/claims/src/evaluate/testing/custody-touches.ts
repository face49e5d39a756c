import { parentsOf, productsOf, type ProvenanceGraph } from '../../graph/index.js';

/**
 * Whether a site had a batch of the chain of `batchId` in custody at some moment of [from, until), found without the
 * evaluator. It walks from the batch upstream, carrying along up to when each batch mattered, and knows nothing of claims.
 * A stay without departure goes on for ever: when the verdict is asked for is not known here.
 * @param until none: without end
 */
export function custodyTouches(
  graph: ProvenanceGraph,
  batchId: string,
  siteId: string,
  from: string,
  until?: string,
): boolean {
  const children = new Map<string, Set<string>>([[batchId, new Set()]]);
  for (const id of children.keys()) {
    const reached = graph.batches.get(id);
    for (const parent of reached === undefined ? [] : parentsOf(graph, reached)) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, new Set([id]));
      else known.add(id);
    }
  }
  for (const [id, into] of children) {
    const node = graph.batches.get(id);
    if (node === undefined) continue;
    const leading =
      id === batchId ? [] : node.uses.filter((use) => productsOf(graph, use).some((child) => into.has(child)));
    const last = leading.reduce((latest, { logIndex }) => Math.max(latest, logIndex), -1);
    const end = leading.reduce((latest, { occurredAt }) => (occurredAt > latest ? occurredAt : latest), '');
    for (const stay of node.stays) {
      if (stay.siteId !== siteId || (last >= 0 && stay.arrived.logIndex >= last)) continue;
      const departed = stay.departed !== undefined && (last < 0 || stay.departed.logIndex < last);
      const left = departed ? stay.departed?.occurredAt : last < 0 ? undefined : end;
      const arrived = stay.arrived.occurredAt;
      const begins = arrived > from ? arrived : from;
      const ends = left === undefined ? until : until === undefined || left < until ? left : until;
      if (ends === undefined || begins < ends) return true;
    }
  }
  return false;
}
