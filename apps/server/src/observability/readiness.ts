import { setTimeout as pause } from 'node:timers/promises';
import { type Logger } from 'pino';
import { type EventStore } from '#event-store';
import { type ReadModelProgress, type VerdictProgress } from '#read-model';

/** How often to check whether something has caught up, milliseconds. */
const LOOK_MS = 100;
/** How often a slow start logs how far it is, milliseconds. */
const TELL_MS = 5_000;

/** What has not caught up with the log as it was at the start. */
export interface Missing {
  readonly what: 'tables' | 'verdicts' | 'tree';
  /** How far it is: for `tables` a position in the log, otherwise a number of events; null: nothing yet. */
  readonly at: string | null;
  /** Where it must be; null: known once the tables are there. */
  readonly of: string | null;
}

interface Followed {
  readonly store: Pick<EventStore, 'head'>;
  readonly projector: ReadModelProgress;
  readonly verdicts: VerdictProgress;
  /** Leaves of the Merkle tree. */
  readonly treeSize: () => bigint;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/**
 * Whether everything that follows the log has caught up with the log as it was at the start: before that, something
 * recorded long ago may be answered as if it did not exist. Later lags do not count: a query that names its position
 * waits for it.
 */
export class Readiness {
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  /** Evidence events of the log at the start, or a few more; undefined: the tables do not have them all. */
  #size: number | undefined;
  #tellAt = performance.now() + TELL_MS;
  #missing: readonly Missing[] = [];

  readonly #followed: Followed;
  readonly #head: bigint | undefined;

  private constructor(followed: Followed, head: bigint | undefined) {
    this.#followed = followed;
    this.#head = head;
    this.#look();
  }

  static async watch(followed: Followed): Promise<Readiness> {
    const readiness = new Readiness(followed, await followed.store.head());
    if (readiness.missing.length > 0) readiness.#watching = readiness.#watch();
    return readiness;
  }

  /** Empty once everything has caught up, and from then on. */
  get missing(): readonly Missing[] {
    if (this.#missing.length > 0) this.#look();
    return this.#missing;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    const { projector, log } = this.#followed;
    const began = performance.now();
    while (!signal.aborted && this.missing.length > 0) {
      // If the log ends with events that are not evidence, the tables never reach the head: ask the projector instead.
      if (this.#size === undefined && this.#head !== undefined && (await projector.waitFor(this.#head, LOOK_MS))) {
        this.#size = projector.logSize;
      } else {
        await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
      }
      this.#tell();
    }
    const seconds = Math.round((performance.now() - began) / 1_000);
    if (!signal.aborted && seconds * 1_000 >= TELL_MS) log.info({ seconds }, 'caught up with the log');
  }

  #tell(): void {
    if (performance.now() < this.#tellAt || this.missing.length === 0) return;
    this.#tellAt = performance.now() + TELL_MS;
    this.#followed.log.info({ missing: this.#missing }, 'catching up with the log; not ready yet');
  }

  #look(): void {
    const { projector, verdicts, treeSize } = this.#followed;
    if (this.#head === undefined) return;
    if (this.#size === undefined && projector.isFilled && (projector.position ?? -1n) >= this.#head) {
      this.#size = projector.logSize;
    }
    const size = this.#size;
    const of = size === undefined ? null : String(size);
    const judged = verdicts.judgedUpTo + 1;
    const missing: Missing[] = [];
    if (size === undefined) {
      const at = projector.position === undefined ? null : String(projector.position);
      missing.push({ what: 'tables', at, of: String(this.#head) });
    }
    if (size === undefined || judged < size) missing.push({ what: 'verdicts', at: String(judged), of });
    if (size !== undefined && treeSize() < BigInt(size)) missing.push({ what: 'tree', at: String(treeSize()), of });
    this.#missing = missing;
  }
}
