import { type Kysely, type Transaction } from 'kysely';
import { IdLookup } from '../views/id-lookup.js';
import { type SeenCountRow, type ViewsSchema } from '../views/schema.js';

type Tx = Transaction<ViewsSchema>;
/** Rows written by one statement. */
const ROWS_AT_ONCE = 100;

/** An organisation comes to see a batch. */
export interface Seen {
  readonly organisation_id: string;
  readonly batch_id: string;
}

/** A batch gains a verdict (1), or loses it (−1). */
export interface VerdictChange extends Omit<SeenCountRow, 'organisation_id' | 'batches'> {
  readonly batch_id: string;
  readonly by: 1 | -1;
}

/**
 * Counts the verdicts that each organisation sees, both when it comes to see batches and when verdicts change, so that an
 * overview need not go through every batch that it sees. There is one count per list of claims: most batches of an
 * organisation share few such lists.
 */
export class SeenCounts {
  readonly #verdicts;
  readonly #seers;

  constructor(db: Kysely<ViewsSchema>) {
    this.#verdicts = new IdLookup((ids) =>
      db.selectFrom('verdicts').select(['batch_id', 'programme', 'verdict', 'claim_list']).where('batch_id', 'in', ids),
    );
    this.#seers = new IdLookup((ids) =>
      db.selectFrom('visible_batches').select(['batch_id', 'organisation_id']).where('batch_id', 'in', ids),
    );
  }

  /** @param pairs that the tables did not have before */
  async seen(tx: Tx, pairs: readonly Seen[]): Promise<void> {
    const seers = seersOf(pairs);
    const verdicts = await this.#verdicts.find(tx, [...seers.keys()]);
    await add(
      tx,
      verdicts.map((verdict) => ({ ...verdict, by: 1 })),
      seers,
    );
  }

  async changed(tx: Tx, changes: readonly VerdictChange[]): Promise<void> {
    const batches = new Set(changes.map((change) => change.batch_id));
    await add(tx, changes, seersOf(await this.#seers.find(tx, [...batches])));
  }
}

function seersOf(pairs: readonly Seen[]): Map<string, string[]> {
  const seers = new Map<string, string[]>();
  for (const { batch_id, organisation_id } of pairs) {
    const known = seers.get(batch_id);
    if (known === undefined) seers.set(batch_id, [organisation_id]);
    else known.push(organisation_id);
  }
  return seers;
}

async function add(
  tx: Tx,
  changes: readonly VerdictChange[],
  seers: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const kinds = new Map<string, Omit<SeenCountRow, 'organisation_id' | 'batches'>>();
  const counts = new Map<string, Map<string, number>>();
  for (const { batch_id, by, programme, verdict, claim_list } of changes) {
    const kind = `${programme}\n${verdict}\n${claim_list}`;
    if (!kinds.has(kind)) kinds.set(kind, { programme, verdict, claim_list });
    for (const organisation_id of seers.get(batch_id) ?? []) {
      let its = counts.get(organisation_id);
      if (its === undefined) counts.set(organisation_id, (its = new Map<string, number>()));
      its.set(kind, (its.get(kind) ?? 0) + by);
    }
  }
  const rows = [...counts].flatMap(([organisation_id, its]) =>
    [...its].flatMap(([kind, batches]) => (batches === 0 ? [] : { organisation_id, ...kinds.get(kind)!, batches })),
  );
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await tx
      .insertInto('seen_counts')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict
          .columns(['organisation_id', 'programme', 'verdict', 'claim_list'])
          .doUpdateSet((row) => ({ batches: row('seen_counts.batches', '+', row.ref('excluded.batches')) })),
      )
      .execute();
  }
}
