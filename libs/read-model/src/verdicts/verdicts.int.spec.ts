import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildGraph, buildStanding, evaluate, programmeReference, type GraphEvent, type Verdict } from '#claims';
import { EVERYTHING } from '#access';
import { MemoryEventStore } from '#event-store';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { Projector } from '../projection/projector.js';
import { VerdictQueries } from '../queries/verdict-queries.js';
import { EventLog, graphEventsOf } from '../testing/event-log.js';
import { TOLD } from '../testing/ore-to-cathode.js';
import { programmeOfControl, programmesOfRepository } from '../testing/programmes.js';
import { randomNumbers, withStanding } from '../testing/with-standing.js';
import { contentsOf, withViews } from '../testing/views-folder.js';
import { WORKS, wideTransformation } from '../testing/wide-transformation.js';
import { type Views } from '../views/views.js';
import { subjectOf } from './judge.js';
import { VerdictProjector } from './verdict-projector.js';
import { LONG, runs } from '../../../../test/properties/runs.js';

const NOW = '2028-01-01T00:00:00.000Z';

const programmes = [...programmesOfRepository(), programmeOfControl()];

/** Runs both projectors over what the store holds, while `meanwhile` adds to it. */
async function judged(
  store: MemoryEventStore,
  views: Views,
  meanwhile: () => Promise<void>,
  options: { eventsPerTransaction?: number; now?: () => string } = {},
): Promise<void> {
  const failures: unknown[] = [];
  const onError = (error: unknown): unknown => failures.push(error);
  const { eventsPerTransaction = 500, now = () => NOW } = options;
  const projector = new Projector({ store, views, onError, eventsPerTransaction });
  const verdicts = new VerdictProjector({ views, projector, programmes, now, onError });
  await projector.start();
  verdicts.start();
  await meanwhile();
  const head = await store.head();
  const reached = head === undefined || (await verdicts.waitFor(head, 25_000));
  await verdicts.stop();
  await projector.stop();
  expect(failures).toEqual([]);
  expect(reached).toBe(true);
}

/** What the stored verdicts must be: the evaluator over the whole log, batch by batch. */
function expected(events: GraphEvent[], validAt: string): Map<string, unknown> {
  const graph = buildGraph(events, { validAt });
  const standing = buildStanding(events);
  const rows = new Map<string, unknown>();
  for (const [batchId, node] of graph.batches) {
    if (node.status === 'unborn') continue;
    for (const programme of programmes) {
      const judgement = evaluate(graph, standing, programme, { batchId, validAt });
      const claims = judgement?.claims.map((line) => [subjectOf(line), line.verdict]);
      rows.set(`${batchId} ${programmeReference(programme)}`, {
        verdict: judgement?.verdict,
        claims,
        stands_until: judgement?.standsUntil ?? null,
      });
    }
  }
  return rows;
}

async function stored(views: Views): Promise<Map<string, unknown>> {
  const rows = (await contentsOf(views))['verdicts'] as Record<string, string>[];
  return new Map(
    rows.map(({ batch_id, programme, verdict, claims, stands_until }) => [
      `${batch_id} ${programme}`,
      { verdict, claims, stands_until },
    ]),
  );
}

