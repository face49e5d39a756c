import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EVERYTHING } from '#access';
import { MemoryEventStore } from '#event-store';
import { PROJECTION_VERSION } from './schema.js';
import { AccountSnapshots } from '../queries/account-snapshots.js';
import { RegistryQueries } from '../queries/registry-queries.js';
import { EventLog } from '../testing/event-log.js';
import { inFolder, projectAll } from '../testing/views-folder.js';
import { connect } from './sqlite-file.js';
import { openViews, VIEWS_FILE } from './views.js';

async function storeWithSites(count: number): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  const log = new EventLog(store);
  for (let index = 0; index < count; index++) {
    const siteId = `s${index}`;
    await log.tell({
      stream: `site-${siteId}`,
      type: 'SiteOpened',
      data: { siteId, organisationId: 'acme', name: siteId, country: 'JP', activities: ['mining'] },
    });
  }
  return store;
}

const sitesOf = async (views: Awaited<ReturnType<typeof openViews>>): Promise<number> =>
  (await new RegistryQueries(views).sites(EVERYTHING, {})).items.length;

describe('The views database', () => {
  const damages: [string, (file: string) => void][] = [
    ['is not a database', (file) => writeFileSync(file, 'nothing of the kind\n'.repeat(900))],
    ['is empty', (file) => writeFileSync(file, '')],
    ['was cut in the middle', (file) => truncateSync(file, 4096 * 7)],
    ['was overwritten in the middle', (file) => overwriteMiddle(file)],
    [
      'has another layout',
      (file) => {
        const database = new Database(file);
        database.pragma('user_version = 77');
        database.close();
      },
    ],
    ['was found damaged while in use', (file) => writeFileSync(`${file}.damaged`, 'database disk image is malformed')],
  ];
  it.each(damages)('is made anew from the log when it %s', async (_, damage) => {
    await inFolder(async (dataFolder) => {
      const store = await storeWithSites(60);
      const before = await openViews('sqlite:', { dataFolder, records: undefined });
      await projectAll({ store, views: before });
      await before.close();
      const file = join(dataFolder, VIEWS_FILE);
      damage(file);
      const warnings: object[] = [];
      const views = await openViews('sqlite:', {
        dataFolder,
        records: undefined,
        say: (_level, _message, details) => warnings.push(details),
      });
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatchObject({ file });
      expect(await sitesOf(views)).toBe(0);
      await projectAll({ store, views });
      expect(await sitesOf(views)).toBe(60);
      await views.close();
      expect(existsSync(`${file}.damaged`)).toBe(false);
    });
  });

  it('is kept when nothing is wrong with it', async () => {
    await inFolder(async (dataFolder) => {
      const store = await storeWithSites(3);
      const before = await openViews('sqlite:', { dataFolder, records: undefined });
      await projectAll({ store, views: before });
      await before.close();
      const warnings: string[] = [];
      const views = await openViews('sqlite:', {
        dataFolder,
        records: undefined,
        say: (_level, message) => warnings.push(message),
      });
      expect(await sitesOf(views)).toBe(3);
      expect(warnings).toEqual([]);
      await views.close();
    });
  });

  it('marks damage that is met in use, for the next start', async () => {
    await inFolder(async (dataFolder) => {
      const views = await openViews('sqlite:', { dataFolder, records: undefined });
      await projectAll({ store: await storeWithSites(60), views });
      await views.close();
      const file = join(dataFolder, VIEWS_FILE);
      const connection = connect(file);
      overwriteMiddle(file);
      expect(() => connection.prepare(`select * from events_v${PROJECTION_VERSION}`).all([])).toThrow(/malformed/);
      connection.close();
      expect(existsSync(`${file}.damaged`)).toBe(true);
    });
  });

  it('refuses what it does not know and what cannot be written', async () => {
    await inFolder(async (folder) => {
      await expect(openViews('mysql://there', { dataFolder: folder, records: undefined })).rejects.toMatchObject({
        code: 'views-url-unsupported',
      });
      writeFileSync(join(folder, 'file'), '');
      await expect(
        openViews('sqlite:', { dataFolder: join(folder, 'file', 'data'), records: undefined }),
      ).rejects.toMatchObject({
        code: 'views-unavailable',
      });
      await mkdir(join(folder, 'here', VIEWS_FILE), { recursive: true });
      await expect(
        openViews('sqlite:', { dataFolder: join(folder, 'here'), records: undefined }),
      ).rejects.toMatchObject({
        code: 'views-unavailable',
      });
    });
  });

  it('fills the tables of a new version beside the old, which go once nobody can read them', async () => {
    await inFolder(async (dataFolder) => {
      const store = await storeWithSites(4);
      const old = await openViews('sqlite:', { dataFolder, records: undefined, version: PROJECTION_VERSION });
      await projectAll({ store, views: old });

      const fresh = await openViews('sqlite:', { dataFolder, records: undefined, version: PROJECTION_VERSION + 1 });
      expect(await sitesOf(fresh)).toBe(0);
      expect(await sitesOf(old)).toBe(4);
      await projectAll({ store, views: fresh });
      expect(await sitesOf(fresh)).toBe(4);
      expect(await sitesOf(old)).toBe(4);
      await old.close();
      await fresh.close();
      expect(tablesOf(dataFolder)).toEqual(
        expect.arrayContaining([`sites_v${PROJECTION_VERSION}`, `sites_v${PROJECTION_VERSION + 1}`]),
      );

      const later = await openViews('sqlite:', { dataFolder, records: undefined, version: PROJECTION_VERSION + 1 });
      expect(await sitesOf(later)).toBe(4);
      await later.close();
      expect(tablesOf(dataFolder).filter((name) => name.endsWith(`_v${PROJECTION_VERSION}`))).toEqual([]);
    });
  });
});

describe('Account snapshots', () => {
  it('keep the newest of one version of the fold, and are dropped with a log', async () => {
    await inFolder(async (dataFolder) => {
      const views = await openViews('sqlite:', { dataFolder, records: undefined });
      const snapshots = new AccountSnapshots(views);
      expect(await snapshots.load('s1', 1)).toBeUndefined();
      await snapshots.save('s1', 41n, 1, '{"a":1}');
      await snapshots.save('s1', 9_007_199_254_740_993n, 1, '{"a":2}');
      expect(await snapshots.load('s1', 1)).toEqual({ revision: 9_007_199_254_740_993n, state: '{"a":2}' });
      expect(await snapshots.load('s1', 2)).toBeUndefined();
      await views.reset();
      expect(await snapshots.load('s1', 1)).toBeUndefined();
      await snapshots.save('s1', 1n, 1, '{}');
      await snapshots.dropAll();
      expect(await snapshots.load('s1', 1)).toBeUndefined();
      await views.close();
    });
  });
});

function overwriteMiddle(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 4096 * 2, bytes.length - 4096);
  writeFileSync(file, bytes);
}

function tablesOf(dataFolder: string): string[] {
  const database = new Database(join(dataFolder, VIEWS_FILE), { readonly: true });
  const rows = database.prepare<[], { name: string }>(`select name from sqlite_master where type = 'table'`).all();
  database.close();
  return rows.map((row) => row.name);
}
