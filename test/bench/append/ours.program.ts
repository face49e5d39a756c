import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStore, type EventStore } from '#event-store';
import { asked, say } from '../harness/program.js';
import { runWorkload, type Workload } from './workload.js';

const spec = asked<{ folder: string; warmUp: Workload; workload: Workload }>();
const store = openSqliteEventStore(join(spec.folder, LEDGER_FILE));
await runWorkload(spec.warmUp, 'warm-up', appendTo(store));
const before = await store.head();
const seconds = await runWorkload(spec.workload, 'measured', appendTo(store));
const events = Number((await store.head())! - before!);
await store.close();
say({ value: events / seconds, work: `${events} events` });

function appendTo(to: EventStore): Parameters<typeof runWorkload>[2] {
  return async (stream, events, after) => (await to.append(stream, events, after ?? 'no-stream')).revision;
}
