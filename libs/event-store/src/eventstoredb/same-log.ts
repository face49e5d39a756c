import { type EventPlace } from '../event-store.port.js';
import { EventStoreError } from '../event-store-error.js';

/**
 * Whether the server still has the same log. Checked only after a call has broken off: only then can the server have been
 * given a different or an older log.
 */
export class SameLog {
  #first: EventPlace | undefined;
  #acknowledged: EventPlace | undefined;
  #suspect = false;

  readonly #holds: (place: EventPlace) => Promise<boolean>;

  constructor(holds: (place: EventPlace) => Promise<boolean>) {
    this.#holds = holds;
  }

  /** An event that the log has. */
  saw(place: EventPlace): void {
    this.#first ??= place;
  }

  /** An event that this process appended: a log without it is a different one, or has lost what was acknowledged. */
  acknowledged(place: EventPlace): void {
    this.#acknowledged = place;
  }

  /** A call has broken off. */
  broke(): void {
    this.#suspect = true;
  }

  /** Nothing has broken off since it was checked. */
  get isCertain(): boolean {
    return !this.#suspect;
  }

  /** To be called before an append when this is not certain. @throws EventStoreError `history-changed` */
  async require(): Promise<void> {
    const place = this.#acknowledged ?? this.#first;
    if (!this.#suspect || place === undefined) return;
    if (!(await this.#holds(place))) throw historyChanged(place);
    this.#suspect = false;
  }
}

export function historyChanged({ stream, revision, position }: EventPlace): EventStoreError {
  return new EventStoreError(
    'history-changed',
    `event ${revision} of ${stream} is no longer at position ${position}: the server has taken back what it had given, or has another log`,
  );
}
