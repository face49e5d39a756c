import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MemoryEventStore } from '#event-store';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { EventLog, eventId, opening } from '../testing/event-log.js';
import { dyingAfter } from '../testing/failing-views.js';
import { contentsOf, projectAll, withViews } from '../testing/views-folder.js';
import { makeIndexes } from '../views/late-indexes.js';
import { type Views } from '../views/views.js';
import { Projector } from './projector.js';

const never = new AbortController().signal;

/** The tables and indexes of a database, each with its definition. */
async function schemaOf({ db }: Views): Promise<string[]> {
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_schema where sql is not null order by name`.execute(db);
  return rows.map((row) => row.sql);
}

async function indexesOf({ db }: Views): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_schema where type = 'index' and sql is not null`.execute(db);
  return rows.map((row) => row.name);
}

async function stateOf({ db }: Views): Promise<string> {
  return (await db.selectFrom('projections').select('state').executeTakeFirstOrThrow()).state;
}

describe('Indexes that are made once the tables are filled', () => {
  let store: MemoryEventStore;
  let log: EventLog;
  beforeEach(() => {
    store = new MemoryEventStore();
    log = new EventLog(store);
  });
  afterEach(() => store.close());

  it.each([3, 17, 29])('leave the same database as following event by event (ledger %s)', async (seed) => {
    await withViews(async (followed) => {
      const projector = new Projector({ store, views: followed, eventsPerTransaction: 1 });
      await projector.start();
      expect(projector.isFilled).toBe(true);
      for (const event of randomLedger(seed, 60)) await log.tellGenerated(event);
      expect(await projector.waitFor((await store.head())!, 60_000)).toBe(true);
      await projector.stop();
      await withViews(async (filled) => {
        await projectAll({ store, views: filled });
        expect(await contentsOf(filled)).toEqual(await contentsOf(followed));
        expect(await schemaOf(filled)).toEqual(await schemaOf(followed));
      });
    });
  });

  it('are not there while the tables are filled, and those for corrections from the first correction on', async () => {
    for (const siteId of ['s1', 's2', 's3', 's4']) await log.tell(opening(siteId));
    const correction = { eventId: eventId('e1'), reason: 'its name', replacement: opening('s1').data };
    await log.tell({ stream: 'site-s1', type: 'RecordCorrected', data: correction });
    for (const siteId of ['s5', 's6']) await log.tell(opening(siteId));
    await withViews(async (views) => {
      const atFirst = (await indexesOf(views)).length;
      const forCorrections: boolean[] = [];
      const observe = {
        projected: () => {
          void indexesOf(views).then((names) => forCorrections.push(names.length > atFirst));
        },
      };
      const indexed = async (): Promise<number> => (await indexesOf(views)).length;
      await projectAll({ store, views, observe, eventsPerTransaction: 2 });
      expect(forCorrections.slice(0, 3)).toEqual([false, false, true]);
      expect(await indexed()).toBeGreaterThan(atFirst + 10);
      expect(await stateOf(views)).toBe('current');
    });
  });

  it('are waited for by whoever waits for the tables, which are not filled without them', async () => {
    for (const siteId of ['s1', 's2', 's3']) await log.tell(opening(siteId));
    await withViews(async (views) => {
      const dying = dyingAfter(views, 25);
      const states: [number, boolean][] = [];
      const projector: Projector = new Projector({
        store,
        views: dying,
        onError: () => states.push([projector.logSize, projector.isFilled]),
      });
      await projector.start();
      expect(await projector.waitFor((await store.head())!, 10_000)).toBe(true);
      expect(states).toEqual([[3, false]]);
      expect(projector.isFilled).toBe(true);
      await projector.stop();
    });
  });

  it('go on where a stop between two of them left them', async () => {
    for (const siteId of ['s1', 's2', 's3']) await log.tell(opening(siteId));
    await withViews(async (whole) => {
      await projectAll({ store, views: whole });
      const all = await schemaOf(whole);
      for (let stopAfter = 1; stopAfter <= 4; stopAfter++) {
        await withViews(async (views) => {
          const atFirst = (await indexesOf(views)).length;
          const stop = new AbortController();
          const made = (count: number): void => (count === stopAfter ? stop.abort() : undefined);
          await expect(makeIndexes(views, 'queries', { signal: stop.signal, made })).rejects.toThrow();
          expect(await indexesOf(views)).toHaveLength(atFirst + stopAfter);
          await makeIndexes(views, 'queries', { signal: never });
          await projectAll({ store, views });
          expect(await schemaOf(views)).toEqual(all);
        });
      }
    });
  });
});
