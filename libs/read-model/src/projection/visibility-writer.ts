import { sql, type Kysely, type SqlBool, type Transaction } from 'kysely';
import { type Pseudonyms } from '#access';
import { type Seen } from './seen-counts.js';
import { TableWriter } from './table-writer.js';
import { isFlowNode, type FlowEdge } from '../views/flow-edges.js';
import { IdLookup } from '../views/id-lookup.js';
import { type ViewsSchema } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';

type Tx = Transaction<ViewsSchema>;
/** A site stands for its organisation. */
type Party = { readonly site: string } | { readonly organisation: string };
interface Dealing {
  readonly who: Party;
  readonly whom: Party;
}

interface Flowing extends FlowEdge {
  readonly at: number | undefined;
}

/** Pairs known to be in the tables that are remembered, so that a busy site is not looked up at each event. */
const PAIRS_KEPT = 100_000;

/**
 * Records who sees which batch: an organisation sees the batches that its sites handled, and everything upstream of them.
 * What was visible once stays visible: an answer as of the past must contain no less than it did then. The upstream of a
 * batch is walked when the batch becomes visible, and only as far as it is not visible yet, so that all walks together cost
 * one row per pair. The node of a transformation counts as seen once its inputs do.
 */
export class VisibilityWriter {
  readonly #rows;
  readonly #dealingRows;
  readonly #organisationsOf;
  readonly #seen;
  readonly #unseenSources;
  readonly #usedFrom;
  readonly #seers;
  readonly #flowRows;
  readonly #seenFlow;
  readonly #flowSeers;
  /** Changes since the last flush. */
  #touched = new Map<string, Set<string>>();
  #dealings: Dealing[] = [];
  #flows: Flowing[] = [];
  #fresh: Seen[] = [];
  /** As far as the tables hold them. */
  readonly #siteOrganisations = new Map<string, string>();
  #knownPairs = new Set<string>();

  readonly #pseudonyms: Pseudonyms;

