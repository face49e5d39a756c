import { createHash } from 'node:crypto';
import { type Kysely, type Transaction } from 'kysely';
import { judgedComposition, type BatchNode } from '#claims';
import { TableWriter } from '../projection/table-writer.js';
import { IdLookup } from '../views/id-lookup.js';
import { type ToldUsesRow, type ViewsSchema } from '../views/schema.js';
import { type Task } from './agenda.js';

type Database = Kysely<ViewsSchema>;

/** A batch that mass flowed on from fewer times is looked at whole: that costs no more than to remember how far one was. */
export const FEW_FLOWS = 16;

export type ToldUsesChanges = ReadonlyMap<string, ToldUsesRow | undefined>;

/** The rows of batches that are used often. */
export class ToldUsesTable {
  readonly #found;
  readonly #rows;

  constructor(db: Database, writer: Database) {
    this.#found = new IdLookup((ids) => db.selectFrom('told_uses').selectAll().where('batch_id', 'in', ids));
    this.#rows = new TableWriter(writer, 'told_uses', ['batch_id', 'up_to', 'hangs_on', 'weights'], ['batch_id']);
  }

  find(db: Database, ids: readonly string[]): Promise<ToldUsesRow[]> {
    return this.#found.find(db, ids);
  }

  async write(tx: Transaction<ViewsSchema>, changes: ToldUsesChanges): Promise<void> {
    for (const [batchId, row] of changes) {
      if (row !== undefined) this.#rows.add(row);
      else await tx.deleteFrom('told_uses').where('batch_id', '=', batchId).execute();
    }
    await this.#rows.flush(tx);
  }

  discard(): void {
    this.#rows.discard();
  }
}

/**
 * Spares a batch that is used again and again from being asked, at each fact about it, what all its uses gave on: what a use
 * gave on hangs on what the batch was made of, on its life up to then and on what is said of its sites. As long as only
 * facts come behind, past uses are as they were told.
 */
export class ToldUses {
  readonly #table: ToldUsesTable;
  readonly #few: number;
  /** Events from here on may be in some of the rows that are read, and not in others. */
  readonly #logSize: number;
  readonly #known = new Map<string, ToldUsesRow>();
  /** Of batches whose past uses were not read: up to which. */
  readonly #unread = new Map<string, number>();
  readonly #changed = new Map<string, ToldUsesRow | undefined>();

  constructor(table: ToldUsesTable, { few, logSize }: { few: number; logSize: number }) {
    this.#table = table;
    this.#few = few;
    this.#logSize = logSize;
  }

  get changes(): ToldUsesChanges {
    return this.#changed;
  }

  /** @returns up to which use each of the batches need not be read; those that are not in it are read whole */
  async read(db: Database, tasks: readonly Task[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#table.find(
      db,
      tasks.map((task) => task.batch_id),
    );
    for (const row of rows) this.#known.set(row.batch_id, row);
    for (const { batch_id: id, anew } of tasks) {
      const row = this.#known.get(id);
      if (row !== undefined && anew === 0) this.#unread.set(id, row.up_to);
    }
    return this.#unread;
  }

  /** Its past uses were not read. */
  isPartly({ batchId }: BatchNode): boolean {
    return this.#unread.has(batchId);
  }

  /** What its past uses gave on is as it was told. */
  isAsTold(node: BatchNode, task: Task, made: string): boolean {
    return task.anew === 0 && isPlain(node) && this.#known.get(node.batchId)?.hangs_on === hangsOn(node, made);
  }

  /** Whatever is made of it finds it as it was: another share of each key would make of past uses something else. */
  isWeighedAsTold(node: BatchNode): boolean {
    return this.#known.get(node.batchId)?.weights === weightsOf(node);
  }

  /** All of it has been read now. */
  readWhole(batchId: string): void {
    this.#unread.delete(batchId);
  }

  /** What the batch gave on is told. @param isSummarised no walk through its whole chain is needed */
  note(node: BatchNode, made: string, isSummarised: boolean): void {
    const { batchId, uses } = node;
    const known = this.#known.get(batchId);
    const last = uses.findLast(({ logIndex }) => logIndex < this.#logSize)?.logIndex;
    const upTo = this.isPartly(node) ? (last ?? known?.up_to) : last;
    const isOften = this.isPartly(node) || uses.length >= this.#few;
    if (!isSummarised || !isPlain(node) || !isOften || upTo === undefined) return this.forget(batchId);
    const row = { batch_id: batchId, up_to: upTo, hangs_on: hangsOn(node, made), weights: weightsOf(node) };
    if (known !== undefined && known.up_to === upTo && known.hangs_on === row.hangs_on && known.weights === row.weights)
      return;
    this.#known.set(batchId, row);
    this.#changed.set(batchId, row);
  }

  forget(batchId: string): void {
    if (this.#known.delete(batchId)) this.#changed.set(batchId, undefined);
  }
}

/** Of contradictory records a later one may concern an earlier use. */
function isPlain({ anomalies }: BatchNode): boolean {
  return anomalies.length === 0;
}

/** What all uses of a batch hang on, but for its life up to each of them and what is said of its sites. */
function hangsOn(node: BatchNode, made: string): string {
  const minerals = Object.keys(judgedComposition(node)).sort();
  return digest([made, node.contentKnown, minerals]);
}

/** By how much each key of its content weighs: of a mineral of one key that key has it all. */
function weightsOf(node: BatchNode): string {
  const pools = Object.entries(judgedComposition(node)).sort(([one], [other]) => (one < other ? -1 : 1));
  return digest(
    pools.map(([mineral, pool]) => {
      const keys = Object.keys(pool).sort();
      return [mineral, keys.length === 1 ? keys : keys.map((key) => [key, pool[key]])];
    }),
  );
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
