import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildGraph, productsOf, type GraphEvent, type ProvenanceGraph } from '#claims';
import { MemoryEventStore } from '#event-store';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { isFlowNode } from '../views/flow-edges.js';
import { EventLog, graphEventsOf } from '../testing/event-log.js';
import { contentsOf, deliveringTwice, projectAll, withViews } from '../testing/views-folder.js';
import { LONG, runs } from '../../../../test/properties/runs.js';

const ledgers = fc.record({
  seed: fc.integer(),
  steps: fc.integer({ min: 10, max: LONG ? 250 : 100 }),
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
  eventsPerTransaction: fc.constantFrom(1, 2, 7, 64, 500),
});

describe('The projection', () => {
  it('in any batching, with every event delivered twice and a stop in between, equals the fold of the whole log', async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, async ({ seed, steps, cut, eventsPerTransaction }) => {
        const store = new MemoryEventStore();
        const log = new EventLog(store);
        const events = withRegistry(randomLedger(seed, steps));
        const first = Math.floor(events.length * cut);
        await withViews(async (views) => {
          for (const event of events.slice(0, first)) await log.tellGenerated(event);
          await projectAll({ store: deliveringTwice(store), views, eventsPerTransaction });
          for (const event of events.slice(first)) await log.tellGenerated(event);
          await projectAll({ store: deliveringTwice(store), views, eventsPerTransaction });

          const graph = buildGraph(await graphEventsOf(store.readAll()));
          const contents = await contentsOf(views);
          expect(graphOf(contents)).toEqual(plain(graph));
          expect((contents['site_custody'] as object[]).map(withoutStay)).toEqual(staysOf(graph));
          expect(standingFlows(contents)).toEqual(flowsOf(graph));

          await withViews(async (rebuilt) => {
            await projectAll({ store, views: rebuilt });
            expect(await contentsOf(rebuilt)).toEqual(contents);
          });
        });
      }),
      runs(5, 300),
    );
  });
});

/** Adds, between custody events, corrected openings of sites. */
function withRegistry(events: readonly GraphEvent[]): GraphEvent[] {
  return events.flatMap((event, index) => {
    const opening = events[index % 8];
    if (index < 8 || index % 29 !== 0 || opening?.type !== 'SiteOpened') return [event];
    const correction: GraphEvent = {
      ...event,
      id: `site-correction-${index}`,
      stream: opening.stream,
      type: 'RecordCorrected',
      data: { eventId: opening.id, reason: 'mistyped', replacement: { ...(opening.data as object), country: 'FI' } },
    };
    return [event, correction];
  });
}

type Contents = Record<string, unknown[]>;

function nodesOf(contents: Contents, table: string, key: string): Record<string, unknown> {
  const rows = contents[table] as { node: Record<string, string> }[];
  return Object.fromEntries(rows.map(({ node }) => [String(node[key]), node] as const));
}

/** What a row of a batch has, and what there is a row for. */
function batchesOf(contents: Contents): Record<string, unknown> {
  const of = (table: string, column: string, batchId: string): unknown[] =>
    (contents[table] as Record<string, unknown>[])
      .filter((row) => row['batch_id'] === batchId)
      .map((row) => row[column]);
  return Object.fromEntries(
    Object.entries(nodesOf(contents, 'batches', 'batchId')).map(([batchId, node]) => {
      const { lastStays, ...state } = node as { lastStays: unknown[] };
      const stays = of('site_custody', 'stay', batchId);
      expect(lastStays).toEqual(stays.slice(-lastStays.length || stays.length));
      return [batchId, { ...state, uses: of('batch_uses', 'use', batchId), stays }];
    }),
  );
}

function graphOf(contents: Contents): Record<string, unknown> {
  return {
    batches: batchesOf(contents),
    transformations: nodesOf(contents, 'transformations', 'transformationId'),
    shipments: nodesOf(contents, 'shipments', 'shipmentId'),
    countries: Object.fromEntries(
      (contents['sites'] as { site_id: string; country: string }[]).map((site) => [site.site_id, site.country]),
    ),
  };
}

function plain({ batches, transformations, shipments, sites }: ProvenanceGraph): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify({
      batches: Object.fromEntries(batches),
      transformations: Object.fromEntries(transformations),
      shipments: Object.fromEntries(shipments),
      countries: Object.fromEntries([...sites].map(([siteId, site]) => [siteId, site.country])),
    }),
  ) as Record<string, unknown>;
}

function staysOf({ batches }: ProvenanceGraph): unknown[] {
  return [...batches.values()]
    .flatMap((node) =>
      node.stays.map((stay) => ({
        batch_id: node.batchId,
        arrived_by: stay.arrived.logIndex,
        nth: 0,
        site_id: stay.siteId,
        arrived_at: stay.arrived.occurredAt,
        departed_at: stay.departed?.occurredAt ?? null,
      })),
    )
    .sort((a, b) => (a.batch_id < b.batch_id ? -1 : a.batch_id > b.batch_id ? 1 : a.arrived_by - b.arrived_by));
}

function withoutStay({ stay: _stay, ...row }: { stay?: unknown }): object {
  return row;
}

interface Edge {
  from_node: string;
  to_node: string;
  via: number;
  known_until: number | null;
}

/** From which batch into which, through the nodes of transformations. */
function standingFlows(contents: Contents): string[] {
  const standing = (contents['flow_edges'] as Edge[]).filter((edge) => edge.known_until === null);
  const flows = standing.flatMap((edge) => {
    if (isFlowNode(edge.from_node)) return [];
    const ends = isFlowNode(edge.to_node) ? standing.filter(({ from_node: node }) => node === edge.to_node) : [edge];
    return ends.map(({ to_node: to }) => `${edge.from_node} → ${to} (${edge.via})`);
  });
  return flows.sort();
}

function flowsOf(graph: ProvenanceGraph): string[] {
  const flows = [...graph.batches.values()].flatMap((node) =>
    node.uses.flatMap((use) => productsOf(graph, use).map((to) => `${node.batchId} → ${to} (${use.logIndex})`)),
  );
  return [...new Set(flows)].sort();
}
