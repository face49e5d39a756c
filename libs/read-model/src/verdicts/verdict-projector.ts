import { type Transaction } from 'kysely';
import { type Basis, programmeReference, type Programme } from '#claims';
import { Rounds, Waiters, Wake, type Say } from '#following';
import { type VerdictProgress } from '../projection/progress.js';
import { type Projector } from '../projection/projector.js';
import { ChainReader, NOW } from '../chains/chain-reader.js';
import { GraphLoader } from '../chains/graph-tables.js';
import { type ViewsSchema } from '../views/schema.js';
import { enqueueAll, judgedSoFar, nextOfOrganisation, NOBODYS } from '../views/unjudged.js';
import { UnjudgedWriter, type Mark } from '../views/unjudged-writer.js';
import { type Views } from '../views/views.js';
import { type Task } from './agenda.js';
import { Backlog } from './backlog.js';
import { ChainPlaces } from './chain-places.js';
import { CurrentBasis } from './current-basis.js';
import { SummaryTables } from './summary-tables.js';
import { Wave } from './wave.js';
import { WholeChainJudge, type Judged, type JudgeRequest } from './whole-chain-judge.js';
import { VerdictWriter } from './verdict-writer.js';

/**
 * Batches of an organisation that are judged together, as far as the time of one turn goes: they share much of their chains,
 * and a write must not hold up the projector for long.
 */
export const JUDGED_AT_ONCE = 64;
/** What is found on the way is judged with them for so long, milliseconds; one batch at least is judged. */
const LONGEST_TURN_MS = 100;
/** Where all batches are judged, so many and for so long: what a turn costs by itself, and its transaction, are shared. */
const ALL = { atOnce: 1_024, turnMs: 250 };
/** Marks written in one transaction. */
const MARKS_AT_ONCE = 1_000;
/** Expired verdicts that are taken up at once. */
const EXPIRED_AT_ONCE = 1_000;
/** Longest sleep, milliseconds: the world's clock may be set while one sleeps. */
const LONGEST_SLEEP_MS = 60_000;
/**
 * While the log grows and nobody waits for verdicts, judging pauses so many times as long as it took: commands come first,
 * and a batch that several of them touch meanwhile is judged once.
 */
const PAUSE_PER_WORK = 9;
/** Longest such pause, milliseconds. */
const LONGEST_PAUSE_MS = 1_000;
/** The log is taken to grow for so long after an event came, milliseconds. */
const GROWING_MS = 200;

export interface VerdictProjectorOptions {
  readonly views: Views;
  /** Whose read tables are judged. */
  readonly projector: Projector;
  /** Every version known; the newest published one of each programme is judged by. */
  readonly programmes: readonly Programme[];
  /** RFC 3339 UTC with milliseconds. */
  readonly now: () => string;
  /** See `WaveRequest`. */
  readonly fewFlows?: number;
  /** A failure that will be retried. Must not throw. */
  readonly onError?: (error: unknown, attempt: number) => void;
  /** Told what is left, while much is. */
  readonly say?: Say;
  /** Told after each group of batches is judged. Must not throw. */
  readonly judged?: (batches: number, seconds: number) => void;
  /** Told when {@link VerdictProjector.judgedUpTo} was looked up anew. Must not throw. */
  readonly progressed?: () => void;
}

/**
 * Keeps the verdicts of all batches, a step behind the read tables: projecting marks what an event touches, here what is
 * downstream of it is marked too and all of it judged. Whatever is not judged yet stays marked in the tables, so a process
 * that dies goes on where it was.
 */
export class VerdictProjector implements VerdictProgress {
  readonly #options: VerdictProjectorOptions;
  readonly #chains;
  readonly #nodes;
  readonly #tables;
  readonly #whole;
  readonly #writer;
  readonly #unjudged;
  readonly #backlog;
  readonly #waiters = new Waiters();
  readonly #rounds: Rounds;
  /** Ends a pause in favour of commands. */
  readonly #hurry = new Wake();
  /** When the log last grew, by the monotonic clock. */
  #grewAt = -Infinity;
  #unsubscribe = (): void => undefined;
  #judgedUpTo = -1;
  /** Whose batches had their turn last: no organisation waits for all work of another. */
  #judgedLast = '';
  readonly #bases: CurrentBasis;
  /** Name of the basis that the stored summaries are on. */
  #judgedOn: string | undefined;

