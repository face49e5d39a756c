import { v4 } from 'uuid';
import { type LedgerClock } from '#recording';
import { type ProgrammeLibrary } from '#programmes';
import { ReplayError, readUntil } from '#audit';
import { type ReplayOrder, type ReplayState } from '../answers/audit-answers.js';
import { Problem } from '../problem/problem.js';
import { type Replayer } from './replayer.js';

/** How many replays keep their outcome; beyond that, the oldest are forgotten. */
const KEPT = 100;
/** Replays that may wait for their turn. */
const MOST_WAITING = 10;

/** What this server knows of the log. */
interface KnownLog {
  /** Number of events. */
  readonly size: () => number;
  /** When its first event was recorded; undefined: not known yet. */
  readonly began: () => Promise<string | undefined>;
  /** Whether anything had been recorded by then. */
  readonly hadBegun: (time: string) => Promise<boolean>;
}

/** Replays ordered over HTTP. One runs at a time, beside the server's other work. */
export class Replays {
  readonly #states = new Map<string, ReplayState>();
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #stop = new AbortController();
  #turn: Promise<void> = Promise.resolve();

  readonly #replayer: Replayer;
  readonly #library: ProgrammeLibrary;
  readonly #clock: LedgerClock;
  readonly #known: KnownLog;

  constructor(replayer: Replayer, library: ProgrammeLibrary, clock: LedgerClock, known: KnownLog) {
    this.#replayer = replayer;
    this.#library = library;
    this.#clock = clock;
    this.#known = known;
  }

  /** @throws Problem `invalid-request`, `not-found`, `overloaded` */
  async order(order: ReplayOrder): Promise<ReplayState> {
    const now = this.#clock.now();
    await asProblem(async () => {
      const until = readUntil(order.until, now);
      const size = this.#known.size();
      if (until.kind === 'index' && until.index >= size) throw ReplayError.beyond(until.index, size);
      if (until.kind === 'time') await this.#refuseBefore(until.time);
      if (order.programme !== undefined && !this.#library.choose(order.programme, now)) {
        throw ReplayError.unknownProgramme(order.programme);
      }
    });
    if ([...this.#states.values()].filter(({ status }) => status === 'waiting').length >= MOST_WAITING) {
      throw new Problem('overloaded', 'Too many replays are waiting.', [], 60);
    }
    const state: ReplayState = { id: v4(), status: 'waiting', ...order };
    this.#set(state);
    this.#turn = this.#turn.then(() => this.#run(state.id, order, now));
    return state;
  }

  /**
   * @throws ReplayError `until-before-the-log`; not while nothing is known of the log here; then the replay itself
   * finds out
   */
  async #refuseBefore(time: string): Promise<void> {
    const began = await this.#known.began();
    if (began !== undefined && !(await this.#known.hadBegun(time))) throw ReplayError.before(time, began);
  }

  state(id: string): ReplayState | undefined {
    return this.#states.get(id);
  }

  /** The states of a replay as it advances, up to the last. */
  async *watch(id: string): AsyncGenerator<ReplayState> {
    for (;;) {
      const state = this.#states.get(id);
      if (!state) return;
      const changed = this.#changed(id);
      yield state;
      if (state.status === 'done' || state.status === 'failed') return;
      await changed;
    }
  }

  /** Cancels running and waiting replays. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#turn;
  }

  async #run(id: string, order: ReplayOrder, now: string): Promise<void> {
    const running = { ...order, id, status: 'running' } as const;
    this.#set(running);
    const outcome = await this.#replayer.run({
      order,
      now,
      signal: this.#stop.signal,
      progress: (phase, share) => this.#set({ ...running, phase, share }),
    });
    this.#set(
      'report' in outcome
        ? { ...order, id, status: 'done', ...outcome }
        : { ...order, id, status: 'failed', ...outcome },
    );
  }

  #set(state: ReplayState): void {
    this.#states.set(state.id, state);
    for (const id of this.#states.keys()) {
      if (this.#states.size <= KEPT) break;
      this.#states.delete(id);
    }
    const watchers = this.#watchers.get(state.id);
    this.#watchers.delete(state.id);
    for (const wake of watchers ?? []) wake();
  }

  #changed(id: string): Promise<void> {
    return new Promise((resolve) => {
      const watchers = this.#watchers.get(id) ?? new Set();
      this.#watchers.set(id, watchers.add(resolve));
    });
  }
}

/** Turns a replay's refusal into the problem of the HTTP contract. */
async function asProblem(check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    if (error.code === 'unknown-programme') throw new Problem('not-found', error.message);
    const line = { path: 'until', code: error.code, message: error.message };
    throw new Problem('invalid-request', error.message, [line]);
  }
}
