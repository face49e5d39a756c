import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStoreReadOnly } from '#event-store';
import { replay, REPLAY_THREADS, storeSource } from '#audit';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { asked, say } from '../harness/program.js';

/** Log → hash → fold → every batch judged by one programme. */
const spec = asked<{ folder: string; programme: string; threads?: 1 | 2 }>();
const store = openSqliteEventStoreReadOnly(join(spec.folder, LEDGER_FILE));
const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
const began = performance.now();
const source = await storeSource(store, undefined, undefined);
const threads = spec.threads ?? REPLAY_THREADS;
const report = await replay(source, { library, programme: spec.programme, now: new Date().toISOString(), threads });
const seconds = (performance.now() - began) / 1000;
await store.close();
say({
  value: report.events / seconds,
  work: `${report.events} events`,
  digest: report.digest,
  batches: report.batches,
  peakMebibytes: process.resourceUsage().maxRSS / 1024,
});
