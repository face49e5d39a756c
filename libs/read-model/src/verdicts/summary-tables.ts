import { type Kysely, type Transaction } from 'kysely';
import { type Basis, type ChainSummary, type TransformationNode } from '#claims';
import { TableWriter } from '../projection/table-writer.js';
import { isFlowNode } from '../views/flow-edges.js';
import { IdLookup } from '../views/id-lookup.js';
import { MadeLater } from '../views/unjudged.js';
import { slot, Statement } from '../views/statement.js';
import { type ViewsSchema } from '../views/schema.js';
import { parsed, told } from './summary-texts.js';
import { ToldUsesTable, type ToldUsesChanges } from './told-uses.js';

type Database = Kysely<ViewsSchema>;

/** What the outputs of a transformation or the parts of a split are made of. */
export interface Making {
  readonly summary: ChainSummary;
  readonly text: string;
  readonly isWeighed: boolean;
}

interface Sides {
  readonly from: Set<string>;
  readonly to: Set<string>;
}

export function making(summary: ChainSummary, isWeighed: boolean): Making {
  return { ...told(summary), isWeighed };
}

/** The changes that a group of judgements makes to the summaries. */
export interface SummaryChanges {
  readonly makings: ReadonlyMap<number, Making>;
  /** By flow and batch; undefined: there is no contribution any more. */
  readonly contributions: ReadonlyMap<number, ReadonlyMap<string, string | undefined>>;
  readonly toldUses: ToldUsesChanges;
}

/** The summaries along chains, and what they are made from. */
export class SummaryTables {
  readonly #makings;
  readonly toldUses: ToldUsesTable;
  readonly madeLater: MadeLater;
  readonly #given;
  readonly #givenAfter;
  readonly #weighed;
  readonly #taken;
  readonly #transformations;
  readonly #splits;
  readonly #edges;
  readonly #makingRows;
  readonly #contributionRows;

