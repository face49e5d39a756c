import Database from 'better-sqlite3';
import { join } from 'node:path';
import { VIEWS_FILE } from '#read-model';
import { asked, say } from '../harness/program.js';

/** Rows of one transaction: about as many as in a transaction of the projector. */
const ROWS_PER_TRANSACTION = 2_500;

/**
 * Inserts the rows that a projection has left, as plain rows, into tables of the same definition, including indexes.
 * Reading them is not timed.
 */
const spec = asked<{ viewsFolder: string; folder: string; events: number }>();
const made = new Database(join(spec.viewsFolder, VIEWS_FILE), { readonly: true });
const raw = new Database(join(spec.folder, VIEWS_FILE));
raw.pragma('journal_mode = WAL');
raw.pragma('synchronous = NORMAL');
raw.pragma('cache_size = -65536');
const tables = made
  .prepare<[], { name: string; type: string }>("SELECT name, type FROM pragma_table_list WHERE schema = 'main'")
  .all();
const shadows = new Set(tables.filter(({ type }) => type === 'shadow').map(({ name }) => name));
const schema = made
  .prepare<[], { name: string; type: string; sql: string }>(
    "SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
  )
  .all()
  .filter(({ name }) => !shadows.has(name));
for (const { sql } of schema) raw.exec(sql);

let seconds = 0;
let rows = 0;
for (const { name } of schema.filter(({ type }) => type === 'table')) {
  const all = made.prepare<[], unknown[]>(rowsOf(name)).raw();
  const columns = all.columns().map((column) => column.name);
  const values = columns.map(() => '?').join(', ');
  const insert = raw.prepare(`INSERT INTO "${name}" (${columns.join(', ')}) VALUES (${values})`);
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

/** The index of texts keeps no copy of them: what it is mostly of stands for them, ids and materials. */
function rowsOf(table: string): string {
  if (!tables.some(({ name, type }) => name === table && type === 'virtual')) return `SELECT * FROM "${table}"`;
  const of = (name: string): string => `"${table.replace('search_texts', name)}"`;
  return `SELECT entry AS rowid, kind || id || char(10) || coalesce(material, '') AS text
    FROM ${of('search_entries')} LEFT JOIN ${of('batches')} ON kind = 'batch' AND batch_id = id ORDER BY entry`;
}
