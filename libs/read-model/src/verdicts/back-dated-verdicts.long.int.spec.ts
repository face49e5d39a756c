import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryEventStore } from '#event-store';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { attestedThroughout, backDated } from '../testing/back-dated.js';
import { EventLog, graphEventsOf } from '../testing/event-log.js';
import { expected, judged, NOW, stored } from '../testing/judged-verdicts.js';
import { randomNumbers } from '../testing/with-standing.js';
import { withViews } from '../testing/views-folder.js';
import { LONG, runs } from '../../../../test/properties/runs.js';

/** Batches with this many uses are examined in parts. */
const fewFlows = fc.constantFrom(1, 2, 16);

function textOfRow(row: object): string {
  return JSON.stringify(row);
}

/** Where a finding changes what goes into a transformation that only a walk through the whole chain can tell of. */
const INTO_WHOLE_CHAIN = { seed: -1_805_186_545, steps: 68, facts: 3, atOnce: 1, fewFlows: 1 };

describe('The verdicts of all batches', () => {
  it('become what the evaluator says when what was long ago is told, piece by piece', async () => {
    const cases = fc.record({
      seed: fc.integer(),
      steps: fc.integer({ min: 40, max: LONG ? 300 : 90 }),
      facts: fc.integer({ min: 3, max: 6 }),
      atOnce: fc.integer({ min: 1, max: 3 }),
      fewFlows,
    });
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, steps, facts, atOnce, fewFlows: few }) => {
        const events = attestedThroughout(randomLedger(seed, steps));
        const later = backDated(events, randomNumbers(seed), facts);
        const store = new MemoryEventStore();
        const log = new EventLog(store);
        for (const event of events) await log.tellGenerated(event);
        await withViews(async (views) => {
          await judged(store, views, async () => undefined, { fewFlows: few });
          const all = await graphEventsOf(store.readAll());
          expect(await stored(views)).toEqual(expected(all, NOW));
          for (let told = 0; told < later.length; told += atOnce) {
            const before = await views.db.selectFrom('contributions').selectAll().execute();
            const tell = async (): Promise<void> => {
              for (const event of later.slice(told, told + atOnce)) await log.tellGenerated(event);
            };
            await judged(store, views, tell, { fewFlows: few });
            expect(await stored(views)).toEqual(expected(await graphEventsOf(store.readAll()), NOW));
            const after = new Set((await views.db.selectFrom('contributions').selectAll().execute()).map(textOfRow));
            changed += before.filter((row) => !after.has(textOfRow(row))).length;
          }
        });
      }),
      { ...runs(4, 150), examples: [[INTO_WHOLE_CHAIN]] },
    );
    // The test is about summaries that change.
    expect(changed).toBeGreaterThan(0);
  });
});
