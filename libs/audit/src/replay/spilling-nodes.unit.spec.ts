import { describe, expect, it } from '@jest/globals';
import { type ProvenanceGraph } from '#claims';
import { SpillingGraph } from './spilling-nodes.js';

type Site = ProvenanceGraph['sites'] extends Map<string, infer Node> ? Node : never;

const site = (siteId: string, name: string): Site => ({
  siteId,
  organisationId: 'o',
  country: 'JP',
  name,
  opened: { eventId: 'e', logIndex: 0, occurredAt: '2026-01-01T00:00:00.000Z' },
});

/** A graph that keeps about ten sites in memory, with `count` of them made and the first ones evicted. */
function withSites(count: number): SpillingGraph {
  const graph = new SpillingGraph(50_000);
  for (let index = 0; index < count; index++) make(graph, site(`site-${index}`, 'first'));
  return graph;
}

function make(graph: SpillingGraph, node: Site): void {
  graph.sites.set(node.siteId, node);
  graph.trim();
}

describe('a graph that spills', () => {
  it('finds what it evicted, as it was last changed', () => {
    const graph = withSites(200);
    graph.sites.get('site-3')!.name = 'changed';
    for (let index = 200; index < 400; index++) make(graph, site(`site-${index}`, 'first'));
    graph.freeze();
    expect(graph.sites.get('site-3')!.name).toBe('changed');
    expect(graph.sites.get('site-4')!.name).toBe('first');
    expect(graph.sites.has('site-400')).toBe(false);
    expect([...graph.sites.ids()].sort()).toEqual(Array.from({ length: 400 }, (_, index) => `site-${index}`).sort());
    graph.close();
  });

  it.each([
    ['never looked up on disk', false],
    ['looked up on disk', true],
  ])(
    'takes a node that is made again after it was evicted, as only an altered log makes one (%s before)',
    (_, looksUp) => {
      const graph = withSites(200);
      if (looksUp) expect(graph.sites.get('site-5')).toBeDefined();
      make(graph, site('site-3', 'again'));
      for (let index = 200; index < 400; index++) make(graph, site(`site-${index}`, 'first'));
      graph.freeze();
      expect(graph.sites.get('site-3')!.name).toBe('again');
      expect(graph.sites.made).toBe(400);
      expect([...graph.sites.ids()].filter((id) => id === 'site-3')).toHaveLength(1);
      graph.close();
    },
  );
});
