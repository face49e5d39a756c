import Database from 'better-sqlite3';
import { join } from 'node:path';
import { VIEWS_FILE } from '#read-model';
import { asked, say } from '../harness/program.js';

/** Rows of one transaction: about those of a transaction of the projector. */
const ROWS_PER_TRANSACTION = 2_500;

/**
 * Inserts the rows that a projection has left into tables of the same make, indexes too, as plain rows. Reading them is
 * not timed.
 */
const spec = asked<{ viewsFolder: string; folder: string; events: number }>();
const made = new Database(join(spec.viewsFolder, VIEWS_FILE), { readonly: true });
const raw = new Database(join(spec.folder, VIEWS_FILE));
raw.pragma('journal_mode = WAL');
raw.pragma('synchronous = NORMAL');
raw.pragma('cache_size = -65536');
const schema = made
  .prepare<[], { name: string; type: string; sql: string }>(
    "SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
  )
  .all();
for (const { sql } of schema) raw.exec(sql);

let seconds = 0;
let rows = 0;
for (const { name } of schema.filter(({ type }) => type === 'table')) {
  const all = made.prepare<[], unknown[]>(`SELECT * FROM "${name}"`).raw();
  const width = all.columns().length;
  const insert = raw.prepare(`INSERT INTO "${name}" VALUES (${Array.from({ length: width }, () => '?').join(', ')})`);
  const insertAll = raw.transaction((some: readonly unknown[][]) => {
    for (const row of some) insert.run(...row);
  });
  let some: unknown[][] = [];
  const flush = (): void => {
    const began = performance.now();
    insertAll(some);
    seconds += (performance.now() - began) / 1000;
    rows += some.length;
    some = [];
  };
  for (const row of all.iterate()) {
    some.push(row);
    if (some.length === ROWS_PER_TRANSACTION) flush();
  }
  flush();
}
made.close();
raw.close();
if (rows < spec.events) throw new Error(`${rows} rows of ${spec.events} events`);
say({ value: spec.events / seconds, work: `${spec.events} events` });