  constructor(options: VerdictProjectorOptions) {
    this.#options = options;
    this.#chains = new ChainReader(options.views.db);
    this.#nodes = new GraphLoader(options.views.db);
    this.#tables = new SummaryTables(options.views.db, options.views.writer);
    this.#whole = new WholeChainJudge(options.views);
    this.#writer = new VerdictWriter(options.views.writer);
    this.#unjudged = new UnjudgedWriter(options.views.writer);
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

  /** Ends after the group of batches under way. */
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

  /** @returns milliseconds until there is something to do by the passing of time alone */
  async #work(): Promise<number> {
    const began = performance.now();
    const worked = await this.#round();
    const took = performance.now() - began;
    this.#judgedUpTo = (await judgedSoFar(this.#options.views.db, this.#options.views.version)).all;
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

  /** On another basis every batch is judged anew; what was judged by other programmes is dropped, and so are all summaries. */
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

  /** The passing of time changed them, no event did. */
  async #takeUpExpired(now: string): Promise<void> {
    const { db, writer } = this.#options.views;
    const rows = await db
      .selectFrom('verdicts')
      .select('batch_id')
      .where('stands_until', '<=', now)
      // "distinct" would have SQLite walk through all verdicts, batch by batch, at every round.
      .orderBy('stands_until')
      .limit(EXPIRED_AT_ONCE)
      .execute();
    if (rows.length === 0) return;
    const { logSize } = this.#options.projector;
    await this.#unjudged.add(
      writer,
      [...new Set(rows.map((row) => row.batch_id))].map((batch_id) => ({
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
    const turn = await nextOfOrganisation(db, { after: this.#judgedLast, limit });
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
    // What is not written down is still marked.
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

  /** Of what no summary tells, the whole chain does; what the time does not suffice for is left. */
  async #walk(tasks: readonly Task[], request: Omit<JudgeRequest, 'isOver'>): Promise<Judged & { left: Task[] }> {
    if (tasks.length === 0) return { batchIds: [], rows: [], left: [] };
    const ids = tasks.map((task) => task.batch_id);
    const judged = await this.#whole.judge(ids, { ...request, isOver: () => this.#rounds.stopping });
    const done = new Set(judged.batchIds);
    const left = tasks.filter((task) => !done.has(task.batch_id)).map((task) => ({ ...task, spread: 1 }));
    return { ...judged, left };
  }

  /**
   * Marks all that is downstream of batches of which no summary tells: nobody can say what of it stays as it is.
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
    // In several transactions, so that the projector waits for none of them long.
    for (let from = 0; from < marks.length && !this.#rounds.stopping; from += MARKS_AT_ONCE) {
      const some = marks.slice(from, from + MARKS_AT_ONCE);
      await writer.transaction().execute((tx) => this.#unjudged.add(tx, some));
    }
  }

  /** Milliseconds until a verdict no longer stands or a programme is published. */
  async #untilNext(): Promise<number> {
    const { views, programmes } = this.#options;
    const now = this.#options.now();
    const first = await views.db
      .selectFrom('verdicts')
      .select('stands_until')
      .where('stands_until', 'is not', null)
      .orderBy('stands_until')
      .limit(1)
      .executeTakeFirst();
    const moments = programmes.map((programme) => programme.published).filter((moment) => moment > now);
    if (first?.stands_until) moments.push(first.stands_until);
    const waits = moments.map((moment) => Math.max(Date.parse(moment) - Date.parse(now), 0));
    return Math.min(LONGEST_SLEEP_MS, ...waits);
  }
}

/** What was marked again since the judge began to read stays marked, and so does what was found on the way and has a mark of its own. */
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
