import { getHeapStatistics } from 'node:v8';

/** Requests that may be under way, those that wait for a distant log included. */
export const MOST_REQUESTS = 5_000;
/** Bytes of bodies that may be under way; a stream of commands counts as what it may hold, `STREAM_BYTES`. */
export const MOST_BODY_BYTES = 256 * 1_048_576;
/** Of what the process may have: beyond it the collector works more than the ledger. */
export const LARGEST_HEAP_SHARE = 0.9;

const SAMPLE_MS = 500;

/**
 * What a server has taken on, so that it turns away more before its memory grows. How long the event loop is delayed says
 * less than it seems to: on a crowded machine it is the neighbours.
 */
export class Load {
  #requests = 0;
  #bytes = 0;
  #heapFull = false;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => {
      const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
      this.#heapFull = used > LARGEST_HEAP_SHARE * limit;
    }, SAMPLE_MS);
    this.#timer.unref();
  }

  /** @returns why no more is taken on, or undefined: then {@link leave} must follow with the same bytes */
  enter(bytes: number): string | undefined {
    if (this.#heapFull) return 'The memory of this server is nearly used up.';
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
  }
}
