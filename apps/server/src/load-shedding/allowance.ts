import { LRUCache } from 'lru-cache';

/** Beyond this many callers, the one not seen for longest is forgotten, so that many addresses cannot use up memory. */
const MOST_REMEMBERED = 100_000;
/** An unused allowance of up to a minute can be used at once. */
const WINDOW_MS = 60_000;

/** Sums of spacings are not exact: nobody is refused because of rounding. */
const ROUNDING_MS = 1e-3;

/** What `RateLimit` and `Retry-After` say of a request that came too soon. */
export interface Exhausted {
  readonly policy: string;
  readonly perMinute: number;
  readonly retryAfterSeconds: number;
}

/**
 * Limits requests a minute for each of many callers, by the generic cell rate algorithm (ITU-T I.371, Annex A): it
 * keeps one number per caller, the moment at which its requests would have arrived if evenly spread. No timers, and no
 * window whose edge callers wait for.
 */
export class Allowance {
  /** Bounded by size, each of 1: by `max`, it would take the memory of all at once, and a server's start the time for it. */
  readonly #arrivals = new LRUCache<string, number>({ maxSize: MOST_REMEMBERED, sizeCalculation: () => 1 });
  readonly #spacingMs: number;

  readonly #policy: string;
  readonly #perMinute: number;
  readonly #now: () => number;

  /** @param perMinute 0: without limit */
  constructor(policy: string, perMinute: number, now: () => number = () => performance.now()) {
    this.#policy = policy;
    this.#perMinute = perMinute;
    this.#now = now;
    this.#spacingMs = WINDOW_MS / perMinute;
  }

  /** Takes one request from the allowance. @returns undefined when there was one left */
  take(who: string): Exhausted | undefined {
    if (this.#perMinute === 0) return undefined;
    const now = this.#now();
    const arrival = Math.max(this.#arrivals.get(who) ?? now, now);
    if (this.#tooSoonMs(arrival, now) > 0) return this.#exhausted(arrival, now);
    this.#arrivals.set(who, arrival + this.#spacingMs);
    return undefined;
  }

  /** Whether one is left, without taking it. */
  look(who: string): Exhausted | undefined {
    const arrival = this.#arrivals.get(who);
    if (arrival === undefined) return undefined;
    const now = this.#now();
    return this.#tooSoonMs(arrival, now) > 0 ? this.#exhausted(arrival, now) : undefined;
  }

  #tooSoonMs(arrival: number, now: number): number {
    return arrival - now + this.#spacingMs - WINDOW_MS - ROUNDING_MS;
  }

  #exhausted(arrival: number, now: number): Exhausted {
    const retryAfterSeconds = Math.max(1, Math.ceil(this.#tooSoonMs(arrival, now) / 1_000));
    return { policy: this.#policy, perMinute: this.#perMinute, retryAfterSeconds };
  }
}