describe('The verdicts of all batches', () => {
  it('are those of the evaluator over the whole log, however the work was cut', async () => {
    const cases = fc.record({
      seed: fc.integer(),
      steps: fc.integer({ min: 20, max: LONG ? 200 : 70 }),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      eventsPerTransaction: fc.constantFrom(1, 7, 500),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, steps, cut, eventsPerTransaction }) => {
        const events = withStanding(randomLedger(seed, steps), randomNumbers(seed));
        const first = Math.floor(events.length * cut);
        const store = new MemoryEventStore();
        const log = new EventLog(store);
        const tell = async (some: GraphEvent[]): Promise<void> => {
          for (const event of some) await log.tellGenerated(event);
        };
        await withViews(async (views) => {
          await tell(events.slice(0, first));
          await judged(store, views, async () => undefined, { eventsPerTransaction });
          await judged(store, views, () => tell(events.slice(first)), { eventsPerTransaction });
          const whole = expected(await graphEventsOf(store.readAll()), NOW);
          expect(await stored(views)).toEqual(whole);
          const overview = await new VerdictQueries(views).overview(EVERYTHING, 'oecd-due-diligence@1');
          expect(Object.values(overview.verdicts).reduce((sum, n) => sum + n, 0)).toBe(whole.size / programmes.length);
        });
      }),
      runs(2, 60),
    );
  });

  it('change when time passes and when other programmes are published', async () => {
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    for (const told of TOLD) await log.tell(told);
    await withViews(async (views) => {
      let now = '2027-06-01T00:00:00.000Z';
      const events = async (): Promise<GraphEvent[]> => graphEventsOf(store.readAll());
      const projector = new Projector({ store, views });
      const options = { views, projector, now: () => now };
      const verdicts = new VerdictProjector({ ...options, programmes });
      await projector.start();
      verdicts.start();
      expect(await verdicts.waitFor((await store.head()) ?? 0n, 10_000)).toBe(true);
      expect(verdicts.judgedUpTo).toBe(TOLD.length - 1);
      const before = await stored(views);
      expect(before).toEqual(expected(await events(), now));

      now = '2036-09-01T00:00:00.000Z';
      await log.tell({ stream: 'concern-c1', type: 'ConcernClosed', data: { outcome: 'moot' }, occurredAt: now });
      expect(await verdicts.waitFor((await store.head()) ?? 0n, 10_000)).toBe(true);
      await verdicts.stop();
      const later = await stored(views);
      expect(later).toEqual(expected(await events(), now));
      expect(later).not.toEqual(before);

      const one = programmes.filter((programme) => programme.id === 'oecd-due-diligence');
      const others = new VerdictProjector({ ...options, programmes: one });
      others.start();
      expect(await others.waitFor((await store.head()) ?? 0n, 10_000)).toBe(true);
      await others.stop();
      await projector.stop();
      expect([...(await stored(views)).keys()].every((key) => key.endsWith('oecd-due-diligence@1'))).toBe(true);
      const queries = new VerdictQueries(views);
      expect(await queries.judgedUpTo()).toBe(TOLD.length);
      expect((await queries.overview(EVERYTHING, 'eu-battery-2023-1542@1')).verdicts).toEqual({});
      const overview = await queries.overview(EVERYTHING, 'oecd-due-diligence@1');
      for (const [verdict, count] of Object.entries(overview.verdicts)) {
        const filter = { programme: 'oecd-due-diligence@1', verdict: verdict as Verdict };
        expect((await queries.batches(EVERYTHING, filter)).items).toHaveLength(count);
      }
      expect(overview.claims.map((line) => line.right ?? line.claim)).toEqual(
        expect.arrayContaining(['child-labour', 'custody']),
      );
    });
  });

  it('of one organisation do not wait for all those of another', async () => {
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    for (const told of [WORKS, ...wideTransformation('t', 150, 150)]) await log.tell(told);
    const other = { siteId: 'pit', organisationId: 'miner', name: 'Pit', country: 'AU', activities: ['mining'] };
    const registered = {
      batchId: 'ore',
      material: 'polymetallic-ore',
      grossGrams: 10,
      contentGrams: { cobalt: 1 },
      origin: { kind: 'extracted' },
    };
    await log.tell({ stream: 'site-pit', type: 'SiteOpened', data: other });
    await log.tell({ stream: 'site-pit', type: 'BatchRegistered', data: registered });
    await withViews(async (views) => {
      const projector = new Projector({ store, views });
      await projector.start();
      const head = (await store.head())!;
      await projector.waitFor(head, 10_000);
      const groups: string[][] = [];
      const looks: Promise<void>[] = [];
      const look = async (): Promise<void> => {
        const left = await views.db.selectFrom('unjudged').select('batch_id').execute();
        groups.push(left.map((row) => row.batch_id));
      };
      const judgedOne = (): void => void looks.push(look());
      const verdicts = new VerdictProjector({ views, projector, programmes, now: () => NOW, judged: judgedOne });
      verdicts.start();
      expect(await verdicts.waitFor(head, 20_000)).toBe(true);
      await verdicts.stop();
      await projector.stop();
      await Promise.all(looks);
      const first = groups.find((left) => !left.includes('ore'))!;
      expect(groups.indexOf(first)).toBeLessThan(3);
      expect(first.length).toBeGreaterThan(100);
      expect(groups.at(-1)).toEqual([]);
    });
  });

  it('say up to which event they are judged, each for itself', async () => {
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    for (const told of [WORKS, ...wideTransformation('t', 2, 2), ...wideTransformation('u', 1, 1)])
      await log.tell(told);
    await withViews(async (views) => {
      await judged(store, views, async () => undefined);
      const queries = new VerdictQueries(views);
      const upTo = async (): Promise<Record<string, number>> => {
        const { items } = await queries.batches(EVERYTHING, { programme: 'oecd-due-diligence@1' });
        return Object.fromEntries(items.map(({ batchId, judgedUpTo }) => [batchId, judgedUpTo]));
      };
      const last = 5;
      expect(new Set(Object.values(await upTo()))).toEqual(new Set([last]));

      const projector = new Projector({ store, views });
      await projector.start();
      const data = { batchId: 't-out-0', labelId: 'l', standard: 'gs1-128', carrier: 'barcode', value: '01' };
      await log.tell({ stream: WORKS.stream, type: 'BatchLabelled', data });
      expect(await projector.waitFor((await store.head())!, 10_000)).toBe(true);
      await projector.stop();
      // What is downstream of the batch is not known yet: nothing is surer than before.
      expect(new Set(Object.values(await upTo()))).toEqual(new Set([last]));
      await views.writer.updateTable('unjudged').set({ spread: 1 }).execute();
      const { 't-out-0': labelled, ...others } = await upTo();
      expect(labelled).toBe(last);
      expect(new Set(Object.values(others))).toEqual(new Set([last + 1]));

      await judged(store, views, async () => undefined);
      expect(new Set(Object.values(await upTo()))).toEqual(new Set([last + 1]));
    });
  });
});
