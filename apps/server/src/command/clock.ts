import { Injectable } from '@nestjs/common';

/** The ledger's own clock: `recordedAt` never goes back, even when the machine's clock does. */
@Injectable()
export class LedgerClock {
  #last = 0;

  now(): string {
    this.#last = Math.max(this.#last, Date.now());
    return new Date(this.#last).toISOString();
  }

  /** A restarted ledger goes on after what it recorded before. */
  notBefore(recordedAt: string): void {
    this.#last = Math.max(this.#last, Date.parse(recordedAt));
  }
}
