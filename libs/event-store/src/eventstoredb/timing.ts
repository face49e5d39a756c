/** How long the adapter tries, in milliseconds. */
export interface Timing {
  /** One attempt of an append, or of a short read, before it counts as lost. */
  readonly attemptMs: number;
  /** How long after the first failure an append or a read is retried before it is `store-unavailable`. */
  readonly retryForMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

/**
 * An election of an EventStoreDB cluster takes a few seconds, a restart of a single node some more: a command waits them
 * out. Ten seconds an attempt is the client's own default.
 */
export const DEFAULT_TIMING: Timing = {
  attemptMs: 10_000,
  retryForMs: 20_000,
  firstRetryMs: 50,
  longestRetryMs: 3_000,
};

/** Exponential, half of it random, so that the clients of a restarted server do not all return at once. */
export function retryDelayMs(attempt: number, { firstRetryMs, longestRetryMs }: Timing): number {
  const longest = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempt - 1));
  return longest * (0.5 + Math.random() / 2);
}

/** What the work answers, unless it takes longer. */
export async function within<T>(milliseconds: number, work: Promise<T>, tooLate: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), milliseconds);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Detects that a server sends nothing while something is expected; the time that the reader takes does not count. */
export class SilenceWatch {
  /** Whether it was noticed. */
  silent = false;
  #expecting = false;
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number, onSilence: () => void) {
    this.#timer = setTimeout(() => {
      if (!this.#expecting) return;
      this.silent = true;
      onSilence();
    }, milliseconds);
  }

  expect(): void {
    this.#expecting = true;
    this.#timer.refresh();
  }

  heard(): void {
    this.#expecting = false;
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
