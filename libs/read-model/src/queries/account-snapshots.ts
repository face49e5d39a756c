import { type Views } from '../views/views.js';

export interface AccountSnapshot {
  /** Revision of the last event folded into it. */
  revision: bigint;
  /** JSON text. */
  state: string;
}

/** A snapshot to be stored. */
export interface KeptSnapshot extends AccountSnapshot {
  readonly siteId: string;
  /** Version of the fold that made it. */
  readonly version: number;
}

/** Writes snapshots in the thread that writes the read tables, so that there is only one writer. */
export class SnapshotKeeper {
  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
  }

  async keep({ siteId, revision, version, state }: KeptSnapshot): Promise<void> {
    await this.#views.writer
      .insertInto('account_snapshots')
      .values({ site_id: siteId, revision: revision.toString(), version, state })
      .onConflict((conflict) =>
        conflict.column('site_id').doUpdateSet((row) => ({
          revision: row.ref('excluded.revision'),
          version: row.ref('excluded.version'),
          state: row.ref('excluded.state'),
        })),
      )
      .execute();
  }
}

/**
 * Folded site accounts for the command side. A cache, not a read table: losing it means a longer read of a stream, and
 * a stale one does no harm, because the stream's tail is always folded on top.
 */
export class AccountSnapshots {
  readonly #views: Views;
  readonly #keeper: Pick<SnapshotKeeper, 'keep'>;

  constructor(views: Views, keeper: Pick<SnapshotKeeper, 'keep'> = new SnapshotKeeper(views)) {
    this.#views = views;
    this.#keeper = keeper;
  }

  /** The newest snapshot made by this version of the fold. */
  async load(siteId: string, version: number): Promise<AccountSnapshot | undefined> {
    const row = await this.#views.db
      .selectFrom('account_snapshots')
      .select(['revision', 'state'])
      .where('site_id', '=', siteId)
      .where('version', '=', version)
      .executeTakeFirst();
    return row && { revision: BigInt(row.revision), state: row.state };
  }

  async save(siteId: string, revision: bigint, version: number, state: string): Promise<void> {
    await this.#keeper.keep({ siteId, revision, version, state });
  }

  async dropAll(): Promise<void> {
    await this.#views.writer.deleteFrom('account_snapshots').execute();
  }
}
