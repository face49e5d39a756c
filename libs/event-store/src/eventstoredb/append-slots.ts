/**
 * Appends that may wait for the server at once. The client's call for batched appends holds 16 messages before it asks its
 * writers to wait, and a writer that waits while the call breaks ends in an unhandled rejection, which ends the process.
 */
export const MAX_APPENDS_UNDER_WAY = 15;

/** Lets so many in at once, the others in the order they came. */
export class AppendSlots {
  private free = MAX_APPENDS_UNDER_WAY;
  private readonly waiting: (() => void)[] = [];

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
