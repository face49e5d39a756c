import { setTimeout as delay } from 'node:timers/promises';
import { retryDelay, type BackOff } from './retry-delay.js';
import { Wake } from './wake.js';

export interface RoundsOptions {
  /** Does one round of work. @returns milliseconds until the next round, unless it is woken earlier */
  readonly round: (signal: AbortSignal) => Promise<number>;
  /** A failure that will be retried. @param attempt 1 for the first since the last success. Must not throw. */
  readonly onError?: ((error: unknown, attempt: number) => void) | undefined;
  /** Whether to stop after this failure. Default: every failure is retried. */
  readonly endsWith?: ((error: unknown) => boolean) | undefined;
  /** Default: 50 ms, doubled up to 5 s. */
  readonly backOff?: BackOff | undefined;
}

/** Works round by round until it is stopped, and retries after a failure. */
export class Rounds {
  readonly #options: RoundsOptions;
  readonly #wake = new Wake();
  #stop: AbortController | undefined;
  #working: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#working = this.#work(stop.signal);
  }

  /** Ends after the current round, whose signal aborts. */
  async stop(): Promise<void> {
    this.#stop?.abort();
    this.#wake.now();
    await this.#working;
    this.#stop = undefined;
  }

  /** Whether it was started, is not stopped, and did not fail the last time. */
  get running(): boolean {
    return this.#stop !== undefined && this.#failures === 0;
  }

  get stopping(): boolean {
    return this.#stop?.signal.aborted ?? false;
  }

  /** Starts the next round now. */
  wake(): void {
    this.#wake.now();
  }

  /** The current round has made progress: a failure from now on counts as the first. */
  succeeded(): void {
    this.#failures = 0;
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const pause = await this.#options.round(signal);
        this.succeeded();
        if (pause > 0 && !signal.aborted) await this.#wake.sleep(pause);
      } catch (error) {
        if (signal.aborted || this.#options.endsWith?.(error) === true) return;
        const attempt = ++this.#failures;
        this.#options.onError?.(error, attempt);
        await delay(retryDelay(attempt, this.#options.backOff), undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
