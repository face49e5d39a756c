import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildGraph, foldEvent, touchedBy } from './fold.js';
import { randomLedger } from './testing/random-ledger.js';
import { propertyParameters } from './testing/random-properties.js';
import { storedOf } from './testing/stored-graph.js';

describe('any data at all', () => {
  it('never makes the fold throw, nor changes the graph when it is malformed', () => {
    const mutilated = fc.record({ seed: fc.integer(), pick: fc.nat(), junk: fc.jsonValue(), path: fc.nat() });
    fc.assert(
      fc.property(mutilated, ({ seed, pick, junk, path }) => {
        const events = randomLedger(seed, 30);
        const event = events[pick % events.length]!;
        const data = structuredClone(event.data) as Record<string, unknown>;
        const field = Object.keys(data)[path % Object.keys(data).length]!;
        const graph = buildGraph(events);
        const before = storedOf(graph);
        for (const broken of [junk, { ...data, [field]: junk }, { ...data, [field]: [junk, { batchId: junk }] }]) {
          const outcome = foldEvent(graph, { ...event, data: broken });
          if (outcome === 'malformed') expect(storedOf(graph)).toEqual(before);
          else break;
        }
        touchedBy({ ...event, data: junk });
        expect(() => buildGraph([...events.slice(0, pick % events.length), { ...event, data: junk }])).not.toThrow();
      }),
      propertyParameters(60),
    );
  });
});
