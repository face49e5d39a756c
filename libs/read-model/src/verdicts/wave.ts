import { type Kysely } from 'kysely';
import { programmeReference, Summariser, type BatchNode, type ChainSummary } from '#claims';
import { flowNode, isFlowNode } from '../views/flow-edges.js';
import { type UnjudgedRow, type VerdictRow, type ViewsSchema } from '../views/schema.js';
import { giveTurn } from '../turns.js';
import { WITH_ALL } from '../views/unjudged.js';
import { type ChainPlaces } from './chain-places.js';
import { making, type Making, type SummaryTables } from './summary-tables.js';
import { parsed, told, type Told } from './summary-texts.js';
import { verdictRow } from './verdict-rows.js';
import { Agenda, foundBy, merged, type Task } from './agenda.js';
import { flowOf, Flows, type Flow } from './flows.js';
import { FEW_FLOWS, ToldUses } from './told-uses.js';
import { type WaveRequest, type WaveResult } from './wave-request.js';

type Database = Kysely<ViewsSchema>;

/** Batches whose nodes are read together. */
const READ_AT_ONCE = 128;
/** Batches without a summary that a wave collects before it ends: their chains are walked afterwards. */
const WALKED_AT_ONCE = 64;

/**
 * Judges batches in the order in which they were made, and everything that depends on one whose summary changed: makings that
 * used what it passed on are summarised again, and their outputs are judged where that summary changed. Where nothing
 * changes, nothing is passed on. Reads tables, writes nothing.
 */
export class Wave {
  readonly #db: Database;
  readonly #tables: SummaryTables;
  readonly #places: ChainPlaces;
  readonly #request: WaveRequest;
  readonly #summariser: Summariser;
  readonly #uses: ToldUses;
  readonly #agenda = new Agenda();
  readonly #read = new Set<string>();
  readonly #given = new Map<string, ReadonlyMap<number, string>>();
  readonly #makings = new Map<number, Making | undefined>();
  readonly #changedMakings = new Map<number, Making>();
  readonly #changedContributions = new Map<number, Map<string, string | undefined>>();
  readonly #judged = new Set<string>();
  readonly #rows = new Map<string, VerdictRow[]>();
  readonly #unsummarised = new Map<string, Task>();
  readonly #spreading = new Map<string, Task>();
  readonly #done = new Map<string, Task>();
  readonly #remade = new Set<number>();
  readonly #flows: Flows;
  /** Flows after the batches that are judged because all are: they will be found when what they made is judged. */
  readonly #ahead = new Map<number, Task>();

  constructor(db: Database, tables: SummaryTables, places: ChainPlaces, request: WaveRequest) {
    this.#db = db;
    this.#tables = tables;
    this.#places = places;
    this.#request = request;
    const { fewFlows: few = FEW_FLOWS, logSize } = request;
    this.#uses = new ToldUses(tables.toldUses, { few, logSize });
    this.#flows = new Flows(db, tables);
    this.#summariser = new Summariser(request.basis, places.graph, places.standing, request.now);
  }

