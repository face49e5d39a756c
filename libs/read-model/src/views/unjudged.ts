import { sql, type Kysely } from 'kysely';
import { IdLookup } from './id-lookup.js';
import { type UnjudgedRow, type ViewsSchema } from './schema.js';
import { slot, Statement } from './statement.js';
import { UNBORN } from './unjudged-writer.js';

type Database = Kysely<ViewsSchema>;
/** Batches marked by one statement when all are marked. */
const MARKED_AT_ONCE = 1_000;

/** `organisation_id` of batches judged because all are ({@link enqueueAll}): they have turns of their own beside organisations. */
export const NOBODYS = '';
/** `anew` of a batch that is judged because all are: everything that depends on it is judged after it. */
export const WITH_ALL = 3;

/**
 * Marks every batch, in parts between which the event loop may turn: what each depends on is marked as well, so nothing is
 * left to spread. They are judged in the order of the log, whatever their organisation, so that all inputs of a batch are
 * judged before it.
 */
export async function enqueueAll(tx: Database, logSize: number): Promise<void> {
  const last = logSize - 1;
  let after: string | undefined = '';
  while (after !== undefined) {
    const upTo: string | undefined = await lastOfPart(tx, after);
    await enqueueBetween(tx, { after, upTo, last });
    after = upTo;
  }
}

/** @returns undefined when the rest fits into one part */
async function lastOfPart(tx: Database, after: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('batches')
    .select('batch_id')
    .where('batch_id', '>', after)
    .orderBy('batch_id')
    .limit(1)
    .offset(MARKED_AT_ONCE - 1)
    .executeTakeFirst();
  return row?.batch_id;
}

/** @param part the batches after an id, up to another id if given; with the log index of the last event */
async function enqueueBetween(
  tx: Database,
  { after, upTo, last }: { after: string; upTo: string | undefined; last: number },
): Promise<void> {
  await tx
    .insertInto('unjudged')
    .columns(['batch_id', 'since', 'last', 'spread', 'organisation_id', 'born', 'anew'])
    .expression((from) => {
      const batches = from
        .selectFrom('batches')
        .select((row) => [
          'batch_id',
          row.lit(0).as('since'),
          row.lit(last).as('last'),
          row.lit(1).as('spread'),
          row.val(NOBODYS).as('organisation_id'),
          row.fn.coalesce('created_by', row.lit(UNBORN)).as('born'),
          row.lit(WITH_ALL).as('anew'),
        ])
        // SQLite takes "on conflict" for a join's "on" unless a "where" comes before it.
        .where('batch_id', '>', after);
      return upTo === undefined ? batches : batches.where('batch_id', '<=', upTo);
    })
    .onConflict((conflict) => conflict.column('batch_id').doUpdateSet({ since: 0, last, spread: 1, anew: WITH_ALL }))
    .execute();
}

/** What is to be judged next, by statements compiled once: a server asks after each few commands. */
export class UnjudgedTurns {
  readonly #firstOrganisation;
  readonly #nextOrganisation;
  readonly #rows;

  constructor(db: Database) {
    const organisations = db
      .selectFrom('unjudged')
      .select('organisation_id')
      .orderBy('organisation_id')
      .limit(sql.lit(1));
    this.#firstOrganisation = new Statement(organisations);
    this.#nextOrganisation = new Statement(organisations.where('organisation_id', '>', slot<string>('after')));
    this.#rows = new Statement<UnjudgedRow>(
      db
        .selectFrom('unjudged')
        .selectAll()
        .where('organisation_id', '=', slot<string>('organisation'))
        .orderBy('born')
        .orderBy('batch_id')
        .limit(slot<number>('limit')),
    );
  }

  /**
   * The batches to be judged of one organisation, those made first: of the organisation that follows `after`, so that calling
   * again with the organisation returned goes round all of them.
   * @returns undefined when nothing is to be judged
   */
  async next(
    db: Database,
    { after, limit }: { after: string; limit: (organisation: string) => number },
  ): Promise<{ organisation: string; rows: UnjudgedRow[] } | undefined> {
    const [next] = await this.#nextOrganisation.run(db, { after });
    const [chosen] = next === undefined ? await this.#firstOrganisation.run(db, {}) : [next];
    if (chosen === undefined) return undefined;
    const { organisation_id: organisation } = chosen;
    return { organisation, rows: await this.#rows.run(db, { organisation, limit: limit(organisation) }) };
  }
}

/** Those of some log indexes whose outputs are still to be judged because all batches are. */
export class MadeLater {
  readonly #found;

  constructor(db: Database) {
    this.#found = new IdLookup<{ born: number }, number>((ids) =>
      db
        .selectFrom('unjudged')
        .select('born')
        .distinct()
        .where('organisation_id', '=', NOBODYS)
        .where('anew', '=', WITH_ALL)
        .where('born', 'in', ids),
    );
  }

  async find(db: Database, flows: readonly number[]): Promise<Set<number>> {
    return new Set((await this.#found.find(db, flows)).map(({ born }) => born));
  }
}

/** Log indexes up to which verdicts take all events into account; −1 when no event is sure to be. */
interface JudgedSoFar {
  /** Every verdict. */
  readonly all: number;
  /** Verdicts of batches that are not marked. */
  readonly unmarked: number;
}

/** How far judging has come, by statements compiled once. */
export class JudgedProgress {
  readonly #projection;
  readonly #firstMarked;

  /** @param version of the projection */
  constructor(db: Database, version: number) {
    this.#projection = new Statement(
      db.selectFrom('projections').select(['log_size', 'state']).where('version', '=', version),
    );
    this.#firstMarked = new Statement(
      db
        .selectFrom('unjudged')
        .select(({ fn }) => fn.min<number | null>('since').as('since'))
        .where('spread', '=', slot<number>('spread')),
    );
  }

  async of(db: Database): Promise<JudgedSoFar> {
    const [projection] = await this.#projection.run(db, {});
    if (projection === undefined) throw new Error('The read tables have no projection');
    if (projection.state === 'filling') return { all: -1, unmarked: -1 };
    const { log_size: size } = projection;
    // What is downstream of marks that were not spread is not marked yet.
    const [unspread, spread] = [await this.#first(db, 0), await this.#first(db, 1)];
    return {
      all: Math.min(unspread ?? size, spread ?? size, size) - 1,
      unmarked: Math.min(unspread ?? size, size) - 1,
    };
  }

  async #first(db: Database, spread: 0 | 1): Promise<number | undefined> {
    const [row] = await this.#firstMarked.run(db, { spread });
    return row?.since ?? undefined;
  }
}
