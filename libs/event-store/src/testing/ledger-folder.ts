import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for a ledger. */
export function withLedgerFolder(): { folder: string; ledger: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'lodebook-ledger-'));
  return {
    folder,
    ledger: join(folder, 'ledger.db'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
