import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { MemoryEventStore } from '#event-store';
import { EventLog } from '../testing/event-log.js';
import { contentsOf, projectAll, withViews } from '../testing/views-folder.js';
import { Projector } from './projector.js';

const SITES = 2_000;

describe('Read tables that are filled from a log', () => {
  let store: MemoryEventStore;
  beforeEach(async () => {
    store = new MemoryEventStore();
    const log = new EventLog(store);
    for (let site = 0; site < SITES; site++) {
      const data = { siteId: `s${site}`, organisationId: 'acme', name: 'S', country: 'JP', activities: ['mining'] };
      await log.tell({ stream: `site-s${site}`, type: 'SiteOpened', data });
    }
  });
  afterEach(() => store.close());

  it('say how far they are, of the log as it is, and when they are filled', async () => {
    await withViews(async (views) => {
      const all: [string, Record<string, number>][] = [];
      const say = (level: string, message: string, about: object): void => {
        expect(level).toBe('info');
        all.push([message, about as Record<string, number>]);
      };
      await projectAll({ store, views, say, toldEveryMs: 0, eventsPerTransaction: 500 });
      const ofIndexes = 'indexes of the filled read tables are being made';
      const indexed = all.splice(4, all.length - 5);
      expect(new Set(indexed.map(([message]) => message))).toEqual(new Set([ofIndexes]));
      for (const [, { made, of }] of indexed) expect(made).toBeLessThan(of!);
      const told = all;
      expect(told.map(([message]) => message)).toEqual([
        ...Array<string>(4).fill('read tables are being filled from the log'),
        'read tables are filled; verdicts follow',
      ]);
      // Positions start at 0: the last event is at the head.
      expect(told.map(([, { events, share }]) => [events, share])).toEqual([
        [500, 0.24],
        [1_000, 0.49],
        [1_500, 0.74],
        [2_000, 1],
        [2_000, undefined],
      ]);
      for (const [, { eventsPerSecond = 1 }] of told) expect(eventsPerSecond).toBeGreaterThan(0);
    });
  });

  it('are left in the middle of a transaction by a stop, and are the same in the end', async () => {
    await withViews(async (views) => {
      const stopped = new Projector({ store, views });
      await stopped.start();
      await delay(30);
      await stopped.stop();
      expect(stopped.logSize).toBe(0);
      await projectAll({ store, views });
      await withViews(async (whole) => {
        await projectAll({ store, views: whole, eventsPerTransaction: 300 });
        expect(await contentsOf(views)).toEqual(await contentsOf(whole));
      });
    });
  });

  it('are kept in transactions of their own once they are filled', async () => {
    await withViews(async (views) => {
      const sizes: number[] = [];
      const projector = new Projector({
        store,
        views,
        observe: { projected: (events) => sizes.push(events) },
      });
      await projector.start();
      expect(await projector.waitFor((await store.head())!, 60_000)).toBe(true);
      expect(sizes).toEqual([SITES]);
      const log = new EventLog(store);
      let last = 0n;
      for (let organisation = 0; organisation < 1_200; organisation++) {
        const organisationId = `o${organisation}`;
        const data = { organisationId, name: 'O', country: 'JP', roles: ['miner'], visibility: 'open' };
        last = await log.tell({
          stream: `organisation-${organisationId}`,
          type: 'OrganisationRegistered',
          data,
          id: `00000000-0000-4000-8000-${String(organisation).padStart(12, '0')}`,
        });
      }
      expect(await projector.waitFor(last, 60_000)).toBe(true);
      await projector.stop();
      expect(Math.max(...sizes.slice(1))).toBeLessThanOrEqual(500);
    });
  });
});
