import { pino } from 'pino';
import { openLedger, readConfiguration } from '../../../apps/server/src/index.js';
import { asked, say } from '../harness/program.js';
import { PATIENCE_MS } from './open-ledger.js';

const MILLISECONDS = 1_000;

/**
 * Starts, as the server does, on a log from which nothing has been derived yet, and waits until all of it is judged.
 */
const spec = asked<{ folder: string }>();
const began = performance.now();
const log = pino({ level: 'silent' });
const ledger = await openLedger(readConfiguration({ LODEBOOK_DATA: spec.folder }), log, 'thread');
const complete = await ledger.verdicts.waitFor((await ledger.store.head())!, PATIENCE_MS);
const seconds = (performance.now() - began) / MILLISECONDS;
const events = ledger.projector.logSize;
const unjudged = await ledger.views.db.selectFrom('unjudged').select('batch_id').limit(1).execute();
await ledger.close();
if (!complete || unjudged.length > 0) throw new Error('not all is judged');
say({ value: seconds, work: `${events} events` });
