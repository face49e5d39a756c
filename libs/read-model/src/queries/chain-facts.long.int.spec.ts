import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVERYTHING } from '#access';
import { buildGraph, buildStanding, evaluate, type ProvenanceGraph, type Standing } from '#claims';
import { MemoryEventStore } from '#event-store';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { EventLog, graphEventsOf } from '../testing/event-log.js';
import { programmeOfControl, programmesOfRepository } from '../testing/programmes.js';
import { randomNumbers, withStanding } from '../testing/with-standing.js';
import { projectAll, withViews } from '../testing/views-folder.js';
import { ProvenanceQueries } from './provenance-queries.js';
import { LONG, runs } from '../../../../test/properties/runs.js';

const programmes = [...programmesOfRepository(), programmeOfControl()];

describe('The facts of a chain', () => {
  it('give the verdict that its events give, to the byte, as of any moment of the world and of the ledger', async () => {
    const cases = fc.record({ seed: fc.integer(), steps: fc.integer({ min: 20, max: LONG ? 200 : 60 }) });
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, steps }) => {
        const random = randomNumbers(seed);
        const store = new MemoryEventStore();
        const log = new EventLog(store);
        for (const event of withStanding(randomLedger(seed, steps), random)) await log.tellGenerated(event);
        const events = await graphEventsOf(store.readAll());
        const last = events.length - 1;
        const moments = events.map(({ metadata }) => metadata.occurredAt).sort();
        await withViews(async (views) => {
          await projectAll({ store, views });
          const provenances = new ProvenanceQueries(views);
          for (const batchId of buildGraph(events).batches.keys()) {
            for (const knownAt of [last, Math.floor(random() * last)]) {
              for (const validAt of ['2036-09-01T00:00:00.000Z', moments.at(-1)!, moments.at(-2)!, anyOf(moments)]) {
                const facts = await provenances.chainFacts(EVERYTHING, batchId, { knownAt, validAt });
                const chain = (await provenances.chainEvents(EVERYTHING, batchId, { knownAt })).events;
                const folded = { graph: buildGraph(chain, { validAt }), standing: buildStanding(chain) };
                expect(answers(facts!, batchId, validAt)).toBe(answers(folded, batchId, validAt));
              }
            }
          }
        });

        function anyOf(list: readonly string[]): string {
          return list[Math.floor(random() * list.length)]!;
        }
      }),
      runs(4, 100),
    );
  });
});

function answers(facts: { graph: ProvenanceGraph; standing: Standing }, batchId: string, validAt: string): string {
  return JSON.stringify(
    programmes.map((programme) => evaluate(facts.graph, facts.standing, programme, { batchId, validAt })),
  );
}
