import { type Kysely } from 'kysely';
import { type ViewsSchema } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';

type Database = Kysely<ViewsSchema>;

/** Expired verdicts that are queued at a time. */
const EXPIRED_AT_ONCE = 1_000;

/** Verdicts that no event changes, but the passing of time may. */
export class Expiries {
  readonly #due;
  readonly #first;

  constructor(db: Database) {
    const byMoment = db.selectFrom('verdicts').orderBy('stands_until');
    this.#due = new Statement(
      byMoment
        .select('batch_id')
        .where('stands_until', '<=', slot<string>('now'))
        // "distinct" would have SQLite walk through all verdicts, batch by batch, at every round.
        .limit(slot<number>('limit')),
    );
    this.#first = new Statement(
      byMoment.select('stands_until').where('stands_until', 'is not', null).limit(slot<number>('limit')),
    );
  }

  /** Batches of which some verdict no longer stands, the first ones. @param now RFC 3339 UTC with milliseconds */
  async due(db: Database, now: string): Promise<Set<string>> {
    const rows = await this.#due.run(db, { now, limit: EXPIRED_AT_ONCE });
    return new Set(rows.map((row) => row.batch_id));
  }

  /** The first moment at which a verdict no longer stands. */
  async first(db: Database): Promise<string | undefined> {
    const [row] = await this.#first.run(db, { limit: 1 });
    return row?.stands_until ?? undefined;
  }
}
