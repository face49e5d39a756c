import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { EVERYTHING } from '#access';
import { MemoryEventStore } from '#event-store';
import { EventLog, type Told } from '../testing/event-log.js';
import { TOLD } from '../testing/ore-to-cathode.js';
import { projectAll } from '../testing/views-folder.js';
import { matching } from '../views/trigrams.js';
import { openViews, VIEWS_FILE, type Views } from '../views/views.js';
import { entriesQuery, SearchQueries, type SearchRequest } from './search-queries.js';

/** More entries than a search looks at together, none of which has the text that they match by its runs of three. */
const MANY = 1_200;
const MORE: Told[] = Array.from({ length: MANY }, (_, index) => ({
  stream: 'site-mine',
  type: 'BatchRegistered',
  data: {
    batchId: index === 7 ? 'lot-abcde' : `lot-${index}-abc-bcd-cde`,
    material: 'polymetallic-ore',
    grossGrams: 1_000,
    contentGrams: { lithium: 100 },
    origin: { kind: 'extracted' },
  },
}));

describe('a search of the tables', () => {
  let folder: string;
  let views: Views;
  const find = async (text: string, request: Partial<SearchRequest> = {}): Promise<unknown> => {
    const asked = { text, kinds: ['organisation', 'site', 'batch'] as const, limit: 10, ...request };
    const { items, more } = await new SearchQueries(views).search(EVERYTHING, asked);
    return [items.map(({ kind, id, matched }) => `${kind} ${id}: ${matched.field} ${matched.text}`), more];
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lodebook-views-'));
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    for (const told of [...TOLD, ...MORE]) await log.tell(told);
    views = await openViews('sqlite:', { dataFolder: folder, records: undefined });
    await projectAll({ store, views });
  });
  afterAll(async () => {
    await views.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('finds by part of an id, a name or a material, in any case, and the id itself first', async () => {
    expect(await find('ACM')).toEqual([['organisation acme: id acme'], false]);
    expect(await find('lan')).toEqual([['site plant: id plant'], false]);
    const [ores, more] = (await find('ore', { kinds: ['batch'], limit: 3 })) as [string[], boolean];
    expect([ores[0], ores[1], ores.length, more]).toEqual([
      'batch ore: id ore',
      'batch lot-1199-abc-bcd-cde: material polymetallic-ore',
      3,
      true,
    ]);
    expect(await find('lot-7-')).toEqual([[], false]);
    expect(await find('lot-71')).toEqual([
      [719, 718, 717, 716, 715, 714, 713, 712, 711, 710].map(
        (n) => `batch lot-${n}-abc-bcd-cde: id lot-${n}-abc-bcd-cde`,
      ),
      true,
    ]);
    expect(await find('nothing of it')).toEqual([[], false]);
  });

  it('takes signs of the index’s own language as what they are', async () => {
    for (const text of ['" OR "lot', 'lot-1 NOT ore', 'lot*', '^lot', '{text}: lot', `lot' --`]) {
      expect([text, await find(text)]).toEqual([text, [[], false]]);
    }
  });

  it('goes on past all that has the runs of three signs and not the text', async () => {
    expect(await find('abcde')).toEqual([['batch lot-abcde: id lot-abcde'], false]);
  });

  it('asks the index, and no table but by its key', () => {
    const { sql } = entriesQuery(views.db).compile();
    const database = new Database(join(folder, VIEWS_FILE), { readonly: true });
    try {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(matching('batch', 'lot-71'), 1e15, 10) as {
        detail: string;
      }[];
      expect(plan.map(({ detail }) => detail)).toEqual([
        expect.stringMatching(/^SCAN search_texts_v\d+ VIRTUAL TABLE INDEX \d+:M1<$/),
        expect.stringMatching(/^SEARCH search_entries_v\d+ USING INTEGER PRIMARY KEY \(rowid=\?\)$/),
      ]);
    } finally {
      database.close();
    }
  });
});
