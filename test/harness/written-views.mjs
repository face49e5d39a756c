// In a process of its own, from the build: writes far more than the write-ahead log may hold, while another connection is
// open, and prints the largest size of that log and the number of rows.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { joinViews, openViews, SnapshotKeeper, VIEWS_FILE } from '#read-model';

const [dataFolder, rounds, bytes] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const opened = await openViews('sqlite:', { dataFolder });
const views = joinViews({ dataFolder, copied: 'thread' });
const keeper = new SnapshotKeeper(views);
let largest = 0;
for (let round = 0; round < rounds; round++) {
  const state = JSON.stringify(String(round % 10).repeat(bytes));
  await keeper.keep({ siteId: `site-${round}`, revision: 1n, version: 1, state });
  largest = Math.max(largest, statSync(`${join(dataFolder, VIEWS_FILE)}-wal`).size);
}
const { length } = await opened.db.selectFrom('account_snapshots').select('site_id').execute();
await views.close();
await opened.close();
process.stdout.write(JSON.stringify({ largest, snapshots: length }));