  constructor(db: Kysely<ViewsSchema>, pseudonyms: Pseudonyms) {
    this.#pseudonyms = pseudonyms;
    this.#rows = new TableWriter(
      db,
      'visible_batches',
      ['organisation_id', 'batch_id', 'direct', 'pseudonym'],
      ['organisation_id', 'batch_id'],
    );
    this.#dealingRows = new TableWriter(
      db,
      'dealings',
      ['organisation_id', 'other_id'],
      ['organisation_id', 'other_id'],
    );
    this.#organisationsOf = new IdLookup((ids) =>
      db.selectFrom('sites').select(['site_id', 'organisation_id']).where('site_id', 'in', ids),
    );
    this.#seen = new IdLookup((ids) =>
      db
        .selectFrom('visible_batches')
        .select(['batch_id', 'direct'])
        .where('organisation_id', '=', organisation)
        .where('batch_id', 'in', ids),
    );
    this.#unseenSources = new IdLookup((ids) =>
      db
        .withRecursive('source', (cte) =>
          cte
            .selectFrom('flow_edges')
            .select('flow_edges.from_node as batch_id')
            .where('flow_edges.to_node', 'in', ids)
            .where(unseenSource)
            .union(
              cte
                .selectFrom('source')
                .innerJoin('flow_edges', 'flow_edges.to_node', 'source.batch_id')
                .select('flow_edges.from_node as batch_id')
                .where(unseenSource),
            ),
        )
        .selectFrom('source')
        .select('batch_id'),
    );
    this.#usedFrom = new IdLookup((ids) =>
      db
        .selectFrom('flow_edges')
        .select(({ fn }) => ['from_node as batch_id', fn.min('known_from').as('known_from')])
        .where('from_node', 'in', ids)
        .groupBy('from_node'),
    );
    this.#seers = new Statement(
      db.selectFrom('visible_batches').select('organisation_id').where('batch_id', '=', slot<string>('batch')),
    );
    this.#flowRows = new TableWriter(db, 'seen_flows', ['flow', 'organisation_id'], ['flow', 'organisation_id']);
    const seersOfFlow = db.selectFrom('seen_flows').select('organisation_id').where('flow', '=', slot<string>('flow'));
    this.#flowSeers = new Statement(seersOfFlow);
    this.#seenFlow = new Statement(seersOfFlow.where('organisation_id', '=', organisation));
  }

  /** A site handled batches, in an event that its deciders allowed: they were there, or on their way to it. */
  touched(siteId: string, batchIds: Iterable<string>): void {
    const batches = this.#touched.get(siteId) ?? new Set();
    for (const id of batchIds) batches.add(id);
    this.#touched.set(siteId, batches);
  }

  /**
   * An organisation comes to know another by name through what the other does: the receiver of a shipment knows who sent it,
   * but the sender does not thereby know the receiver. Otherwise anybody could learn a name by sending something there.
   */
  learned(who: Party, whom: Party): void {
    this.#dealings.push({ who, whom });
  }

  /**
   * Mass flows from a node into another.
   * @param at log index of the event through which it flows; undefined: the other node was there before
   */
  flowed({ from, to }: FlowEdge, at?: number): void {
    this.#flows.push({ from, to, at });
  }

  /** Edges and sites must already be in the tables. @returns who has come to see what */
  async flush(tx: Tx): Promise<readonly Seen[]> {
    const touched = this.#touched;
    const dealings = this.#dealings;
    const flows = this.#flows;
    this.#clear();
    await this.#learnSites(tx, [
      ...touched.keys(),
      ...dealings.flatMap(({ who, whom }) => [who, whom].flatMap((party) => ('site' in party ? [party.site] : []))),
    ]);
    const byOrganisation = new Map<string, Set<string>>();
    for (const [siteId, batches] of touched) {
      const organisationId = this.#siteOrganisations.get(siteId);
      if (organisationId === undefined) continue;
      const all = byOrganisation.get(organisationId) ?? new Set();
      for (const id of batches) all.add(id);
      byOrganisation.set(organisationId, all);
    }
    await this.#see(tx, byOrganisation);
    for (const { from, to } of await this.#late(tx, flows)) {
      const seers = isFlowNode(to)
        ? await this.#flowSeers.run(tx, { flow: to })
        : await this.#seers.run(tx, { batch: to });
      for (const { organisation_id: organisationId } of seers) await this.#seeSource(tx, organisationId, from);
    }
    await this.#deal(tx, dealings);
    const seen = this.#fresh;
    this.#fresh = [];
    return seen;
  }

  /**
   * The flows into batches that others may have seen before: whoever sees what a batch went into sees the batch too, and a
   * correction may have recorded a batch as used before any event made it.
   */
  async #late(tx: Tx, flows: readonly Flowing[]): Promise<readonly Flowing[]> {
    const made = flows.flatMap(({ to, at }) => (at === undefined ? [] : [to]));
    const rows = await this.#usedFrom.find(tx, [...new Set(made)]);
    const used = new Map(rows.map((row) => [row.batch_id, row.known_from]));
    return flows.filter(({ to, at }) => at === undefined || (used.get(to) ?? at) < at);
  }

  /** Forgets what was not written. */
  discard(): void {
    this.#clear();
    this.#rows.discard();
    this.#flowRows.discard();
    this.#dealingRows.discard();
    this.#siteOrganisations.clear();
    this.#knownPairs.clear();
  }

  #clear(): void {
    this.#touched = new Map();
    this.#dealings = [];
    this.#flows = [];
    this.#fresh = [];
  }

  async #learnSites(tx: Tx, siteIds: readonly string[]): Promise<void> {
    const unknown = [...new Set(siteIds)].filter((id) => !this.#siteOrganisations.has(id));
    for (const row of await this.#organisationsOf.find(tx, unknown)) {
      this.#siteOrganisations.set(row.site_id, row.organisation_id);
    }
  }

  /** What one organisation sees does not depend on what others see: the rows of all are written together. */
  async #see(tx: Tx, byOrganisation: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
    const fresh: [string, string[]][] = [];
    const pairs: string[] = [];
    for (const [organisationId, batchIds] of byOrganisation) {
      const unsure = [...batchIds].filter((id) => !this.#knownPairs.has(pair(organisationId, id)));
      const found = await this.#seen.find(tx, unsure, { organisation: organisationId });
      const known = new Map(found.map((row) => [row.batch_id, row.direct]));
      for (const id of unsure) {
        if (known.get(id) !== 1) this.#add(organisationId, id, 1);
        pairs.push(pair(organisationId, id));
      }
      const unseen = unsure.filter((id) => !known.has(id));
      for (const batch_id of unseen) this.#fresh.push({ organisation_id: organisationId, batch_id });
      fresh.push([organisationId, unseen]);
    }
    await this.#rows.flush(tx);
    for (const [organisationId, ids] of fresh) await this.#addSourcesOf(tx, organisationId, ids);
    await this.#flushSources(tx);
    if (this.#knownPairs.size > PAIRS_KEPT) this.#knownPairs = new Set();
    for (const each of pairs) this.#knownPairs.add(each);
  }

  async #seeSource(tx: Tx, organisationId: string, node: string): Promise<void> {
    const [known] = isFlowNode(node)
      ? await this.#seenFlow.run(tx, { flow: node, organisation: organisationId })
      : await this.#seen.find(tx, [node], { organisation: organisationId });
    if (known) return;
    this.#addSource(organisationId, node);
    await this.#flushSources(tx);
    await this.#addSourcesOf(tx, organisationId, [node]);
    await this.#flushSources(tx);
  }

  /** Adds the sources of these nodes, which are recorded as seen, as far as the sources are not. */
  async #addSourcesOf(tx: Tx, organisationId: string, nodes: readonly string[]): Promise<void> {
    const sources = await this.#unseenSources.find(tx, nodes, { organisation: organisationId });
    for (const node of new Set(sources.map((row) => row.batch_id))) this.#addSource(organisationId, node);
  }

  #addSource(organisationId: string, node: string): void {
    if (isFlowNode(node)) {
      this.#flowRows.add({ flow: node, organisation_id: organisationId });
      return;
    }
    this.#add(organisationId, node, 0);
    this.#fresh.push({ organisation_id: organisationId, batch_id: node });
  }

  async #flushSources(tx: Tx): Promise<void> {
    await this.#rows.flush(tx);
    await this.#flowRows.flush(tx);
  }

  #add(organisation_id: string, batch_id: string, direct: 0 | 1): void {
    const pseudonym = this.#pseudonyms.of(organisation_id, 'batch', batch_id);
    this.#rows.add({ organisation_id, batch_id, direct, pseudonym });
  }

  async #deal(tx: Tx, dealings: readonly Dealing[]): Promise<void> {
    const pairs = new Map<string, [string, string]>();
    for (const { who, whom } of dealings) {
      const one = this.#organisationOf(who);
      const two = this.#organisationOf(whom);
      if (one === undefined || two === undefined || one === two) continue;
      pairs.set(pair(one, two), [one, two]);
    }
    for (const [organisation_id, other_id] of pairs.values()) this.#dealingRows.add({ organisation_id, other_id });
    await this.#dealingRows.flush(tx);
  }

  #organisationOf(party: Party): string | undefined {
    return 'site' in party ? this.#siteOrganisations.get(party.site) : party.organisation;
  }
}

const organisation = slot<string>('organisation');

/** The organisation does not see the source of an edge. */
const unseenSource = sql<SqlBool>`(not exists (select 1 from ${sql.table('visible_batches')}
  where ${sql.ref('visible_batches.organisation_id')} = ${organisation}
  and ${sql.ref('visible_batches.batch_id')} = ${sql.ref('flow_edges.from_node')})
  and not exists (select 1 from ${sql.table('seen_flows')}
  where ${sql.ref('seen_flows.flow')} = ${sql.ref('flow_edges.from_node')}
  and ${sql.ref('seen_flows.organisation_id')} = ${organisation}))`;

/** Unambiguous, because ids contain no control characters. */
function pair(one: string, other: string): string {
  return `${one}\n${other}`;
}
