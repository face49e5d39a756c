/** A stream of commands ends when no complete line arrived and no answer was read for this long, milliseconds. */
const LONGEST_STALL_MS = 60_000;

/**
 * Watches that a stream keeps moving, and calls `end` when it does not: the writer has gone silent or sends a byte now
 * and then, or the reader takes no answers, so that no more of the stream is read either.
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

  /** Each item that arrives or is taken counts as movement. */
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
