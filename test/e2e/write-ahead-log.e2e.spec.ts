import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openViews } from '#read-model';
import { temporaryFolder } from '../harness/cli.js';

const PROGRAM = fileURLToPath(new URL('../harness/written-views.mjs', import.meta.url));
const ROUNDS = 200;
const BYTES = 1024 * 1024;
/** The log is copied back at 32 MB; one transaction may add to that. */
const LARGEST = 40 * 1024 * 1024;
/** A busy machine takes minutes. */
const HANGS_MS = 300_000;

let dataFolder: string;
beforeEach(async () => {
  dataFolder = await temporaryFolder();
});
afterEach(() => rm(dataFolder, { recursive: true, force: true }));

it(
  'copies the write-ahead log of the read tables back in a thread, so that it stays short and nothing is lost',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      PROGRAM,
      dataFolder,
      String(ROUNDS),
      String(BYTES),
    ]);
    const { largest, snapshots } = JSON.parse(stdout) as { largest: number; snapshots: number };
    expect(snapshots).toBe(ROUNDS);
    expect(largest).toBeGreaterThan(LARGEST / 2);
    expect(largest).toBeLessThan(LARGEST);
    const views = await openViews('sqlite:', { dataFolder, records: undefined });
    const rows = await views.db.selectFrom('account_snapshots').select(['site_id', 'state']).execute();
    await views.close();
    expect(rows).toHaveLength(ROUNDS);
    for (const { site_id: id, state } of rows) {
      const digit = String(Number(id.slice('site-'.length)) % 10);
      expect(state === JSON.stringify(digit.repeat(BYTES))).toBe(true);
    }
  },
  HANGS_MS,
);
