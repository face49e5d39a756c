import Database from 'better-sqlite3';
import { join } from 'node:path';
import { LEDGER_FILE } from '#event-store';
import { asked, say } from '../harness/program.js';

/** Reads and parses every record: the minimum for any replay. */
const spec = asked<{ folder: string }>();
const database = new Database(join(spec.folder, LEDGER_FILE), { readonly: true });
const records = database.prepare<[], Buffer>('SELECT record FROM events ORDER BY position').pluck();
const began = performance.now();
let events = 0;
for (const record of records.iterate()) {
  const { type } = JSON.parse(record.toString('utf8')) as { type: string };
  if (type !== '') events++;
}
const seconds = (performance.now() - began) / 1000;
database.close();
say({ value: events / seconds, work: `${events} events` });
