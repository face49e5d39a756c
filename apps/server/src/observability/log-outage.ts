import { setTimeout as delay } from 'node:timers/promises';
import { type EventStore } from '#event-store';
import { type Say } from '#following';

/** How long the event store may take to answer before it counts as lost, milliseconds. */
const ANSWER_MS = 1_500;
/** How often a lost event store is asked again, milliseconds. */
const ASKING_MS = 500;
/** For how long after its return calls that broke during the outage may still be reported, milliseconds. */
const ECHO_MS = 10_000;

/**
 * Watches for outages of the event store: one log line when it is lost and one when it is back, however many calls fail
 * in between.
 */
export class LogOutage {
  readonly #closing = new AbortController();
  #lostAt: number | undefined;
  #backAt = -Infinity;
  #looking: Promise<void> | undefined;

  readonly #store: () => Pick<EventStore, 'ping' | 'engine'>;
  readonly #tell: Say;

  /** @param tell the operator's log */
  constructor(store: () => Pick<EventStore, 'ping' | 'engine'>, tell: Say) {
    this.#store = store;
    this.#tell = tell;
  }

  /** Whether it did not answer when it was last asked. */
  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  /** Passes on what the parts of the ledger log, except for messages caused by an outage. */
  readonly say: Say = (level, message, about) => {
    const err: unknown = 'err' in about ? about.err : undefined;
    if (isOutage(err)) this.#stumbled(err);
    else this.#tell(level, message, about);
  };

  /** Asks it now. */
  async answers(): Promise<boolean> {
    const { signal } = this.#closing;
    const patience = delay(ANSWER_MS, false, { signal, ref: false }).catch(() => false);
    const answer = this.#store()
      .ping()
      .then(
        () => true,
        () => false,
      );
    return Promise.race([answer, patience]);
  }

  close(): void {
    this.#closing.abort();
  }

  #stumbled(err: { readonly message: string }): void {
    this.#looking ??= this.#look(err.message).finally(() => (this.#looking = undefined));
  }

  async #look(why: string): Promise<void> {
    const began = performance.now();
    const { signal } = this.#closing;
    if (await this.answers()) {
      if (performance.now() - this.#backAt > ECHO_MS) {
        this.#tell('warn', 'a call to the log broke off and goes on', { why });
      }
      return;
    }
    if (signal.aborted) return;
    this.#lostAt = began;
    this.#tell('error', 'the log is lost: the event store does not answer. Commands wait, and are then answered 503', {
      why,
    });
    while (!signal.aborted && !(await this.answers())) {
      await delay(ASKING_MS, undefined, { signal }).catch(() => undefined);
    }
    if (signal.aborted) return;
    this.#backAt = performance.now();
    const seconds = Math.round((this.#backAt - this.#lostAt) / 100) / 10;
    this.#lostAt = undefined;
    this.#tell('warn', 'the log is back', { seconds });
  }
}

/** Recognises an error of the event store, also one that came from another thread as data. */
function isOutage(err: unknown): err is { readonly message: string } {
  return typeof err === 'object' && err !== null && 'code' in err && err.code === 'store-unavailable';
}