  async run(marks: readonly UnjudgedRow[]): Promise<WaveResult> {
    for (const mark of marks) this.#agenda.add({ ...mark, isMarked: true, isFound: false });
    for (let task = this.#agenda.next(); task !== undefined; task = this.#agenda.next()) {
      this.#done.set(task.batch_id, merged(this.#done.get(task.batch_id), task));
      if (isFlowNode(task.batch_id)) await this.#remake(task);
      else await this.#judge(task);
      if (this.#request.isOver() || this.#unsummarised.size >= WALKED_AT_ONCE) break;
      await giveTurn();
    }
    for (const task of await this.#notFoundLater()) this.#agenda.add(task);
    return {
      makings: this.#changedMakings,
      contributions: this.#changedContributions,
      toldUses: this.#uses.changes,
      judged: [...this.#judged],
      rows: [...this.#rows.values()].flat(),
      unsummarised: [...this.#unsummarised.values()],
      spreading: [...this.#spreading.values()],
      done: [...this.#done.values()],
      left: this.#agenda.rest().filter(({ isFound }) => isFound),
    };
  }

  async #judge(task: Task): Promise<void> {
    const batchId = task.batch_id;
    await this.#prepare(task);
    let node = this.#places.graph.batches.get(batchId);
    this.#judged.add(batchId);
    this.#rows.delete(batchId);
    this.#unsummarised.delete(batchId);
    if (node === undefined) {
      this.#uses.forget(batchId);
      return void this.#gives(task, new Map());
    }
    const flow = flowOf(node);
    if (flow !== undefined) await this.#remakeFor(task, flow);
    const made = flow === undefined ? this.#summariser.unmade : (await this.#making(flow))?.summary;
    // What it is made of is not known yet: it is judged as soon as everything that went into it has been.
    if (made === undefined) return void this.#judged.delete(batchId);
    await this.#places.loadMakers(this.#db, [made]);
    node = await this.#readAsFarAsNeeded(task, node, made);
    const isChanged = this.#gives(task, this.#contributionsOf(node, made));
    if (task.isMarked) await this.#touchWeighed(task, node);
    this.#uses.note(node, told(made).text, this.#summariser.isSummarised(node, made));
    if (node.status === 'unborn') return;
    const verdicts = this.#summariser.verdictsOf(node, made);
    if (verdicts === undefined) {
      this.#judged.delete(batchId);
      this.#unsummarised.set(batchId, task);
      if (task.spread === 0 && !isChanged && node.uses.length > 0) this.#spreading.set(batchId, task);
      return;
    }
    const { programmes } = this.#request.basis;
    const rows = verdicts.map((verdict, index) =>
      verdictRow(node, programmeReference(programmes[index]!), verdict, undefined),
    );
    this.#rows.set(batchId, rows);
  }

  /** Before the batch is judged, its making is summarised if it has not been yet, or may have changed. */
  async #remakeFor(task: Task, flow: number): Promise<void> {
    const made = await this.#making(flow);
    const isDue = made === undefined || task.anew >= 2 || (task.anew === 1 && made.isWeighed);
    if (isDue && !this.#remade.has(flow)) await this.#remake({ ...task, batch_id: flowNode(flow) }, task.batch_id);
  }

  /** The past uses of a frequently used batch are read only where what they passed on may have changed. */
  async #readAsFarAsNeeded(task: Task, node: BatchNode, made: ChainSummary): Promise<BatchNode> {
    const { batchId } = node;
    if (!this.#uses.isPartly(node)) return node;
    if (this.#uses.isAsTold(node, task, told(made).text) && this.#summariser.isSummarised(node, made)) return node;
    this.#uses.readWhole(batchId);
    await this.#places.loadWhole(this.#db, batchId);
    const given = (await this.#tables.given(this.#db, [batchId], NO_PARTS)).get(batchId) ?? new Map<number, string>();
    for (const [flow, texts] of this.#changedContributions) {
      const text = texts.get(batchId);
      if (text !== undefined) given.set(flow, text);
      else if (texts.has(batchId)) given.delete(flow);
    }
    this.#given.set(batchId, given);
    return this.#places.graph.batches.get(batchId) ?? node;
  }

  #contributionsOf(node: BatchNode, made: ChainSummary): Map<number, Told> {
    const texts = new Map<number, Told>();
    let last: Told | undefined;
    for (const [flow, summary] of this.#summariser.contributions(node, made)) {
      if (last?.summary !== summary) last = told(summary);
      texts.set(flow, last);
    }
    return texts;
  }

  /** @returns whether anything that the batch passes on has changed */
  #gives(task: Task, now: ReadonlyMap<number, Told>): boolean {
    const batchId = task.batch_id;
    const before = this.#given.get(batchId) ?? new Map<number, string>();
    const given = new Map<number, string>();
    const changed = new Set<number>();
    for (const [flow, { text }] of now) {
      given.set(flow, text);
      if (before.get(flow) !== text) changed.add(flow);
    }
    for (const flow of before.keys()) if (!now.has(flow)) changed.add(flow);
    for (const flow of changed) {
      let flows = this.#changedContributions.get(flow);
      if (flows === undefined) this.#changedContributions.set(flow, (flows = new Map<string, string | undefined>()));
      flows.set(batchId, given.get(flow));
      this.#findFlow(task, flow);
    }
    this.#given.set(batchId, given);
    return changed.size > 0;
  }

  /** Flows that depend on the content of their inputs may change even if what those pass on does not. */
  async #touchWeighed(task: Task, node: BatchNode): Promise<void> {
    const { criteria, processedIn } = this.#request.basis;
    if (criteria.length + processedIn.length === 0) return;
    const flows = node.uses.flatMap((use) => (use.transformationId === undefined ? [] : use.logIndex));
    if (this.#uses.isPartly(node) && !this.#uses.isWeighedAsTold(node))
      flows.push(...(await this.#tables.weighedFlows(this.#db, node.batchId)));
    // Where all batches are judged, what is made later is judged anyway.
    const looked = task.anew === WITH_ALL ? flows.filter((flow) => flow <= task.born) : flows;
    await this.#readMakings(looked);
    for (const flow of new Set(looked)) if (this.#makings.get(flow)?.isWeighed) this.#findFlow(task, flow);
  }

  #findFlow(task: Task, flow: number): void {
    this.#remade.delete(flow);
    const found = { ...foundBy(task), batch_id: flowNode(flow), born: flow };
    if (task.anew === WITH_ALL && flow > task.born) this.#ahead.set(flow, found);
    else this.#agenda.add(found);
  }

  /** Those of the flows ahead whose outputs are no longer among the batches that are still to be judged because all are. */
  async #notFoundLater(): Promise<Task[]> {
    const later = await this.#tables.madeLater.find(this.#db, [...this.#ahead.keys()]);
    return [...this.#ahead].filter(([flow]) => !later.has(flow)).map(([, task]) => task);
  }

  /** @param judging the batch that is being judged, which need not be found */
  async #remake(task: Task, judging?: string): Promise<void> {
    const flow = Number(task.batch_id);
    this.#remade.add(flow);
    const made = await this.#summarised(flow);
    if (made === undefined) return;
    const before = await this.#making(flow);
    const isSame = before?.text === made.text;
    if (!isSame || before.isWeighed !== made.isWeighed) {
      this.#makings.set(flow, made);
      this.#changedMakings.set(flow, made);
    }
    // Where only a walk through the whole chain tells, what goes in changes more than the summary says.
    if (isSame && !('wholeChain' in made.summary)) return;
    for (const id of (await this.#flow(flow)).to) {
      if (id !== judging) this.#agenda.add({ ...foundBy(task), batch_id: id, born: flow });
    }
  }

  #flow(flow: number): Promise<Flow> {
    return this.#flows.of(flow, () =>
      this.#agenda.ahead(READ_AT_ONCE).flatMap(({ batch_id: id, anew }) => {
        if (isFlowNode(id)) return Number(id);
        return anew >= 2 ? (flowOf(this.#places.graph.batches.get(id)) ?? []) : [];
      }),
    );
  }

  /** Undefined while some of its inputs have not been judged: it is summarised once they are. */
  async #summarised(flow: number): Promise<Making | undefined> {
    const { transformation: made, isSplit, from, taken } = await this.#flow(flow);
    if (made === undefined && !isSplit) return making({ wholeChain: true }, false);
    const inputs = made?.inputs.map(({ batchId }) => batchId) ?? from;
    const texts = this.#changedContributions.get(flow);
    const contributions = new Map<string, ChainSummary>();
    const known = new Map<string, ChainSummary>();
    const missing: string[] = [];
    for (const batchId of new Set(inputs)) {
      const text = texts?.has(batchId) === true ? texts.get(batchId) : taken.get(batchId);
      if (text === undefined) missing.push(batchId);
      else {
        const summary = parsed(this.#request.basis, text);
        known.set(text, summary);
        contributions.set(batchId, summary);
      }
    }
    if (missing.length > 0) return this.#withMissing(flow, missing);
    if (made === undefined) {
      const [whole, ...others] = contributions.values();
      return making(whole === undefined || others.length > 0 ? { wholeChain: true } : whole, false);
    }
    await this.#places.loadSites(this.#db, [made.siteId]);
    const isWeighed = this.#summariser.isWeighed(made, contributions);
    if (isWeighed) {
      await this.#places.loadInputs(this.#db, [...contributions.keys()]);
      await this.#places.loadMakers(this.#db, known.values());
      await this.#places.tellOf(this.#db, [made.siteId]);
    }
    return making(this.#summariser.transformed(made, contributions), isWeighed);
  }

  /** An input made earlier will be judged in time; waiting for one made later could mean waiting for itself. */
  async #withMissing(flow: number, missing: readonly string[]): Promise<Making | undefined> {
    await this.#places.loadInputs(this.#db, missing);
    const isWaiting = missing.every((id) => {
      const node = this.#places.graph.batches.get(id);
      return node !== undefined && (node.bornBy === undefined || node.bornBy.logIndex < flow);
    });
    return isWaiting ? undefined : making({ wholeChain: true }, false);
  }

  async #making(flow: number): Promise<Making | undefined> {
    if (!this.#makings.has(flow)) await this.#readMakings([flow]);
    return this.#makings.get(flow);
  }

  async #readMakings(flows: readonly number[]): Promise<void> {
    const fresh = [...new Set(flows)].filter((flow) => !this.#makings.has(flow));
    for (const flow of fresh) this.#makings.set(flow, undefined);
    for (const [flow, made] of await this.#tables.makings(this.#db, this.#request.basis, fresh))
      this.#makings.set(flow, made);
  }

  /** Reads what judging needs, for some of the next tasks as well. */
  async #prepare(task: Task): Promise<void> {
    if (this.#read.has(task.batch_id)) return;
    const next = [task, ...this.#agenda.ahead(READ_AT_ONCE)];
    const tasks = next.filter(({ batch_id: id }) => !isFlowNode(id) && !this.#read.has(id));
    const ids = tasks.map(({ batch_id: id }) => id);
    for (const id of ids) this.#read.add(id);
    const after = await this.#uses.read(this.#db, tasks);
    await this.#places.load(this.#db, ids, after);
    for (const [id, flows] of await this.#tables.given(this.#db, ids, after)) this.#given.set(id, flows);
    await this.#readMakings(ids.flatMap((id) => flowOf(this.#places.graph.batches.get(id)) ?? []));
  }
}

const NO_PARTS: ReadonlyMap<string, number> = new Map();
