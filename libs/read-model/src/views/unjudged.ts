import { type Kysely } from 'kysely';
import { type UnjudgedRow, type ViewsSchema } from './schema.js';

type Database = Kysely<ViewsSchema>;
/** Rows written by one statement. */
const ROWS_AT_ONCE = 100;

/**
 * Adds to the batches to be judged; of two marks of a batch the wider span counts, that it is to be spread, and whose the
 * later one is.
 */
export async function enqueue(tx: Database, marks: readonly UnjudgedRow[]): Promise<void> {
  for (let from = 0; from < marks.length; from += ROWS_AT_ONCE) {
    await tx
      .insertInto('unjudged')
      .values(marks.slice(from, from + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.column('batch_id').doUpdateSet((row) => ({
          organisation_id: row.ref('excluded.organisation_id'),
          since: row
            .case()
            .when('unjudged.since', '<', row.ref('excluded.since'))
            .then(row.ref('unjudged.since'))
            .else(row.ref('excluded.since'))
            .end(),
          last: row
            .case()
            .when('unjudged.last', '>', row.ref('excluded.last'))
            .then(row.ref('unjudged.last'))
            .else(row.ref('excluded.last'))
            .end(),
          spread: row
            .case()
            .when('unjudged.spread', '<', row.ref('excluded.spread'))
            .then(row.ref('unjudged.spread'))
            .else(row.ref('excluded.spread'))
            .end(),
        })),
      )
      .execute();
  }
}

/** Marks every batch: what each hangs on is marked as well, so nothing is left to spread. */
export async function enqueueAll(tx: Database, logSize: number): Promise<void> {
  await tx
    .insertInto('unjudged')
    .columns(['batch_id', 'since', 'last', 'spread', 'organisation_id'])
    .expression((from) =>
      from
        .selectFrom('batches')
        .leftJoin('sites', 'sites.site_id', 'batches.maker_site_id')
        .select((row) => [
          'batch_id',
          row.lit(0).as('since'),
          row.lit(logSize - 1).as('last'),
          row.lit(1).as('spread'),
          row.fn.coalesce('organisation_id', row.val('')).as('organisation_id'),
        ])
        // SQLite takes "on conflict" for a join's "on" unless a "where" comes before it.
        .where('batch_id', 'is not', null),
    )
    .onConflict((conflict) => conflict.column('batch_id').doUpdateSet({ since: 0, last: logSize - 1, spread: 1 }))
    .execute();
}

/**
 * Of the batches to be judged (or to be spread first), the first of one organisation: of the one that comes after `after`,
 * so that whoever asks again with what was answered goes round all of them.
 * @returns undefined when there are none
 */
export async function nextOfOrganisation(
  db: Database,
  { spread, after, limit }: { spread: 0 | 1; after: string; limit: number },
): Promise<{ organisation: string; rows: UnjudgedRow[] } | undefined> {
  const organisation = (await firstOrganisation(db, spread, after)) ?? (await firstOrganisation(db, spread, undefined));
  if (organisation === undefined) return undefined;
  const rows = await db
    .selectFrom('unjudged')
    .selectAll()
    .where('spread', '=', spread)
    .where('organisation_id', '=', organisation)
    .orderBy('last')
    .limit(limit)
    .execute();
  return { organisation, rows };
}

async function firstOrganisation(db: Database, spread: 0 | 1, after: string | undefined): Promise<string | undefined> {
  let query = db.selectFrom('unjudged').select('organisation_id').where('spread', '=', spread);
  if (after !== undefined) query = query.where('organisation_id', '>', after);
  const row = await query.orderBy('organisation_id').limit(1).executeTakeFirst();
  return row?.organisation_id;
}

/** Log indexes up to which verdicts take all events into account; −1 when none is sure. */
export interface JudgedSoFar {
  /** Every verdict. */
  readonly all: number;
  /** Those of batches that are not to be judged. */
  readonly unmarked: number;
}

/** @param version of the projection */
export async function judgedSoFar(db: Database, version: number): Promise<JudgedSoFar> {
  const projection = await db
    .selectFrom('projections')
    .select(['log_size', 'state'])
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  if (projection.state === 'filling') return { all: -1, unmarked: -1 };
  const { log_size: size } = projection;
  const first = await db.selectFrom('unjudged').select('since').orderBy('since').limit(1).executeTakeFirst();
  if (first === undefined) return { all: size - 1, unmarked: size - 1 };
  // What is downstream of these is not marked yet.
  const unspread = await db
    .selectFrom('unjudged')
    .select(({ fn }) => fn.min('since').as('since'))
    .where('spread', '=', 0)
    .executeTakeFirstOrThrow();
  return {
    all: Math.min(first.since, size) - 1,
    unmarked: Math.min(unspread.since ?? size, size) - 1,
  };
}
