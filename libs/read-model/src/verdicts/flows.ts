import { type Kysely } from 'kysely';
import { type BatchNode, type TransformationNode } from '#claims';
import { type ViewsSchema } from '../views/schema.js';
import { type SummaryTables } from './summary-tables.js';

type Database = Kysely<ViewsSchema>;

/** Flows that are read together: few, since each may have a thousand inputs and outputs. */
const FLOWS_AT_ONCE = 16;

/** What a transformation or a split took and made, as stored in the tables. */
export interface Flow {
  /** Undefined when the flow is not a transformation. */
  readonly transformation: TransformationNode | undefined;
  readonly isSplit: boolean;
  /** The batches that mass flowed from and into. */
  readonly from: ReadonlySet<string>;
  readonly to: ReadonlySet<string>;
  /** The contributions that it took, as texts, by batch. */
  readonly taken: ReadonlyMap<string, string>;
}

/** The flows that a group of judgements needs, each read once, together with some that are needed next. */
export class Flows {
  readonly #db: Database;
  readonly #tables: SummaryTables;
  readonly #known = new Map<number, Flow>();

  constructor(db: Database, tables: SummaryTables) {
    this.#db = db;
    this.#tables = tables;
  }

  /** @param ahead flows that may be needed next; read along if this one has to be read */
  async of(flow: number, ahead: () => readonly number[]): Promise<Flow> {
    let known = this.#known.get(flow);
    if (known === undefined) {
      const others = ahead().filter((other) => other !== flow && !this.#known.has(other));
      await this.#read([flow, ...new Set(others)].slice(0, FLOWS_AT_ONCE));
      known = this.#known.get(flow)!;
    }
    return known;
  }

  async #read(flows: readonly number[]): Promise<void> {
    const [db, tables] = [this.#db, this.#tables];
    const made = await tables.transformations(db, flows);
    const splits = await tables.splitsAmong(
      db,
      flows.filter((flow) => !made.has(flow)),
    );
    const sides = await tables.sides(db, flows);
    const taken = await tables.taken(db, flows);
    for (const flow of flows) {
      this.#known.set(flow, {
        transformation: made.get(flow),
        isSplit: splits.has(flow),
        from: sides.get(flow)?.from ?? NOTHING,
        to: sides.get(flow)?.to ?? NOTHING,
        taken: taken.get(flow) ?? NOT_TAKEN,
      });
    }
  }
}

const NOTHING: ReadonlySet<string> = new Set();
const NOT_TAKEN: ReadonlyMap<string, string> = new Map();

/** Log index of the transformation or split that made the batch. */
export function flowOf(node: BatchNode | undefined): number | undefined {
  const { bornBy } = node ?? {};
  return bornBy === undefined || bornBy.kind === 'registered' ? undefined : bornBy.logIndex;
}
