import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** Requests that may be under way, those that wait for a distant log included. */
export const MOST_REQUESTS = 5_000;
/** Bytes of bodies that may be under way; a stream of commands counts as what it may hold, `STREAM_BYTES`. */
export const MOST_BODY_BYTES = 256 * 1_048_576;
/** Of what the process may have: beyond it the collector works more than the ledger. */
export const LARGEST_HEAP_SHARE = 0.9;
/** Mean of the last second, in milliseconds: a client waits ten of them at the most for an answer. */
export const LONGEST_LOOP_DELAY_MS = 1_000;

const SAMPLE_MS = 500;

/** What a server that is asked for more than it can do answers by, before its memory grows. */
export class Load {
  #requests = 0;
  #bytes = 0;
  #strained: string | undefined;
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#delay.enable();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#timer.unref();
  }

  get requests(): number {
    return this.#requests;
  }

  /** @returns why no more is taken on, or undefined: then {@link leave} must follow with the same bytes */
  enter(bytes: number): string | undefined {
    if (this.#strained !== undefined) return this.#strained;
    if (this.#requests >= MOST_REQUESTS) return `${MOST_REQUESTS} requests are under way.`;
    if (this.#bytes + bytes > MOST_BODY_BYTES) return `${MOST_BODY_BYTES} bytes of requests are under way.`;
    this.#requests++;
    this.#bytes += bytes;
    return undefined;
  }

  leave(bytes: number): void {
    this.#requests--;
    this.#bytes -= bytes;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  #sample(): void {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    const delayMs = this.#delay.mean / 1e6;
    this.#delay.reset();
    if (used > LARGEST_HEAP_SHARE * limit) this.#strained = 'The memory of this server is nearly used up.';
    else if (delayMs > LONGEST_LOOP_DELAY_MS) this.#strained = 'This server is behind with what it has taken on.';
    else this.#strained = undefined;
  }
}
