import { chooseProgramme, programmeReference, type Programme } from '#claims';
import { Rounds, Waiters, Wake } from '#following';
import { type VerdictProgress } from '../projection/progress.js';
import { type Projector } from '../projection/projector.js';
import { ChainReader, NOW } from '../chains/chain-reader.js';
import { enqueue, enqueueAll, judgedSoFar, nextOfOrganisation } from '../views/unjudged.js';
import { type Views } from '../views/views.js';
import { Turns } from '../turns.js';
import { Judge } from './judge.js';
import { VerdictWriter } from './verdict-writer.js';

/**
 * Batches of an organisation that are judged together, as far as the time of one turn goes: they share much of their chains,
 * and a write must not hold up the projector for long.
 */
export const JUDGED_AT_ONCE = 64;
/** Marked batches whose downstream is looked for at once. */
const SPREAD_AT_ONCE = 256;
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
  /** A failure that will be retried. Must not throw. */
  readonly onError?: (error: unknown, attempt: number) => void;
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
  readonly #judge;
  readonly #writer;
  readonly #waiters = new Waiters();
  readonly #rounds: Rounds;
  /** Ends a pause in favour of commands. */
  readonly #hurry = new Wake();
  /** When the log last grew, by the monotonic clock. */
  #grewAt = -Infinity;
  #unsubscribe = (): void => undefined;
  #judgedUpTo = -1;
  /** Whose batches had their turn last, to be judged and to be spread: no organisation waits for all work of another. */
  #judgedLast = '';
  #spreadLast = '';
  /** References of the programmes that the stored verdicts are by. */
  #judgedBy: string | undefined;

  constructor(options: VerdictProjectorOptions) {
    this.#options = options;
    this.#chains = new ChainReader(options.views.db);
    this.#judge = new Judge(options.views);
    this.#writer = new VerdictWriter(options.views.writer);
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
    if (!worked) return this.#untilNext();
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
    const programmes = this.#programmesAt(now);
    await this.#takeUpProgrammes(programmes);
    await this.#takeUpExpired(now);
    if (await this.#spread()) return true;
    return this.#judgeSome(programmes, now);
  }

  #programmesAt(now: string): Programme[] {
    const { programmes } = this.#options;
    const ids = [...new Set(programmes.map((programme) => programme.id))].sort();
    return ids.flatMap((id) => chooseProgramme(programmes, id, now) ?? []);
  }

  /** Another set of programmes: every batch is judged anew, and what was judged by others is dropped. */
  async #takeUpProgrammes(programmes: readonly Programme[]): Promise<void> {
    const references = programmes.map(programmeReference);
    const wanted = references.join(' ');
    if (wanted === this.#judgedBy) return;
    const { writer, version } = this.#options.views;
    await writer.transaction().execute(async (tx) => {
      const rows = await tx.selectFrom('verdict_counts').select('programme').distinct().orderBy('programme').execute();
      const stored = rows.map((row) => row.programme);
      if (stored.length === 0 || stored.join(' ') === wanted) return;
      const others = stored.filter((reference) => !references.includes(reference));
      if (others.length > 0) {
        await tx.deleteFrom('verdicts').where('programme', 'in', others).execute();
        await tx.deleteFrom('verdict_counts').where('programme', 'in', others).execute();
      }
      const projection = await tx
        .selectFrom('projections')
        .select('log_size')
        .where('version', '=', version)
        .executeTakeFirstOrThrow();
      await enqueueAll(tx, projection.log_size);
    });
    this.#judgedBy = wanted;
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
    await enqueue(
      writer,
      [...new Set(rows.map((row) => row.batch_id))].map((batch_id) => ({
        batch_id,
        since: logSize,
        last: logSize - 1,
        spread: 1,
        organisation_id: '',
      })),
    );
  }

  /** Marks what is downstream of some marked batches. */
  async #spread(): Promise<boolean> {
    const { db, writer } = this.#options.views;
    const turns = new Turns();
    const turn = await nextOfOrganisation(db, { spread: 0, after: this.#spreadLast, limit: SPREAD_AT_ONCE });
    if (turn === undefined) return false;
    const { organisation, rows: marked } = turn;
    this.#spreadLast = organisation;
    const since = Math.min(...marked.map((mark) => mark.since));
    const last = Math.max(...marked.map((mark) => mark.last));
    const ids = marked.map((mark) => mark.batch_id);
    const downstream = await this.#chains.closure(db, ids, 'downstream', NOW);
    for (const id of ids) downstream.delete(id);
    // In several transactions, so that the projector waits for none of them long: the marks are spread when all are there.
    const marks = [...downstream].map((batch_id) => ({
      batch_id,
      since,
      last,
      spread: 1,
      organisation_id: organisation,
    }));
    for (let from = 0; from < marks.length; from += MARKS_AT_ONCE) {
      const some = marks.slice(from, from + MARKS_AT_ONCE);
      await writer.transaction().execute((tx) => enqueue(tx, some));
      await turns.give();
    }
    // A batch that was marked again meanwhile may have got more downstream of it.
    await writer
      .updateTable('unjudged')
      .set({ spread: 1 })
      .where('batch_id', 'in', ids)
      .where('last', '<=', last)
      .execute();
    return true;
  }

  async #judgeSome(programmes: readonly Programme[], now: string): Promise<boolean> {
    const began = performance.now();
    const { db, writer, version } = this.#options.views;
    const { log_size: logSize } = await db
      .selectFrom('projections')
      .select('log_size')
      .where('version', '=', version)
      .executeTakeFirstOrThrow();
    const turn = await nextOfOrganisation(db, { spread: 1, after: this.#judgedLast, limit: JUDGED_AT_ONCE });
    if (turn === undefined) return false;
    this.#judgedLast = turn.organisation;
    const { batchIds: ids, rows } = await this.#judge.judge(
      turn.rows.map((row) => row.batch_id),
      { programmes, knownAt: logSize - 1, now, isOver: () => this.#rounds.stopping },
    );
    await writer.transaction().execute(async (tx) => {
      await this.#writer.replace(tx, ids, rows);
      // What was marked again since the judge began to read stays marked.
      await tx.deleteFrom('unjudged').where('batch_id', 'in', ids).where('last', '<', logSize).execute();
    });
    this.#options.judged?.(ids.length, (performance.now() - began) / 1000);
    return true;
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
