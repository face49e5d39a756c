import Database from 'better-sqlite3';
import { join } from 'node:path';
import { LEDGER_FILE } from '#event-store';
import { PROJECTION_VERSION, VIEWS_FILE } from '#read-model';
import { asked, say } from '../harness/program.js';

/** Reads the chain of a batch and, from the log, the records of its events with one recursive statement: what any verdict needs. */
const spec = asked<{ folder: string; batchId: string; times: number; warmUpTimes: number }>();
const database = new Database(join(spec.folder, VIEWS_FILE), { readonly: true });
database.prepare('ATTACH ? AS log').run(join(spec.folder, LEDGER_FILE));
const table = (name: string): string => `${name}_v${PROJECTION_VERSION}`;
const chain = database.prepare<[string], { batch_id: string; record: string }>(`
  WITH RECURSIVE chain (batch_id) AS (
    SELECT ? UNION SELECT from_node FROM chain JOIN ${table('flow_edges')} ON to_node = batch_id WHERE known_until IS NULL
  )
  SELECT chain.batch_id, CAST(record AS TEXT) AS record FROM chain
  JOIN ${table('event_batches')} AS touched ON touched.batch_id = chain.batch_id
  JOIN ${table('events')} AS event ON event.log_index = touched.log_index
  JOIN log.events AS logged ON logged.position = CAST(event.position AS INTEGER)`);
const milliseconds: number[] = [];
let batches = 0;
for (let time = 0; time < spec.warmUpTimes + spec.times; time++) {
  const began = performance.now();
  const rows = chain.all(spec.batchId);
  if (time >= spec.warmUpTimes) milliseconds.push(performance.now() - began);
  batches = new Set(rows.map(({ batch_id }) => batch_id)).size;
}
database.close();
say({ milliseconds, batches });
