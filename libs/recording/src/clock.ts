/** The ledger's own clock: `recordedAt` never goes back, even when the machine's clock does. */
export class LedgerClock {
  #last = 0;
  #text = new Date(0).toISOString();

  now(): string {
    this.#advanceTo(Date.now());
    return this.#text;
  }

  /** A restarted ledger goes on after what it recorded before. */
  notBefore(recordedAt: string): void {
    this.#advanceTo(Date.parse(recordedAt));
  }

  /** Many commands of a busy ledger fall into one millisecond: its text is made once. */
  #advanceTo(milliseconds: number): void {
    if (milliseconds <= this.#last) return;
    this.#last = milliseconds;
    this.#text = new Date(milliseconds).toISOString();
  }
}
