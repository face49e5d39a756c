import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStoreReadOnly } from '#event-store';
import { openViews, Projector } from '#read-model';
import { asked, say } from '../harness/program.js';

/** Longest wait for the last event, in milliseconds. */
const PATIENCE_MS = 3_600_000;

/** Rebuilds the read tables of a log from zero, as a server does: a thread copies the write-ahead log, a process makes indexes. */
const spec = asked<{ folder: string; viewsFolder: string }>();
const store = openSqliteEventStoreReadOnly(join(spec.folder, LEDGER_FILE));
const views = await openViews('sqlite:', { dataFolder: spec.viewsFolder, records: store.records, copied: 'thread' });
const failures: unknown[] = [];
const projector = new Projector({ store, views, onError: (error) => failures.push(error) });
const began = performance.now();
await projector.start();
const complete = await projector.waitFor((await store.head())!, PATIENCE_MS);
const seconds = (performance.now() - began) / 1000;
const events = projector.logSize;
await projector.stop();
await views.close();
await store.close();
if (!complete || failures.length > 0) throw new Error(`the projection did not come through: ${String(failures[0])}`);
say({ value: events / seconds, work: `${events} events` });
