import { setTimeout as delay } from 'node:timers/promises';
import { type EventStore } from '#event-store';
import { type Say } from '#following';

/** How long the log may take to answer before it counts as away, milliseconds. */
const ANSWER_MS = 1_500;
/** How often a log that is away is asked, milliseconds. */
const ASKING_MS = 500;
/** For so long after it is back, milliseconds, calls that broke meanwhile may still be told of. */
const ECHO_MS = 10_000;

/**
 * The log's server, as it comes and goes: one line when it is lost and one when it is back, however many calls fail
 * meanwhile.
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

  /** Whether it was away when it was asked last. */
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

/** An error of the event store, also one that came from another thread as data. */
function isOutage(err: unknown): err is { readonly message: string } {
  return typeof err === 'object' && err !== null && 'code' in err && err.code === 'store-unavailable';
}
