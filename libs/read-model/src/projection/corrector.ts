import { type Transaction } from 'kysely';
import {
  buildGraph,
  correctionsAmong,
  inForce,
  isCorrecting,
  touchedBy,
  type RestingMark,
  type GraphEvent,
  type ProvenanceGraph,
} from '#claims';
import { type RecordCorrected, type SiteOpened } from '#custody';
import { NOW, type ChainReader } from '../chains/chain-reader.js';
import { LOGGED_COLUMNS, loggedEvents, type LoggedEvent } from '../chains/logged-event.js';
import { type Records } from '../views/records.js';
import { type ViewsSchema } from '../views/schema.js';
import { edgesOf, type FlowEdge } from '../views/flow-edges.js';
import { streamKey } from '../chains/evidence.js';

type Tx = Transaction<ViewsSchema>;

/** Exactly what a correction, or the confirmation of one, changes. */
interface Rederived {
  /** Batches whose history a correction may have changed: those of the corrected event, and all downstream of them. */
  readonly batches: ReadonlySet<string>;
  /** Batches that the correction itself concerns, before anything downstream of them. */
  readonly about: readonly string[];
  /** Folded again with the correction in place: holds those of `batches` that an event makes. */
  readonly graph: ProvenanceGraph;
  /** Transformations that took from one of `batches`, and the shipments of the corrected event. */
  readonly transformations: readonly string[];
  readonly shipments: readonly string[];
  /** Steps of mass flows that the correction adds. */
  readonly edges: readonly FlowEdge[];
  /** The corrected opening of a site. */
  readonly site?: { opened: RestingMark; data: SiteOpened };
}

/** Re-derives what is downstream of a corrected event from the events of that part of the graph alone. */
export class Corrector {
  readonly #chains: ChainReader;
  readonly #records: Records;

  constructor(chains: ChainReader, records: Records) {
    this.#chains = chains;
    this.#records = records;
  }

  /**
   * Takes a correction into account, or the confirmation of one. Everything before it must be in the tables.
   * @returns undefined when it names no event of the log.
   */
  async correct(tx: Tx, correction: GraphEvent): Promise<Rederived | undefined> {
    const { logIndex } = correction;
    const root = await this.#root(tx, (correction.data as RecordCorrected).eventId, logIndex);
    if (!root) return undefined;
    const before = await this.#inForce(tx, root);
    await tx.insertInto('corrections').values({ log_index: logIndex, event_id: root.id }).execute();
    const after = await this.#inForce(tx, root);

    const shipments = [...new Set([...touchedBy(before).shipments, ...touchedBy(after).shipments])];
    const about = await this.#batchesOf(tx, before, after, shipments);
    if (root.type === 'SiteOpened') await this.#markSubject(tx, logIndex, streamKey(root.stream));
    else await this.#touch(tx, about, root.logIndex, logIndex);
    const edges = await this.#reroute(tx, edgesOf(before), edgesOf(after), root, logIndex);

    const batches = await this.#chains.closure(tx, about, 'downstream', NOW);
    const chain = await this.#chains.closure(tx, batches, 'upstream', NOW);
    const graph = buildGraph(await this.#chains.eventsOf(tx, chain, logIndex));
    return {
      batches,
      about,
      graph,
      transformations: [...graph.transformations.values()]
        .filter(({ inputs, outputs }) => [...inputs, ...outputs].some(({ batchId }) => batches.has(batchId)))
        .map(({ transformationId }) => transformationId),
      shipments,
      edges,
      // If the fold cannot read the replacement, the site stays as it was, both in the fold and here.
      ...(touchedBy(after).sites.length > 0 &&
        root.type === 'SiteOpened' && {
          site: { opened: markOf(after), data: after.data as SiteOpened },
        }),
    };
  }

  /** The event that a correction is about: the one it names or, if that is a correction itself, the one at its root. */
  async #root(tx: Tx, eventId: string, before: number): Promise<LoggedEvent | undefined> {
    const named = await this.#event(tx, eventId);
    if (named === undefined || !isCorrecting(named)) return named;
    if (named.logIndex === before) return undefined;
    const row = await tx
      .selectFrom('corrections')
      .select('event_id')
      .where('log_index', '=', named.logIndex)
      .executeTakeFirst();
    return row && this.#event(tx, row.event_id);
  }

