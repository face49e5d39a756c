import { type Kysely, type Transaction } from 'kysely';
import { parseSummary, textOf, type Basis, type ChainSummary, type TransformationNode } from '#claims';
import { TableWriter } from '../projection/table-writer.js';
import { isFlowNode } from '../views/flow-edges.js';
import { IdLookup } from '../views/id-lookup.js';
import { slot, Statement } from '../views/statement.js';
import { type ViewsSchema } from '../views/schema.js';
import { ToldUsesTable, type ToldUsesChanges } from './told-uses.js';

type Database = Kysely<ViewsSchema>;

/** What the outputs of a transformation or the parts of a split are made of. */
export interface Making {
  readonly summary: ChainSummary;
  readonly text: string;
  readonly isWeighed: boolean;
}

/** A summary with the text that tells whether another is the same. */
export interface Told {
  readonly summary: ChainSummary;
  readonly text: string;
}

/** What a group of judgements changes of the summaries. */
export interface SummaryChanges {
  readonly makings: ReadonlyMap<number, Making>;
  /** By flow and batch; undefined: there is none any more. */
  readonly contributions: ReadonlyMap<number, ReadonlyMap<string, string | undefined>>;
  readonly toldUses: ToldUsesChanges;
}

/** The summaries along chains, and what is read to make them. */
export class SummaryTables {
  readonly #makings;
  readonly toldUses: ToldUsesTable;
  readonly #given;
  readonly #givenAfter;
  readonly #weighed;
  readonly #taken;
  readonly #transformations;
  readonly #types;
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
    this.#taken = new IdLookup<{ batch_id: string; summary: string }, number>((ids) =>
      db.selectFrom('contributions').select(['batch_id', 'summary']).where('flow', 'in', ids),
    );
    this.#transformations = new IdLookup<{ node: string }, number>((ids) =>
      db.selectFrom('transformations').select('node').where('recorded_by', 'in', ids),
    );
    this.#types = new IdLookup<{ type: string }, number>((ids) =>
      db.selectFrom('events').select('type').where('log_index', 'in', ids),
    );
    this.#edges = new IdLookup<{ from_node: string; to_node: string }, number>((ids) =>
      db
        .selectFrom('flow_edges')
        .select(['from_node', 'to_node'])
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
   * What batches gave on, as texts, by batch and flow.
   * @param after of these batches only by flows behind a log index
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

  /** The flows out of a batch of which what came of them hangs on what their inputs contain. */
  async weighedFlows(db: Database, batchId: string): Promise<number[]> {
    return (await this.#weighed.run(db, { id: batchId })).map((row) => row.flow);
  }

  /** What a flow took, as texts, by batch. */
  async taken(db: Database, flow: number): Promise<Map<string, string>> {
    const rows = await this.#taken.find(db, [flow]);
    return new Map(rows.map(({ batch_id, summary }) => [batch_id, summary]));
  }

  async transformation(db: Database, flow: number): Promise<TransformationNode | undefined> {
    const [row] = await this.#transformations.find(db, [flow]);
    return row && (JSON.parse(row.node) as TransformationNode);
  }

  async isSplit(db: Database, flow: number): Promise<boolean> {
    const [row] = await this.#types.find(db, [flow]);
    return row?.type === 'BatchSplit';
  }

  /** The batches that mass flowed from and into. */
  async sides(db: Database, flow: number): Promise<{ from: Set<string>; to: Set<string> }> {
    const rows = await this.#edges.find(db, [flow]);
    const batches = (nodes: string[]): Set<string> => new Set(nodes.filter((node) => !isFlowNode(node)));
    return { from: batches(rows.map((row) => row.from_node)), to: batches(rows.map((row) => row.to_node)) };
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

  /** Forgets what was not written. */
  discard(): void {
    this.#makingRows.discard();
    this.#contributionRows.discard();
    this.toldUses.discard();
  }
}

export function parsed({ strands, criteria }: Basis, text: string): ChainSummary {
  return parseSummary(text, { strands: strands.length, criteria: criteria.length });
}

export function told(summary: ChainSummary): Told {
  return { summary, text: textOf(summary) };
}
