import Database from 'better-sqlite3';
import { ACCOUNT_SNAPSHOT_VERSION, NO_REVISION, snapshotOf, type AccountSnapshot, type SiteAccount } from '#custody';
import { type EventStore } from '#event-store';
import { canonicalText } from '#transparency';
import { foldAccount } from '#recording';

interface Row {
  readonly site_id: string;
  readonly revision: string;
  readonly state: string;
}

/**
 * Compares the kept accounts of sites, on which commands are decided, with accounts folded from the log.
 * @param path Of a copy of the views.
 * @returns a sentence for each that does not follow from the log
 */
export async function compareSnapshots(store: EventStore, path: string): Promise<string[]> {
  const database = new Database(path, { readonly: true });
  try {
    const rows = database
      .prepare<[number], Row>(
        'SELECT site_id, revision, state FROM account_snapshots WHERE version = ? ORDER BY site_id',
      )
      .all(ACCOUNT_SNAPSHOT_VERSION);
    const findings: string[] = [];
    for (const row of rows) {
      if (!(await follows(store, row)))
        findings.push(`the row of account_snapshots with site_id ${row.site_id} does not follow from the log`);
    }
    return findings;
  } finally {
    database.close();
  }
}

async function follows(store: EventStore, { site_id, revision, state }: Row): Promise<boolean> {
  if (!/^\d{1,15}$/.test(revision)) return false;
  const folded = await foldAccount(store, site_id, BigInt(revision));
  if (folded.revision === NO_REVISION || folded.revision !== BigInt(revision)) return false;
  try {
    return canonicalText(inOrder(JSON.parse(state) as AccountSnapshot)) === canonicalText(inOrder(plain(folded)));
  } catch {
    return false; // no JSON, or not that of an account
  }
}

function plain(account: SiteAccount): AccountSnapshot {
  return JSON.parse(JSON.stringify(snapshotOf(account))) as AccountSnapshot;
}

/** The order of batches does not matter; after a correction an account may be folded in another order. */
function inOrder(snapshot: AccountSnapshot): AccountSnapshot {
  const byKey = <T>(items: readonly T[], key: (item: T) => string): T[] =>
    [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return {
    ...snapshot,
    batches: byKey(snapshot.batches, ({ batchId }) => batchId).map((batch) => ({
      ...batch,
      labels: byKey(batch.labels, ([labelId]) => labelId),
    })),
  };
}
