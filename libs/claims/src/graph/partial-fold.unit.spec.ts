import { describe, expect, it } from '@jest/globals';
import { buildGraph, createGraph, foldEvent, isCorrecting, touchedBy } from './fold.js';
import { type GraphEvent } from './graph.types.js';
import { effectiveEvents } from './testing/effective-events.js';
import { overRandomLedgers } from './testing/random-properties.js';
import { NODE_KINDS, storedOf } from './testing/stored-graph.js';
import { upstreamOf } from './walk.js';

describe('touchedBy', () => {
  it('names all that the fold needs: loading only that from JSON and storing it back gives the whole graph', () => {
    overRandomLedgers(30, 120, (events) => {
      const rows = new Map<string, string>();
      for (const event of effectiveEvents(events)) {
        const touched = touchedBy(event);
        const loaded = createGraph();
        for (const kind of NODE_KINDS) {
          for (const key of touched[kind]) {
            const row = rows.get(`${kind} ${key}`);
            if (row !== undefined) (loaded[kind] as Map<string, unknown>).set(key, JSON.parse(row));
          }
        }
        foldEvent(loaded, event);
        for (const kind of NODE_KINDS) {
          for (const [key, node] of loaded[kind]) {
            if (!touched[kind].includes(key)) throw new Error(`${event.id} made ${kind} ${key} without touching it`);
            rows.set(`${kind} ${key}`, JSON.stringify(node));
          }
        }
      }
      const stored: Record<string, Record<string, unknown>> = Object.fromEntries(NODE_KINDS.map((kind) => [kind, {}]));
      for (const [name, row] of rows) {
        const [kind = '', key = ''] = name.split(' ');
        stored[kind]![key] = JSON.parse(row) as unknown;
      }
      expect(stored).toEqual(storedOf(buildGraph(events)));
    });
  });
});

describe('the events of an upstream chain', () => {
  it('give the same nodes for the chain as the whole log does', () => {
    overRandomLedgers(60, 120, (events, seed) => {
      const whole = buildGraph(events);
      const asked = [...whole.batches.keys()][Math.abs(seed) % Math.max(1, whole.batches.size)];
      if (asked === undefined) return;
      const chain = new Set(upstreamOf(whole, asked));
      const part = buildGraph(eventsOfChain(events, chain));
      expect(new Set(upstreamOf(part, asked))).toEqual(chain);
      for (const batchId of chain) {
        const node = whole.batches.get(batchId);
        expect(part.batches.get(batchId)).toEqual(node);
        const transformationId = node?.bornBy?.transformationId;
        if (transformationId !== undefined) {
          expect(part.transformations.get(transformationId)).toEqual(whole.transformations.get(transformationId));
        }
      }
    });
  });
});

function eventsOfChain(events: readonly GraphEvent[], chain: ReadonlySet<string>): GraphEvent[] {
  const effective = effectiveEvents(events);
  const ofBatches = effective.filter((event) => touchedBy(event).batches.some((batchId) => chain.has(batchId)));
  const shipments = new Set(ofBatches.flatMap((event) => touchedBy(event).shipments));
  const sites = new Set(ofBatches.flatMap((event) => touchedBy(event).sites));
  const chosen = new Set(
    effective
      .filter(
        (event) =>
          ofBatches.includes(event) ||
          touchedBy(event).shipments.some((shipmentId) => shipments.has(shipmentId)) ||
          (event.type === 'SiteOpened' && touchedBy(event).sites.some((siteId) => sites.has(siteId))),
      )
      .map((event) => event.id),
  );
  // A correction comes along with what it corrects, be it by way of another correction, and its confirmation with it.
  for (const event of events) {
    if (isCorrecting(event) && chosen.has((event.data as { eventId: string }).eventId)) {
      chosen.add(event.id);
    }
  }
  return events.filter((event) => chosen.has(event.id));
}
