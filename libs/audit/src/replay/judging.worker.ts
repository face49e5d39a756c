import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteEventStoreReadOnly } from '#event-store';
import { ProgrammeLibrary } from '#programmes';
import { foldUnverified } from './folded-log.js';
import { type FromHelper, type HelperOrder, type ToHelper } from './judging-helper.js';
import { JudgedVerdicts } from './judging.js';
import { pagesOf } from './merged-digest.js';
import { recordsUpTo } from './replay-source.js';
import { HELPER, SharedWork } from './shared-work.js';

const port = parentPort!;
const post = (message: FromHelper): void => port.postMessage(message);
const { log, request, programmes: known, work: memory } = workerData as HelperOrder;
const work = new SharedWork(memory);
const store = openSqliteEventStoreReadOnly(log.path);

const source = { records: () => recordsUpTo(store, log.head) };
const folded = await foldUnverified(source, { ...request, library: new ProgrammeLibrary(known) });
await store.close();
const { fold, programmes } = folded;
const { validAt } = folded.log;
const judged = new JudgedVerdicts(programmes);
if (fold !== undefined && validAt !== undefined) {
  for (const verdict of fold.verdicts(programmes, validAt, (chunk) => work.take(chunk, HELPER))) judged.take(verdict);
}
fold?.close();
const { digest } = judged;
const { batches, lists, isInUnits } = digest;
const pages = pagesOf(digest);
port.on('message', (message: ToHelper) => {
  if (message === 'page') post({ kind: 'page', page: pages.next().value });
});
post({ kind: 'judged', batches, counts: judged.counts(), lists, isInUnits });
