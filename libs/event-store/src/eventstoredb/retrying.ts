import { setTimeout as delay } from 'node:timers/promises';
import { isTransient, storeError } from './client-errors.js';
import { retryDelayMs, type Timing } from './timing.js';

/** Counts the attempts of one piece of work, and says when it is time to give up. */
export class Retrying {
  #failures = 0;
  #giveUpAt = 0;

  readonly #what: string;
  readonly #timing: Timing;
  readonly #signal: AbortSignal;
  readonly #onRetry: ((error: unknown, attempt: number) => void) | undefined;

  constructor(what: string, timing: Timing, signal: AbortSignal, onRetry?: (error: unknown, attempt: number) => void) {
    this.#what = what;
    this.#timing = timing;
    this.#signal = signal;
    this.#onRetry = onRetry;
  }

  /** Progress was made: the next failure counts as the first. */
  progressed(): void {
    this.#failures = 0;
  }

  /**
   * Waits before the next attempt.
   * @throws EventStoreError `store-unavailable` when it took too long already, `store-failed` and others when trying again
   *   is of no use.
   */
  async after(error: unknown): Promise<void> {
    if (!isTransient(error)) throw storeError(error, this.#what);
    if (this.#failures++ === 0) this.#giveUpAt = performance.now() + this.#timing.retryForMs;
    this.#tell(storeError(error, this.#what));
    if (this.#signal.aborted) throw storeError(error, this.#what);
    const waitMs = retryDelayMs(this.#failures, this.#timing);
    if (performance.now() + waitMs > this.#giveUpAt) throw storeError(error, this.#what);
    await delay(waitMs, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  #tell(error: unknown): void {
    try {
      this.#onRetry?.(error, this.#failures);
    } catch {
      // An observer must not break what it observes.
    }
  }
}
