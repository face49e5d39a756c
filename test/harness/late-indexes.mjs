// In a process of its own, from the build: fills a table with rows, unless it has some, and makes the indexes that are for
// corrections. With `stop` it gives up after the first of them, with `whole` never. Says on standard output when an index is
// made, and at the end what it measured, milliseconds.
import { sql } from 'kysely';
import { joinViews, openViews } from '#read-model';
import { makeIndexes } from '../../dist/libs/read-model/src/views/late-indexes.js';

const ROWS = 200_000;
const LOOKED_MS = 5;

const [dataFolder, mode] = process.argv.slice(2);
const opened = await openViews('sqlite:', { dataFolder });
const views = joinViews({ dataFolder, copied: 'thread' });
const [some] = await views.db.selectFrom('events').select('log_index').limit(1).execute();
if (!some) {
  await sql`insert into ${sql.table('events')}
    with recursive n(i) as (select 0 union all select i + 1 from n where i < ${sql.lit(ROWS - 1)})
    select i, i, hex(randomblob(16)), hex(randomblob(20)), 'SiteOpened', hex(randomblob(12)), hex(randomblob(4)), '{}'
    from n`.execute(views.writer);
}
const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);
const stop = new AbortController();
let stoppedAt;
const made = (count, of) => {
  say({ made: count, of });
  if (mode !== 'stop' || stop.signal.aborted) return;
  stoppedAt = performance.now();
  stop.abort();
};
let turned = performance.now();
let longest = 0;
const look = setInterval(() => {
  const now = performance.now();
  longest = Math.max(longest, now - turned);
  turned = now;
}, LOOKED_MS);
const began = performance.now();
const outcome = await makeIndexes(views, 'corrections', { signal: stop.signal, made }).then(
  () => 'made',
  (error) => error.name,
);
const took = performance.now() - began;
const stopped = stoppedAt === undefined ? undefined : performance.now() - stoppedAt;
clearInterval(look);
// Nothing holds on to the database: it can be written at once.
await views.writer.deleteFrom('account_snapshots').execute();
await views.close();
await opened.close();
say({ outcome, took, longest, stopped });
