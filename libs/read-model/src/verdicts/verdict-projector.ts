import { type Transaction } from 'kysely';
import { type Basis, programmeReference, type Programme } from '#claims';
import { Rounds, Waiters, Wake, type Say } from '#following';
import { type VerdictProgress } from '../projection/progress.js';
import { type Projector } from '../projection/projector.js';
import { ChainReader, NOW } from '../chains/chain-reader.js';
import { GraphLoader } from '../chains/graph-tables.js';
import { type ViewsSchema } from '../views/schema.js';
import { enqueueAll, JudgedProgress, NOBODYS, UnjudgedTurns } from '../views/unjudged.js';
import { UnjudgedWriter, type Mark } from '../views/unjudged-writer.js';
import { type Views } from '../views/views.js';
import { type Task } from './agenda.js';
import { Backlog } from './backlog.js';
import { ChainPlaces } from './chain-places.js';
import { CurrentBasis } from './current-basis.js';
import { Expiries } from './expiries.js';
import { SummaryTables } from './summary-tables.js';
import { Wave } from './wave.js';
import { WholeChainJudge, type Judged, type JudgeRequest } from './whole-chain-judge.js';
import { VerdictWriter } from './verdict-writer.js';

/**
 * Most batches of an organisation that are judged together, within the time of one turn: they share much of their chains,
 * and a write must not hold up the projector for long.
 */
export const JUDGED_AT_ONCE = 64;
/** Longest turn, milliseconds, including batches found on the way; at least one batch is judged. */
const LONGEST_TURN_MS = 100;
/**
 * Larger limits where all batches are judged, so that more of what is written goes to the same page of a table before that
 * is copied to the write-ahead log. A stop still comes within the 2 s that a server has for it.
 */
const ALL = { atOnce: 4_096, turnMs: 1_000 };
/** Marks written in one transaction. */
const MARKS_AT_ONCE = 1_000;
/** Longest sleep, milliseconds: the system clock may be set meanwhile. */
const LONGEST_SLEEP_MS = 60_000;
/**
 * While the log grows and nobody waits for verdicts, judging pauses for this many times the time that it took: commands come
 * first, and a batch that several of them touch meanwhile is judged once.
 */
const PAUSE_PER_WORK = 9;
/** Longest such pause, milliseconds. */
const LONGEST_PAUSE_MS = 1_000;
/** How long after an event the log counts as growing, milliseconds. */
const GROWING_MS = 200;

export interface VerdictProjectorOptions {
  readonly views: Views;
  /** The projector whose read tables are judged. */
  readonly projector: Projector;
  /** Every known version; batches are judged by the newest published version of each programme. */
  readonly programmes: readonly Programme[];
  /** RFC 3339 UTC with milliseconds. */
  readonly now: () => string;
  /** See `WaveRequest`. */
  readonly fewFlows?: number;
  /** A failure that will be retried. Must not throw. */
  readonly onError?: (error: unknown, attempt: number) => void;
  /** Receives reports of how much is left to judge, while it is much. */
  readonly say?: Say;
  /** Called after each group of batches was judged. Must not throw. */
  readonly judged?: (batches: number, seconds: number) => void;
  /** Called when {@link VerdictProjector.judgedUpTo} was looked up again. Must not throw. */
  readonly progressed?: () => void;
}

/**
 * Keeps the verdicts of all batches up to date, one step behind the read tables: projecting marks what an event touches;
 * here what is downstream of it is found, and all of it judged. What is not judged yet stays marked in the tables, so a
 * process that dies continues where it was.
 */
export class VerdictProjector implements VerdictProgress {
  readonly #options: VerdictProjectorOptions;
  readonly #chains;
  readonly #nodes;
  readonly #tables;
  readonly #whole;
  readonly #writer;
  readonly #unjudged;
  readonly #turns;
  readonly #soFar;
  readonly #expiries;
  readonly #backlog;
  readonly #waiters = new Waiters();
  readonly #rounds: Rounds;
  /** Ends a pause that was made in favour of commands. */
  readonly #hurry = new Wake();
  /** When the log last grew, by the monotonic clock. */
  #grewAt = -Infinity;
  #unsubscribe = (): void => undefined;
  #judgedUpTo = -1;
  /** The organisation whose batches had the last turn: none waits until all work of another is done. */
  #judgedLast = '';
  readonly #bases: CurrentBasis;
  /** Name of the basis of the stored summaries. */
  #judgedOn: string | undefined;