  constructor(db: Database, writer: Database) {
    this.#makings = new IdLookup<{ flow: number; summary: string; weighed: number }, number>((ids) =>
      db.selectFrom('making_summaries').selectAll().where('flow', 'in', ids),
    );
    this.#given = new IdLookup((ids) => db.selectFrom('contributions').selectAll().where('batch_id', 'in', ids));
    this.#givenAfter = new Statement(
      db
        .selectFrom('contributions')
        .selectAll()
        .where('batch_id', '=', slot<string>('id'))
        .where('flow', '>', slot<number>('after')),
    );
    this.#weighed = new Statement(
      db
        .selectFrom('contributions')
        .innerJoin('making_summaries', 'making_summaries.flow', 'contributions.flow')
        .select('contributions.flow')
        .where('contributions.batch_id', '=', slot<string>('id'))
        .where('making_summaries.weighed', '=', 1),
    );
    this.toldUses = new ToldUsesTable(db, writer);
    this.madeLater = new MadeLater(db);
    this.#taken = new IdLookup<{ flow: number; batch_id: string; summary: string }, number>((ids) =>
      db.selectFrom('contributions').selectAll().where('flow', 'in', ids),
    );
    this.#transformations = new IdLookup<{ flow: number; node: string }, number>((ids) =>
      db.selectFrom('transformations').select(['recorded_by as flow', 'node']).where('recorded_by', 'in', ids),
    );
    this.#splits = new IdLookup<{ flow: number }, number>((ids) =>
      db
        .selectFrom('events')
        .select('log_index as flow')
        .where('log_index', 'in', ids)
        .where('type', '=', 'BatchSplit'),
    );
    this.#edges = new IdLookup<{ flow: number; from_node: string; to_node: string }, number>((ids) =>
      db
        .selectFrom('flow_edges')
        .select(['via as flow', 'from_node', 'to_node'])
        .where('via', 'in', ids)
        .where('known_until', 'is', null),
    );
    this.#makingRows = new TableWriter(writer, 'making_summaries', ['flow', 'summary', 'weighed'], ['flow']);
    this.#contributionRows = new TableWriter(
      writer,
      'contributions',
      ['flow', 'batch_id', 'summary'],
      ['flow', 'batch_id'],
    );
  }

  async makings(db: Database, basis: Basis, flows: readonly number[]): Promise<Map<number, Making>> {
    const rows = await this.#makings.find(db, flows);
    return new Map(
      rows.map(({ flow, summary, weighed }) => [
        flow,
        { summary: parsed(basis, summary), text: summary, isWeighed: weighed === 1 },
      ]),
    );
  }

  /**
   * What batches passed on, as texts, by batch and flow.
   * @param after for these batches, only by flows after a log index
   */
  async given(
    db: Database,
    batchIds: readonly string[],
    after: ReadonlyMap<string, number>,
  ): Promise<Map<string, Map<number, string>>> {
    const given = new Map(batchIds.map((id) => [id, new Map<number, string>()]));
    const whole = batchIds.filter((id) => !after.has(id));
    for (const { flow, batch_id, summary } of await this.#given.find(db, whole))
      given.get(batch_id)?.set(flow, summary);
    for (const [id, flows] of given) {
      const known = after.get(id);
      if (known === undefined) continue;
      for (const { flow, summary } of await this.#givenAfter.run(db, { id, after: known })) flows.set(flow, summary);
    }
    return given;
  }

  /** The flows out of a batch whose summaries depend on what their inputs contain. */
  async weighedFlows(db: Database, batchId: string): Promise<number[]> {
    return (await this.#weighed.run(db, { id: batchId })).map((row) => row.flow);
  }

  /** What flows took, as texts, by flow and batch. */
  async taken(db: Database, flows: readonly number[]): Promise<Map<number, Map<string, string>>> {
    const taken = new Map(flows.map((flow) => [flow, new Map<string, string>()]));
    for (const { flow, batch_id, summary } of await this.#taken.find(db, flows))
      taken.get(flow)?.set(batch_id, summary);
    return taken;
  }

  /** Those flows that are transformations. */
  async transformations(db: Database, flows: readonly number[]): Promise<Map<number, TransformationNode>> {
    const rows = await this.#transformations.find(db, flows);
    return new Map(rows.map(({ flow, node }) => [flow, JSON.parse(node) as TransformationNode]));
  }

  async splitsAmong(db: Database, flows: readonly number[]): Promise<Set<number>> {
    return new Set((await this.#splits.find(db, flows)).map(({ flow }) => flow));
  }

  /** The batches that mass flowed from and into, by flow. */
  async sides(db: Database, flows: readonly number[]): Promise<Map<number, Sides>> {
    const sides = new Map(flows.map((flow) => [flow, { from: new Set<string>(), to: new Set<string>() }]));
    for (const { flow, from_node: from, to_node: to } of await this.#edges.find(db, flows)) {
      if (!isFlowNode(from)) sides.get(flow)?.from.add(from);
      if (!isFlowNode(to)) sides.get(flow)?.to.add(to);
    }
    return sides;
  }

  async write(tx: Transaction<ViewsSchema>, { makings, contributions, toldUses }: SummaryChanges): Promise<void> {
    for (const [flow, { text, isWeighed }] of makings)
      this.#makingRows.add({ flow, summary: text, weighed: isWeighed ? 1 : 0 });
    for (const [flow, given] of contributions) {
      for (const [batchId, summary] of given) {
        if (summary !== undefined) this.#contributionRows.add({ flow, batch_id: batchId, summary });
        else await tx.deleteFrom('contributions').where('flow', '=', flow).where('batch_id', '=', batchId).execute();
      }
    }
    await this.#makingRows.flush(tx);
    await this.#contributionRows.flush(tx);
    await this.toldUses.write(tx, toldUses);
  }

  /** Drops everything not yet written. */
  discard(): void {
    this.#makingRows.discard();
    this.#contributionRows.discard();
    this.toldUses.discard();
  }
}
