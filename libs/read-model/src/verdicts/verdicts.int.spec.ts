import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { type GraphEvent, type Verdict } from '#claims';
import { EVERYTHING } from '#access';
import { DOCUMENT_KINDS } from '#vocabulary';
import { MemoryEventStore } from '#event-store';
import { timeOf } from '../../../claims/src/graph/testing/ledger-writer.js';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { Projector } from '../projection/projector.js';
import { VerdictQueries } from '../queries/verdict-queries.js';
import { EventLog, graphEventsOf } from '../testing/event-log.js';
import { TOLD } from '../testing/ore-to-cathode.js';
import { expected, judged, NOW, programmes, stored } from '../testing/judged-verdicts.js';
import { randomNumbers, withStanding } from '../testing/with-standing.js';
import { withViews } from '../testing/views-folder.js';
import { WORKS, wideTransformation } from '../testing/wide-transformation.js';
import { type Views } from '../views/views.js';
import { VerdictProjector } from './verdict-projector.js';
import { LONG, runs } from '../../../../test/properties/runs.js';

/** Minutes after the ledger began. */
const LATE = fc.constant(900_000);

/** Batches with this many uses are examined in parts. */
const fewFlows = fc.constantFrom(1, 2, 16);

/** Where part of a chain is dated in the future, a verdict stands at most until that has occurred. */
async function verdictsOf(views: Views): Promise<Map<string, unknown>> {
  return withoutTime(await stored(views));
}

/** A batch whose making is dated in the future has no claims. */
function withoutTime(rows: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map(
    [...rows].flatMap(([key, row]) => {
      const { verdict, claims } = row as { verdict: string; claims: unknown[] };
      return claims.length === 0 ? [] : [[key, { verdict, claims }]];
    }),
  );
}

/** Whether a verdict has expired, or a batch is still to be judged. */
async function isDue({ db }: Views, now: string): Promise<boolean> {
  const unjudged = await db.selectFrom('unjudged').select('batch_id').limit(1).execute();
  const expired = await db
    .selectFrom('verdicts')
    .select('batch_id')
    .where('stands_until', '<=', now)
    .limit(1)
    .execute();
  return unjudged.length + expired.length > 0;
}

describe('The verdicts of all batches', () => {
  it('are those of the evaluator over the whole log, however the work was cut and as time went by', async () => {
    const piece = fc.record({
      until: fc.double({ min: 0, max: 1, noNaN: true }),
      eventsPerTransaction: fc.constantFrom(1, 7, 500),
      /** The moment as of which batches are judged: before some of the events and attestations, or after all of them. */
      minute: fc.oneof({ weight: 1, arbitrary: fc.integer({ min: 0, max: 300 }) }, { weight: 4, arbitrary: LATE }),
    });
    const cases = fc.record({
      seed: fc.integer(),
      steps: fc.integer({ min: 20, max: LONG ? 200 : 70 }),
      fewFlows,
      pieces: fc.array(piece, { minLength: 1, maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, steps, pieces, fewFlows: few }) => {
        const events = withStanding(randomLedger(seed, steps), randomNumbers(seed));
        const store = new MemoryEventStore();
        const log = new EventLog(store);
        let toldSoFar = 0;
        const tellUntil = async (count: number): Promise<void> => {
          for (const event of events.slice(toldSoFar, count)) await log.tellGenerated(event);
          toldSoFar = Math.max(toldSoFar, count);
        };
        const minutes = pieces.map(({ minute }) => minute).sort((a, b) => a - b);
        await withViews(async (views) => {
          for (const [index, { until, eventsPerTransaction }] of pieces.entries()) {
            const now = timeOf(minutes[index]!);
            const tell = (): Promise<void> => tellUntil(Math.floor(events.length * until));
            await judged(store, views, tell, { eventsPerTransaction, now: () => now, fewFlows: few });
            expect(await verdictsOf(views)).toEqual(withoutTime(expected(await graphEventsOf(store.readAll()), now)));
          }
          await judged(store, views, () => tellUntil(events.length));
          const whole = expected(await graphEventsOf(store.readAll()), NOW);
          expect(await stored(views)).toEqual(whole);
          const overview = await new VerdictQueries(views).overview(EVERYTHING, 'oecd-due-diligence@1');
          expect(Object.values(overview.verdicts).reduce((sum, n) => sum + n, 0)).toBe(whole.size / programmes.length);
        });
      }),
      runs(3, 60),
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
      const lines = (await new VerdictQueries(views).overview(EVERYTHING, 'eu-battery-2023-1542@1')).claims;
      const asked = lines.filter(({ claim }) => claim === 'documented').map((line) => line.document);
      expect(asked.toSorted()).toEqual(DOCUMENT_KINDS.toSorted());

      now = '2036-09-01T00:00:00.000Z';
      await log.tell({ stream: 'concern-c1', type: 'ConcernClosed', data: { outcome: 'moot' }, occurredAt: now });
      expect(await verdicts.waitFor((await store.head()) ?? 0n, 10_000)).toBe(true);
      // Nothing reports when a change by time alone has been judged, so the test polls.
      while (await isDue(views, now)) await delay(10);
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

  it('of one organisation, of which something is recorded, do not wait until all batches are judged', async () => {
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
      await projector.waitFor((await store.head())!, 10_000);
      const data = { batchId: 'ore', labelId: 'l', standard: 'gs1-128', carrier: 'barcode', value: '01' };
      await log.tell({ stream: 'site-pit', type: 'BatchLabelled', data });
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

  it('are found once for each batch where all are judged, whosever site made it', async () => {
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    for (const told of TOLD) await log.tell(told);
    await withViews(async (views) => {
      const projector = new Projector({ store, views });
      await projector.start();
      let found = 0;
      const count = (batches: number): void => void (found += batches);
      const verdicts = new VerdictProjector({ views, projector, programmes, now: () => NOW, judged: count });
      verdicts.start();
      expect(await verdicts.waitFor((await store.head())!, 20_000)).toBe(true);
      await verdicts.stop();
      await projector.stop();
      const batches = await views.db.selectFrom('batches').select('maker_site_id').execute();
      expect(new Set(batches.map((row) => row.maker_site_id)).size).toBeGreaterThan(1);
      expect(found).toBe(batches.length);
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
      // What is downstream of the batch is not known yet, so judging has come no further than before.
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
