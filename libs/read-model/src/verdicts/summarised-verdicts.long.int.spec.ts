import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildGraph, buildStanding, Chains, Evaluator, type GraphEvent } from '#claims';
import { MemoryEventStore } from '#event-store';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { Projector } from '../projection/projector.js';
import { EventLog, graphEventsOf } from '../testing/event-log.js';
import { judged, NOW, programmes } from '../testing/judged-verdicts.js';
import { randomNumbers, withStanding } from '../testing/with-standing.js';
import { withViews } from '../testing/views-folder.js';
import { SummarisedVerdicts } from './summarised-verdicts.js';
import { runs } from '../../../../test/properties/runs.js';

/** Before the attestations of the random ledgers expire. */
const EARLY = '2026-06-01T00:00:00.000Z';
const SEEDS = fc.record({ seed: fc.integer(), steps: fc.integer({ min: 20, max: 70 }) });

function evaluators(events: GraphEvent[], validAt: string, reasons = false): Evaluator[] {
  const chains = new Chains(buildGraph(events, { validAt }), buildStanding(events), validAt);
  return programmes.map((programme) => new Evaluator(chains, programme, { reasons }));
}

describe('A verdict from the summary of a chain', () => {
  it('is that of the evaluator, measures and all, and there is one wherever the chain need not be walked through', async () => {
    let told = 0;
    let untold = 0;
    let explained = 0;
    await fc.assert(
      fc.asyncProperty(SEEDS, async ({ seed, steps }) => {
        const store = new MemoryEventStore();
        const log = new EventLog(store);
        await withViews(async (views) => {
          await judged(store, views, async () => {
            for (const event of withStanding(randomLedger(seed, steps), randomNumbers(seed)))
              await log.tellGenerated(event);
          });
          const summarised = new SummarisedVerdicts(views, programmes);
          const events = await graphEventsOf(store.readAll());
          const last = events.length - 1;
          const evaluated = evaluators(events, NOW);
          const whole = evaluators(events, NOW, true);
          const { batches } = buildGraph(events, { validAt: NOW });
          const isMade = (id: string): boolean => batches.get(id)?.bornBy?.transformationId !== undefined;
          for (const batchId of batches.keys()) {
            for (const [index, programme] of programmes.entries()) {
              const found = await summarised.verdict(batchId, programme, NOW);
              if (found === undefined) untold++;
              else {
                told++;
                const verdict = evaluated[index]!.verdictOf(batchId);
                expect(found).toEqual({ judgedUpTo: last, verdict });
              }
              const why = await summarised.verdict(batchId, programme, NOW, { reasons: true });
              if (why === undefined) continue;
              expect(why).toEqual({ judgedUpTo: last, verdict: whole[index]!.verdictOf(batchId) });
              if (why.verdict.reasons.length > 0 && isMade(batchId)) explained++;
            }
          }
        });
      }),
      runs(3),
    );
    expect(told).toBeGreaterThan(4 * untold);
    // Batches made from others whose reasons all lie in the batch itself.
    expect(explained).toBeGreaterThan(0);
  });

  it('is not given for another moment than that it was kept for, nor by a programme that verdicts are not kept by', async () => {
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    await withViews(async (views) => {
      await judged(
        store,
        views,
        async () => {
          for (const event of withStanding(randomLedger(7, 60), randomNumbers(7))) await log.tellGenerated(event);
        },
        { now: () => EARLY },
      );
      const summarised = new SummarisedVerdicts(views, programmes);
      const events = await graphEventsOf(store.readAll());
      const later = evaluators(events, NOW);
      for (const batchId of buildGraph(events, { validAt: NOW }).batches.keys()) {
        for (const [index, programme] of programmes.entries()) {
          const found = await summarised.verdict(batchId, programme, NOW);
          if (found !== undefined) expect(found.verdict).toEqual(later[index]!.verdictOf(batchId));
        }
        const other = { ...programmes[0]!, version: '77' };
        expect(await summarised.verdict(batchId, other, EARLY)).toBeUndefined();
        expect(await new SummarisedVerdicts(views, [other]).verdict(batchId, other, EARLY)).toBeUndefined();
      }
    });
  });

  it('says no more than was judged: of a batch that waits none is given', async () => {
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    const events = withStanding(randomLedger(11, 60), randomNumbers(11));
    const half = Math.floor(events.length / 2);
    await withViews(async (views) => {
      await judged(store, views, async () => {
        for (const event of events.slice(0, half)) await log.tellGenerated(event);
      });
      for (const event of events.slice(half)) await log.tellGenerated(event);
      const projector = new Projector({ store, views });
      await projector.start();
      await projector.waitFor((await store.head())!, 10_000);
      await projector.stop();
      const waiting = await views.db.selectFrom('unjudged').select('batch_id').execute();
      expect(waiting.length).toBeGreaterThan(0);
      const summarised = new SummarisedVerdicts(views, programmes);
      for (const { batch_id: batchId } of waiting)
        expect(await summarised.verdict(batchId, programmes[0]!, NOW)).toBeUndefined();
      const all = await graphEventsOf(store.readAll());
      const marked = new Set(waiting.map((row) => row.batch_id));
      for (const batchId of buildGraph(all).batches.keys()) {
        if (marked.has(batchId)) continue;
        const found = await summarised.verdict(batchId, programmes[0]!, NOW);
        if (found !== undefined) expect(found.judgedUpTo).toBeLessThan(all.length - 1);
      }
    });
  });
});
