import { type EventStore } from '#event-store';
import { type Say } from '#following';
import { type Checkpoint } from './checkpoint.js';

/** Time between two progress reports, milliseconds. */
const TOLD_EVERY_MS = 10_000;
const SECOND_MS = 1_000;

interface FillingOptions {
  readonly store: Pick<EventStore, 'head'>;
  readonly say: Say | undefined;
  /** Milliseconds; default 10 s. */
  readonly everyMs?: number | undefined;
}

/** Reports progress while the tables are filled from a log for the first time, or again from the beginning. */
export class Filling {
  readonly #options: FillingOptions;
  readonly #everyMs: number;
  #began = performance.now();
  #told = performance.now();
  #from = 0;

  constructor(options: FillingOptions) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? TOLD_EVERY_MS;
  }

  /** Filling starts or resumes at this checkpoint, now. */
  begin({ logSize }: Checkpoint): void {
    this.#began = this.#told = performance.now();
    this.#from = logSize;
  }

  /** Filling has reached this checkpoint. */
  async reached({ logSize, last }: Checkpoint): Promise<void> {
    const { say, store } = this.#options;
    if (say === undefined || last === undefined || performance.now() - this.#told < this.#everyMs) return;
    // The share of the log as it is now: what is recorded meanwhile has to be read too.
    const head = (await store.head()) ?? last.position;
    this.#told = performance.now();
    // Rounded down: only `filled` reports 100 %.
    const share = Math.floor((Number(last.position) / Math.max(Number(head), 1)) * 100) / 100;
    const eventsPerSecond = Math.round((logSize - this.#from) / this.#seconds());
    say('info', 'read tables are being filled from the log', { events: logSize, share, eventsPerSecond });
  }

  /** Everything that the log held is in the tables, and so many of their indexes are made. */
  indexed(made: number, of: number): void {
    if (made === of || performance.now() - this.#told < this.#everyMs) return;
    this.#told = performance.now();
    this.#options.say?.('info', 'indexes of the filled read tables are being made', { made, of });
  }

  /** The tables hold everything that the log held, with their indexes. */
  filled({ logSize }: Checkpoint): void {
    const seconds = Math.round(this.#seconds());
    if (logSize > this.#from && seconds * SECOND_MS >= this.#everyMs)
      this.#options.say?.('info', 'read tables are filled; verdicts follow', { events: logSize, seconds });
  }

  #seconds(): number {
    return (performance.now() - this.#began) / SECOND_MS;
  }
}
