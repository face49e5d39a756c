import { getHeapStatistics } from 'node:v8';

/** Requests that may be in progress, including those that wait for a distant log. */
export const MOST_REQUESTS = 5_000;
/** Bytes of bodies that may be in progress; a stream of commands counts as what it may hold, `STREAM_BYTES`. */
export const MOST_BODY_BYTES = 256 * 1_048_576;
/** Share of the process's heap limit beyond which the garbage collector works more than the ledger. */
const LARGEST_HEAP_SHARE = 0.9;

/**
 * The largest share of the work in progress that one caller may have: the rest is left for others, whatever it sends.
 */
export const SHARE_OF_PRINCIPAL = 1 / 4;
export const SHARE_OF_ORGANISATION = 1 / 2;

const SAMPLE_MS = 500;

/** A caller on whose behalf work is in progress, and its largest share of the total. */
export interface Holder {
  /** Unique to the holder. */
  readonly id: string;
  /** What a refusal calls it. */
  readonly called: string;
  readonly share: number;
}

interface Held {
  requests: number;
  bytes: number;
}

/**
 * Counts the work that a server has taken on, so that it turns away more before its memory grows. The delay of the
 * event loop is no good measure: on a busy machine other processes cause it.
 */
export class Load {
  #requests = 0;
  #bytes = 0;
  #heapFull = false;
  readonly #held = new Map<string, Held>();
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

  /**
   * Counts accepted work against the callers it is for.
   * @returns why one of them has too much under way, or undefined: then {@link giveBack} must follow with the same
   */
  share(holders: readonly Holder[], bytes: number): string | undefined {
    for (const { id, called, share } of holders) {
      const held = this.#held.get(id);
      if (held === undefined) continue;
      const [requests, most] = [share * MOST_REQUESTS, share * MOST_BODY_BYTES];
      if (held.requests >= requests) return `One ${called} has ${requests} requests in progress at most.`;
      if (held.bytes + bytes > most) return `One ${called} has ${most} bytes of requests in progress at most.`;
    }
    for (const { id } of holders) {
      const held = this.#held.get(id) ?? { requests: 0, bytes: 0 };
      held.requests++;
      held.bytes += bytes;
      this.#held.set(id, held);
    }
    return undefined;
  }

  giveBack(holders: readonly Holder[], bytes: number): void {
    for (const { id } of holders) {
      const held = this.#held.get(id)!;
      held.requests--;
      held.bytes -= bytes;
      if (held.requests === 0) this.#held.delete(id);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