  async #event(tx: Tx, eventId: string): Promise<LoggedEvent | undefined> {
    const rows = await tx.selectFrom('events').select(LOGGED_COLUMNS).where('event_id', '=', eventId).execute();
    return (await loggedEvents(this.#records, tx, rows))[0];
  }

  /** The event with the data in force according to the corrections and confirmations in the tables. */
  async #inForce(tx: Tx, root: LoggedEvent): Promise<GraphEvent> {
    const rows = await tx
      .selectFrom('corrections')
      .innerJoin('events', 'events.log_index', 'corrections.log_index')
      .select(['events.log_index', 'events.position', 'events.event_id'])
      .where('corrections.event_id', '=', root.id)
      .orderBy('corrections.log_index')
      .execute();
    return inForce(root, correctionsAmong(await loggedEvents(this.#records, tx, rows)).get(root.stream));
  }

  async #batchesOf(tx: Tx, before: GraphEvent, after: GraphEvent, shipments: readonly string[]): Promise<string[]> {
    const about = new Set([...touchedBy(before).batches, ...touchedBy(after).batches]);
    const others = tx.selectFrom('event_batches').select('event_batches.batch_id').distinct();
    if (before.type === 'SiteOpened') {
      // A site's country is part of the composition of everything registered or recycled there.
      const rows = await others
        .innerJoin('events', 'events.log_index', 'event_batches.log_index')
        .where('events.stream', '=', before.stream)
        .execute();
      for (const { batch_id } of rows) about.add(batch_id);
    } else if (shipments.length > 0) {
      const rows = await tx
        .selectFrom('shipment_batches')
        .select('batch_id')
        .where('shipment_id', 'in', shipments)
        .execute();
      for (const { batch_id } of rows) about.add(batch_id);
    }
    return [...about];
  }

  /** Adds the corrected event and its correction to the history of each of these batches. */
  async #touch(tx: Tx, batchIds: readonly string[], root: number, correction: number): Promise<void> {
    for (const batch_id of batchIds) {
      await tx
        .insertInto('event_batches')
        .values([
          { batch_id, log_index: root },
          { batch_id, log_index: correction },
        ])
        .onConflict((conflict) => conflict.columns(['batch_id', 'log_index']).doNothing())
        .execute();
    }
  }

  async #reroute(
    tx: Tx,
    before: FlowEdge[],
    after: FlowEdge[],
    root: LoggedEvent,
    correction: number,
  ): Promise<FlowEdge[]> {
    const key = ({ from, to }: FlowEdge): string => JSON.stringify([from, to]);
    const stay = new Set(after.map(key));
    const were = new Set(before.map(key));
    for (const edge of before) {
      if (stay.has(key(edge))) continue;
      await tx
        .updateTable('flow_edges')
        .set({ known_until: correction })
        .where('via', '=', root.logIndex)
        .where('from_node', '=', edge.from)
        .where('to_node', '=', edge.to)
        .where('known_until', 'is', null)
        .execute();
    }
    const added = after.filter((edge) => !were.has(key(edge)));
    for (const { from, to } of added) {
      await tx
        .insertInto('flow_edges')
        .values({ from_node: from, to_node: to, via: root.logIndex, known_from: correction, known_until: null })
        .execute();
    }
    return added;
  }

  async #markSubject(tx: Tx, logIndex: number, siteId: string): Promise<void> {
    await tx.updateTable('events').set({ subject_site: siteId }).where('log_index', '=', logIndex).execute();
  }
}

function markOf({ id, logIndex, metadata, unconfirmed }: GraphEvent): RestingMark {
  return { eventId: id, logIndex, occurredAt: metadata.occurredAt, ...(unconfirmed && { unconfirmed }) };
}
