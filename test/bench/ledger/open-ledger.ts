import { pino } from 'pino';
import { openLedger, readConfiguration, type Ledger } from '../../../apps/server/src/index.js';

/** How long to wait for the read model and the verdicts of a million events, in milliseconds. */
export const PATIENCE_MS = 6 * 3_600_000;

/**
 * Opens a ledger as the server does, and waits until its read model and its verdicts are complete, and its log has been
 * compared with what was signed: in one process that takes the same thread.
 */
export async function openSettledLedger(folder: string): Promise<Ledger> {
  const ledger = await openLedger(readConfiguration({ LODEBOOK_DATA: folder }), pino({ level: 'silent' }));
  const settled = await ledger.verdicts.waitFor((await ledger.store.head())!, PATIENCE_MS);
  if (!settled) throw new Error('the read model does not come to its end');
  await ledger.audit.compared;
  return ledger;
}
