/** A stream of commands in which for so long no whole line came in and no answer was taken is ended, milliseconds. */
export const LONGEST_STALL_MS = 60_000;

/**
 * Watches that a stream keeps moving, and calls `end` when it does not: a writer that has gone silent, one that sends a
 * byte now and then, or a reader that takes no answers, so that no more is read of it either.
 */
export class StreamPace {
  #moved = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(end: () => void, longestStallMs = LONGEST_STALL_MS) {
    this.#timer = setInterval(() => {
      if (performance.now() - this.#moved < longestStallMs) return;
      this.stop();
      end();
    }, longestStallMs / 10);
    this.#timer.unref();
  }

  /** Each item that comes or is taken is a movement. */
  async *through<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const item of items) {
      this.#moved = performance.now();
      yield item;
      this.#moved = performance.now();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