  constructor(options: VerdictProjectorOptions) {
    this.#options = options;
    this.#chains = new ChainReader(options.views.db, options.views.records);
    this.#nodes = new GraphLoader(options.views.db);
    this.#tables = new SummaryTables(options.views.db, options.views.writer);
    this.#whole = new WholeChainJudge(options.views);
    this.#writer = new VerdictWriter(options.views.writer);
    this.#unjudged = new UnjudgedWriter(options.views.writer);
    this.#turns = new UnjudgedTurns(options.views.db);
    this.#soFar = new JudgedProgress(options.views.db, options.views.version);
    this.#expiries = new Expiries(options.views.db);
    this.#backlog = new Backlog(options.views, options.say ?? (() => undefined));
    this.#bases = new CurrentBasis(options.programmes);
    this.#rounds = new Rounds({ round: () => this.#work(), onError: options.onError });
  }

  get judgedUpTo(): number {
    return this.#judgedUpTo;
  }

  start(): void {
    const subscription = this.#options.projector.progress.subscribe(() => {
      this.#grewAt = performance.now();
      this.#rounds.wake();
    });
    this.#unsubscribe = () => subscription.unsubscribe();
    this.#rounds.start();
  }

  /** Stops after the group of batches in progress. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    const stopped = this.#rounds.stop();
    this.#hurry.now();
    await stopped;
    this.#waiters.giveUp();
  }

  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    const began = performance.now();
    const { projector } = this.#options;
    if (!(await projector.waitFor(position, timeoutMs))) return false;
    const last = projector.logSize - 1;
    if (this.#judgedUpTo < last) this.#hurry.now();
    return this.#waiters.wait(() => this.#judgedUpTo >= last, timeoutMs - (performance.now() - began));
  }

  /** @returns milliseconds until the passing of time alone gives it something to do */
  async #work(): Promise<number> {
    const began = performance.now();
    const worked = await this.#round();
    const took = performance.now() - began;
    this.#judgedUpTo = (await this.#soFar.of(this.#options.views.db)).all;
    this.#waiters.look();
    this.#options.progressed?.();
    if (!worked) {
      this.#backlog.isOver();
      return this.#untilNext();
    }
    await this.#backlog.goesOn();
    await this.#giveWay(took);
    return 0;
  }

  async #giveWay(workedMs: number): Promise<void> {
    if (this.#rounds.stopping || this.#waiters.any || performance.now() - this.#grewAt > GROWING_MS) return;
    await this.#hurry.sleep(Math.min(PAUSE_PER_WORK * workedMs, LONGEST_PAUSE_MS));
  }

  /** @returns whether there was anything to do. */
  async #round(): Promise<boolean> {
    const now = this.#options.now();
    const basis = this.#bases.at(now);
    await this.#takeUp(basis);
    await this.#takeUpExpired(now);
    return this.#judgeSome(basis, now);
  }

  /** If the basis changed, every batch is judged again; verdicts by other programmes and all summaries are dropped. */
  async #takeUp(basis: Basis): Promise<void> {
    if (basis.name === this.#judgedOn) return;
    const { writer, version } = this.#options.views;
    await writer.transaction().execute(async (tx) => {
      const stored = await tx.selectFrom('summary_basis').select('basis').executeTakeFirst();
      if (stored?.basis === basis.name) return;
      await tx.deleteFrom('summary_basis').execute();
      await tx.insertInto('summary_basis').values({ basis: basis.name }).execute();
      if (stored === undefined) return;
      await tx.deleteFrom('making_summaries').execute();
      await tx.deleteFrom('contributions').execute();
      await tx.deleteFrom('told_uses').execute();
      const references = basis.programmes.map(programmeReference);
      if (references.length > 0) {
        await tx.deleteFrom('verdicts').where('programme', 'not in', references).execute();
        await tx.deleteFrom('verdict_counts').where('programme', 'not in', references).execute();
        await tx.deleteFrom('seen_counts').where('programme', 'not in', references).execute();
      }
      const projection = await tx
        .selectFrom('projections')
        .select('log_size')
        .where('version', '=', version)
        .executeTakeFirstOrThrow();
      await enqueueAll(tx, projection.log_size);
    });
    this.#judgedOn = basis.name;
  }

  /** Queues verdicts that no event changed, but the passing of time may have. */
  async #takeUpExpired(now: string): Promise<void> {
    const { db, writer } = this.#options.views;
    const due = await this.#expiries.due(db, now);
    if (due.size === 0) return;
    const { logSize } = this.#options.projector;
    await this.#unjudged.add(
      writer,
      [...due].map((batch_id) => ({
        batch_id,
        since: logSize,
        last: logSize - 1,
        spread: 0,
        organisation_id: NOBODYS,
        anew: 1,
      })),
    );
  }

  async #judgeSome(basis: Basis, now: string): Promise<boolean> {
    const began = performance.now();
    const { db, writer, version } = this.#options.views;
    const { log_size: logSize } = await db
      .selectFrom('projections')
      .select('log_size')
      .where('version', '=', version)
      .executeTakeFirstOrThrow();
    const limit = (organisation: string): number => (organisation === NOBODYS ? ALL.atOnce : JUDGED_AT_ONCE);
    const turn = await this.#turns.next(db, { after: this.#judgedLast, limit });
    if (turn === undefined) return false;
    this.#judgedLast = turn.organisation;
    const turnMs = turn.organisation === NOBODYS ? ALL.turnMs : LONGEST_TURN_MS;
    const isOver = (): boolean => this.#rounds.stopping || performance.now() - began > turnMs;
    const wave = new Wave(db, this.#tables, new ChainPlaces(this.#nodes, this.#chains), {
      basis,
      now,
      logSize,
      fewFlows: this.#options.fewFlows,
      isOver,
    });
    const found = await wave.run(turn.rows);
    await this.#spread(found.spreading);
    // What was not written is still marked.
    if (this.#rounds.stopping && found.spreading.length > 0) return true;
    const { programmes } = basis;
    const walked = await this.#walk(found.unsummarised, { programmes, now });
    const judged = [...found.judged, ...walked.batchIds];
    await writer.transaction().execute(async (tx) => {
      await this.#tables.write(tx, found);
      await this.#writer.replace(tx, judged, [...found.rows, ...walked.rows]);
      await forget(tx, found.done, logSize);
      await this.#unjudged.add(tx, [...found.left, ...walked.left].map(markOf));
    });
    this.#options.judged?.(judged.length, (performance.now() - began) / 1000);
    return true;
  }

  /** Judges batches that have no summary by walking their chains; those for which the time does not suffice are left. */
  async #walk(tasks: readonly Task[], request: Omit<JudgeRequest, 'isOver'>): Promise<Judged & { left: Task[] }> {
    if (tasks.length === 0) return { batchIds: [], rows: [], left: [] };
    const ids = tasks.map((task) => task.batch_id);
    const judged = await this.#whole.judge(ids, { ...request, isOver: () => this.#rounds.stopping });
    const done = new Set(judged.batchIds);
    const left = tasks.filter((task) => !done.has(task.batch_id)).map((task) => ({ ...task, spread: 1 }));
    return { ...judged, left };
  }

  /**
   * Marks everything downstream of batches that have no summary: any of it may change.
   */
  async #spread(tasks: readonly Task[]): Promise<void> {
    const [first] = tasks;
    if (first === undefined) return;
    const { db, writer } = this.#options.views;
    const ids = tasks.map((task) => task.batch_id);
    const downstream = await this.#chains.closure(db, ids, 'downstream', NOW);
    for (const id of ids) downstream.delete(id);
    const since = Math.min(...tasks.map((task) => task.since));
    const last = Math.max(...tasks.map((task) => task.last));
    const marks = [...downstream].map((batch_id): Mark => ({
      batch_id,
      since,
      last,
      spread: 1,
      organisation_id: first.organisation_id,
      anew: 0,
    }));
    // In several transactions, so that the projector never waits long.
    for (let from = 0; from < marks.length && !this.#rounds.stopping; from += MARKS_AT_ONCE) {
      const some = marks.slice(from, from + MARKS_AT_ONCE);
      await writer.transaction().execute((tx) => this.#unjudged.add(tx, some));
    }
  }

  /** Milliseconds until a verdict no longer stands or a programme is published. */
  async #untilNext(): Promise<number> {
    const { views, programmes } = this.#options;
    const now = this.#options.now();
    const first = await this.#expiries.first(views.db);
    const moments = programmes.map((programme) => programme.published).filter((moment) => moment > now);
    if (first !== undefined) moments.push(first);
    const waits = moments.map((moment) => Math.max(Date.parse(moment) - Date.parse(now), 0));
    return Math.min(LONGEST_SLEEP_MS, ...waits);
  }
}

/** Removes marks, except of batches marked again since the judge began to read, or found on the way with a mark of their own. */
async function forget(tx: Transaction<ViewsSchema>, done: readonly Task[], logSize: number): Promise<void> {
  for (const isMarked of [true, false]) {
    const ids = done.filter((task) => task.isMarked === isMarked).map((task) => task.batch_id);
    for (let from = 0; from < ids.length; from += MARKS_AT_ONCE) {
      let query = tx
        .deleteFrom('unjudged')
        .where('batch_id', 'in', ids.slice(from, from + MARKS_AT_ONCE))
        .where('last', '<', logSize);
      if (!isMarked) query = query.where('anew', '=', 0);
      await query.execute();
    }
  }
}

function markOf({ batch_id, since, last, spread, organisation_id, born, anew }: Task): Mark {
  return { batch_id, since, last, spread, organisation_id, born, anew };
}
