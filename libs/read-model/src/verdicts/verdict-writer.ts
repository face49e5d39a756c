import { type Kysely, type Transaction } from 'kysely';
import { SeenCounts, type VerdictChange } from '../projection/seen-counts.js';
import { TableWriter } from '../projection/table-writer.js';
import { IdLookup } from '../views/id-lookup.js';
import { type VerdictRow, type ViewsSchema } from '../views/schema.js';
import { ClaimLists } from './claim-lists.js';

type Tx = Transaction<ViewsSchema>;
type Lines = [subject: string, verdict: string][];

/** Stands for the programme's own verdict among the counts of its claims. */
export const WHOLE = '';

/** Stores verdicts and counts them. */
export class VerdictWriter {
  readonly #rows;
  readonly #ofBatches;
  readonly #lists = new ClaimLists();
  readonly #seen;

  constructor(db: Kysely<ViewsSchema>) {
    this.#rows = new TableWriter(
      db,
      'verdicts',
      ['batch_id', 'programme', 'material', 'verdict', 'claim_list', 'stands_until'],
      ['batch_id', 'programme'],
    );
    this.#ofBatches = new IdLookup((ids) =>
      db
        .selectFrom('verdicts')
        .innerJoin('claim_lists', 'claim_lists.claim_list', 'verdicts.claim_list')
        .select(['batch_id', 'programme', 'material', 'verdict', 'claims', 'stands_until'])
        .where('batch_id', 'in', ids),
    );
    this.#seen = new SeenCounts(db);
  }

  /** Replaces all verdicts of these batches by `rows`. */
  async replace(tx: Tx, batchIds: readonly string[], rows: readonly VerdictRow[]): Promise<void> {
    const counts: Counted = new Map();
    const seen: VerdictChange[] = [];
    const before = await this.#ofBatches.find(tx, batchIds);
    const known = new Map(before.map((row) => [keyOf(row), row]));
    const changed = rows.filter((row) => !isSame(row, known.get(keyOf(row)))).sort(inOrderOfIndexes);
    for (const row of changed) {
      const last = known.get(keyOf(row));
      if (last !== undefined) this.#count(counts, last, -1);
      this.#count(counts, row, 1);
      if (last?.verdict === row.verdict && last.claims === row.claims) continue;
      if (last !== undefined) seen.push(this.#changeOf(last, -1));
      seen.push(this.#changeOf(row, 1));
    }
    const judged = new Set(rows.map((row) => row.batch_id));
    const gone = batchIds.filter((id) => !judged.has(id));
    for (const row of before) {
      if (judged.has(row.batch_id)) continue;
      this.#count(counts, row, -1);
      seen.push(this.#changeOf(row, -1));
    }
    if (gone.length > 0) await tx.deleteFrom('verdicts').where('batch_id', 'in', gone).execute();
    await this.#lists.write(tx, new Set(changed.map(({ claims }) => claims)));
    for (const { claims, ...row } of changed) this.#rows.add({ ...row, claim_list: this.#lists.nameOf(claims) });
    await this.#rows.flush(tx);
    await this.#add(tx, counts);
    await this.#seen.changed(tx, seen);
  }

  #changeOf({ batch_id, programme, verdict, claims }: VerdictRow, by: 1 | -1): VerdictChange {
    return { batch_id, programme, verdict, claim_list: this.#lists.nameOf(claims), by };
  }

  /** By the name of the list of claims, which is much shorter than the list. */
  #count(counted: Counted, row: VerdictRow, by: number): void {
    const key = `${row.programme} ${row.verdict} ${this.#lists.nameOf(row.claims)}`;
    const known = counted.get(key);
    if (known === undefined) counted.set(key, { row, batches: by });
    else known.batches += by;
  }

  async #add(tx: Tx, verdicts: Counted): Promise<void> {
    const changes = [...linesOf(verdicts)].filter(([, batches]) => batches !== 0);
    if (changes.length === 0) return;
    await tx
      .insertInto('verdict_counts')
      .values(
        changes.map(([key, batches]) => {
          const [programme, subject, verdict] = JSON.parse(key) as [string, string, string];
          return { programme, subject, verdict, batches };
        }),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['programme', 'subject', 'verdict'])
          .doUpdateSet((row) => ({ batches: row('verdict_counts.batches', '+', row.ref('excluded.batches')) })),
      )
      .execute();
  }
}

function keyOf({ batch_id, programme }: VerdictRow): string {
  return `${programme} ${batch_id}`;
}

/**
 * Batches are judged in the order in which they were made, which is not that of their ids: rows in the order of the indexes
 * go to the same pages one after the other, at half the cost.
 */
function inOrderOfIndexes(one: VerdictRow, other: VerdictRow): number {
  if (one.programme !== other.programme) return one.programme < other.programme ? -1 : 1;
  return one.batch_id < other.batch_id ? -1 : 1;
}

function isSame(row: VerdictRow, before: VerdictRow | undefined): boolean {
  return (
    row.verdict === before?.verdict &&
    row.claims === before.claims &&
    row.stands_until === before.stands_until &&
    row.material === before.material
  );
}

/** By programme, verdict and claims: by how many batches the count changes. Many batches share the same. */
type Counted = Map<string, { row: Pick<VerdictRow, 'programme' | 'verdict' | 'claims'>; batches: number }>;

/** By programme, subject and verdict, as JSON. */
function linesOf(counted: Counted): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { row, batches } of counted.values()) {
    const lines: Lines = [[WHOLE, row.verdict], ...(JSON.parse(row.claims) as Lines)];
    for (const [subject, verdict] of lines) {
      const key = JSON.stringify([row.programme, subject, verdict]);
      counts.set(key, (counts.get(key) ?? 0) + batches);
    }
  }
  return counts;
}
