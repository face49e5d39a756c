interface Waiter {
  readonly reached: () => boolean;
  readonly settle: (reached: boolean) => void;
}

/** Callers that wait until something has been reached. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  get any(): boolean {
    return this.#waiting.size > 0;
  }

  /** @returns true once it is reached, false when the time is over or it can no longer happen. */
  async wait(reached: () => boolean, timeoutMs: number): Promise<boolean> {
    if (reached()) return true;
    return new Promise((resolve) => {
      const waiter: Waiter = {
        reached,
        settle: (outcome) => {
          clearTimeout(timeout);
          this.#waiting.delete(waiter);
          resolve(outcome);
        },
      };
      const timeout = setTimeout(() => waiter.settle(false), timeoutMs);
      this.#waiting.add(waiter);
    });
  }

  /** Something has advanced: checks every waiter. */
  look(): void {
    for (const waiter of [...this.#waiting]) if (waiter.reached()) waiter.settle(true);
  }

  giveUp(): void {
    for (const waiter of [...this.#waiting]) waiter.settle(false);
  }
}
