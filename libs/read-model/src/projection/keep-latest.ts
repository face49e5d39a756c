/** Drops the oldest nodes until at most `most` are left. */
export function keepLatest(nodes: Map<string, unknown>, most: number): void {
  for (const id of nodes.keys()) {
    if (nodes.size <= most) return;
    nodes.delete(id);
  }
}

/** Drops the oldest nodes until the rest weigh at most `most`; the newest is kept whatever it weighs. */
export function keepLatestByWeight<Node>(
  nodes: Map<string, Node>,
  most: number,
  weightOf: (node: Node) => number,
): void {
  let surplus = -most;
  for (const node of nodes.values()) surplus += weightOf(node);
  for (const [id, node] of nodes) {
    if (surplus <= 0 || nodes.size === 1) return;
    nodes.delete(id);
    surplus -= weightOf(node);
  }
}
