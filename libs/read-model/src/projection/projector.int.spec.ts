import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { LedgerQueries } from '../queries/ledger-queries.js';
import { EventLog, opening } from '../testing/event-log.js';
import { dyingAfter } from '../testing/failing-views.js';
import { contentsOf, inFolder, projectAll, withViews } from '../testing/views-folder.js';
import { openViews } from '../views/views.js';
import { EVENTS_PER_TRANSACTION, Projector } from './projector.js';
import { LONG } from '../../../../test/properties/runs.js';

describe('The projector', () => {
  let store: MemoryEventStore;
  let log: EventLog;
  beforeEach(() => {
    store = new MemoryEventStore();
    log = new EventLog(store);
  });
  afterEach(() => store.close());

  it('loses and doubles nothing when it dies after any statement', async () => {
    for (const event of randomLedger(11, 30)) await log.tellGenerated(event);
    await withViews(async (expected) => {
      await projectAll({ store, views: expected, eventsPerTransaction: 8 });
      const whole = await contentsOf(expected);
      let died = true;
      for (let statements = 0; died; statements += LONG ? 1 : 1 + Math.floor(statements / 3)) {
        await withViews(async (views) => {
          const dying = dyingAfter(views, statements);
          // It dies either at the start, which is then tried again, or later, and tries again by itself.
          const options = { store, views: dying, eventsPerTransaction: 8 };
          await projectAll(options).catch(() => projectAll(options));
          died = dying.died();
          expect(await contentsOf(views)).toEqual(whole);
        });
      }
    });
  });

  it.each([1, 2, 3, 4])('has caught up when the log ends within, or with, a transaction of %s', async (size) => {
    for (const siteId of ['s1', 's2', 's3', 's4']) await log.tell(opening(siteId));
    await withViews(async (views) => {
      const projector = new Projector({ store, views, eventsPerTransaction: size });
      await projector.start();
      const states = views.db.selectFrom('projections').select('state');
      let state: string | undefined;
      for (let tries = 0; tries < 200 && state !== 'current'; tries++) {
        ({ state } = await states.executeTakeFirstOrThrow());
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await projector.stop();
      expect([state, projector.logSize]).toEqual(['current', 4]);
    });
  });

  it('says what failed, and is not running while it fails', async () => {
    await log.tell(opening('s1'));
    await withViews(async (views) => {
      const told: [string, number, boolean][] = [];
      const projector: Projector = new Projector({
        store,
        views: dyingAfter(views, 4),
        onError: (error, attempt) => told.push([(error as Error).message, attempt, projector.running]),
      });
      expect(projector.running).toBe(false);
      await projector.start();
      expect(await projector.waitFor(0n, 5_000)).toBe(true);
      expect(told).toEqual([['died here', 1, false]]);
      expect(projector.running).toBe(true);
      await projector.stop();
      expect(projector.running).toBe(false);
    });
  });

  it('follows what is appended while it runs, and lets others wait for it', async () => {
    await withViews(async (views) => {
      const projected: number[] = [];
      const projector = new Projector({
        store,
        views,
        observe: {
          projected: (events, seconds, logSize) =>
            projected.push(events, logSize) && expect(seconds).toBeGreaterThan(0),
        },
      });
      await projector.start();
      expect(projector.position).toBeUndefined();
      const position = await log.tell(opening('s1'));
      expect(await projector.eventsBehind()).toBe(1);
      expect(await projector.waitFor(position, 5_000)).toBe(true);
      expect(projector.position).toBe(position);
      expect(projector.logSize).toBe(1);
      expect(projected).toEqual([1, 1]);
      expect(await projector.eventsBehind()).toBe(0);
      expect(await projector.waitFor(position + 1n, 20)).toBe(true); // nothing lies up to there
      await projector.stop();
      const later = await log.tell(opening('s2'));
      expect(await projector.waitFor(later, 20)).toBe(false);
    });
  });

  it('counts evidence only, and does not wait for what is none', async () => {
    await withViews(async (views) => {
      const projector = new Projector({ store, views });
      await projector.start();
      await log.tell({ stream: 'credential-k1', type: 'ApiKeyIssued', data: {} });
      await log.tell(opening('s1'));
      const position = await log.tell({ stream: 'credential-k2', type: 'ApiKeyIssued', data: {} });
      expect(await projector.waitFor(position - 1n, 5_000)).toBe(true);
      expect(await projector.waitFor(position, 5_000)).toBe(true);
      expect(projector.position).toBe(position - 1n);
      expect(await new LedgerQueries(views).ledgerSize()).toBe(1);
      await projector.stop();
    });
  });

  it('lets nobody wait for what is none behind evidence that was still to come', async () => {
    await withViews(async (views) => {
      // More than are projected at once when the tables are filled already.
      for (let site = 0; site < EVENTS_PER_TRANSACTION + 100; site++) await log.tell(opening(`s${site}`));
      const last = await log.tell({ stream: 'credential-k1', type: 'ApiKeyIssued', data: {} });
      const projector = new Projector({ store, views });
      await projector.start();
      expect(projector.logSize).toBe(0);
      expect(await projector.waitFor(last, 30_000)).toBe(true);
      expect(projector.logSize).toBe(EVENTS_PER_TRANSACTION + 100);
      await projector.stop();
    });
  });

  it('writes more together when it is behind and no request waits for the tables', async () => {
    const many = 3 * EVENTS_PER_TRANSACTION;
    const groups = async (isAwaited: boolean): Promise<number[]> =>
      withViews(async (views) => {
        const sizes: number[] = [];
        const observe = { projected: (events: number) => void sizes.push(events) };
        await projectAll({ store, views });
        let last = 0n;
        for (let site = 0; site < many; site++) last = await log.tell(opening(`${isAwaited}-${site}`));
        const projector = new Projector({ store, views, observe });
        const waited = isAwaited ? projector.waitFor(last, 30_000) : true;
        await delay(10); // it waits
        await projector.start();
        expect(await waited).toBe(true);
        while (projector.position !== last) await delay(10);
        await projector.stop();
        return sizes;
      });
    await log.tell(opening('first'));
    expect(await groups(false)).toEqual([many]);
    expect(await groups(true)).toEqual([EVENTS_PER_TRANSACTION, EVENTS_PER_TRANSACTION, EVENTS_PER_TRANSACTION]);
  });

  it('makes the tables anew when the log is not the one they came from', async () => {
    await inFolder(async (dataFolder) => {
      const views = await openViews('sqlite:', { dataFolder, records: undefined });
      await log.tell(opening('s1'));
      await log.tell(opening('s2'));
      await projectAll({ store, views });
      const other = new MemoryEventStore();
      await new EventLog(other).tell(opening('s9'));
      const warnings: string[] = [];
      await projectAll({ store: other, views, say: (_level, message) => warnings.push(message) });
      expect((await contentsOf(views))['sites']).toHaveLength(1);
      expect(warnings).toHaveLength(1);
      await projectAll({ store: other, views, say: (_level, message) => warnings.push(message) });
      expect(warnings).toHaveLength(1);
      await views.close();
    });
  });

  it('leaves the tables to another projector that has moved them on', async () => {
    await withViews(async (views) => {
      const projectors = [new Projector({ store, views }), new Projector({ store, views })];
      for (const projector of projectors) await projector.start();
      const ids = Array.from({ length: 40 }, (_, index) => `s${index}`);
      let last = 0n;
      for (const id of ids) last = await log.tell(opening(id));
      for (const projector of projectors) expect(await projector.waitFor(last, 10_000)).toBe(true);
      for (const projector of projectors) await projector.stop();
      const contents = await contentsOf(views);
      expect(contents['sites']).toHaveLength(40);
      expect(contents['events']).toHaveLength(40);
    });
  });
});
