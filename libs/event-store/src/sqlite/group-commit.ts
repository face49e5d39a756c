import { type AppendRequest } from '../append-request.js';
import { EventStoreError } from '../event-store-error.js';
import { type EventStoreObserver } from '../event-store-observer.js';
import { type AppendResult } from '../event-store.port.js';
import { type LedgerFile } from './ledger-file.js';
import { type LedgerWriter } from './ledger-writer.js';
import { hasSqliteCode } from './sqlite-failure.js';

/** Beyond this a larger group gains nothing, and holds up readers: about ten milliseconds of inserts. */
const GROUP_EVENTS = 1_000;
/** Bounds the time and the write-ahead log that a group of large events takes. */
const GROUP_BYTES = 16 * 1024 * 1024;
/**
 * Longest time that a group waits while each turn of the event loop brings more appends, milliseconds: the fixed cost of a
 * group (its transaction, its pages, its sync) is that of several appends.
 */
const LONGEST_GATHERING_MS = 4;

/** Appends that belong together, often only one. */
interface Waiting {
  readonly requests: readonly AppendRequest[];
  readonly since: number;
  readonly resolve: (results: readonly AppendResult[]) => void;
  readonly reject: (error: EventStoreError) => void;
}

/**
 * Appends that wait at the same time share one transaction and one sync; each is answered when that is on disk. The group
 * is taken at the end of the first turn of the event loop that brings no further append, so that all who were answered by
 * the last group, and all requests that came in while it was written, are in the next one: nobody waits for a timer, and a
 * lone append has a group of its own.
 */
export class GroupCommit {
  #waiting: Waiting[] = [];
  #scheduled = false;
  #failure: EventStoreError | undefined;

  readonly #file: Pick<LedgerFile, 'path' | 'same'>;
  readonly #writer: LedgerWriter;
  readonly #committed: () => void;
  readonly #observe: EventStoreObserver | undefined;

  constructor(
    file: Pick<LedgerFile, 'path' | 'same'>,
    writer: LedgerWriter,
    committed: () => void,
    observe: EventStoreObserver | undefined,
  ) {
    this.#file = file;
    this.#writer = writer;
    this.#committed = committed;
    this.#observe = observe;
  }

  append(request: AppendRequest): Promise<AppendResult> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#wait({ requests: [request], since: performance.now(), resolve: ([result]) => resolve(result!), reject });
    });
  }

  /** All of them or none. */
  appendTogether(requests: readonly AppendRequest[]): Promise<readonly AppendResult[]> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#wait({ requests, since: performance.now(), resolve, reject });
    });
  }

  /** @throws EventStoreError `store-failed` after a failure that appends may not go on from. */
  requireSound(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Writes all waiting appends. */
  drain(): void {
    while (this.#waiting.length > 0) this.#commitGroup();
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#lookAgain(0);
  }

  /** @param seen appends that waited at the end of the last turn */
  #lookAgain(seen: number): void {
    setImmediate(() => {
      const count = this.#waiting.length;
      if (count > seen && count < GROUP_EVENTS && !this.#hasWaitedLong()) {
        this.#lookAgain(count);
        return;
      }
      this.#scheduled = false;
      if (count > 0) this.#commitGroup();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #hasWaitedLong(): boolean {
    return performance.now() - this.#waiting[0]!.since > LONGEST_GATHERING_MS;
  }

  #commitGroup(): void {
    const group = this.#nextGroup();
    let outcomes: (readonly AppendResult[] | EventStoreError)[];
    try {
      this.#file.same?.require();
      outcomes = this.#writer.appendAll(group.map(({ requests }) => requests));
      this.#file.same?.require(); // what was written to a file that is gone is not acknowledged
    } catch (error) {
      this.#abandon(group, error);
      return;
    }
    this.#answer(group, outcomes);
  }

  #nextGroup(): Waiting[] {
    let count = 0;
    let events = 0;
    let bytes = 0;
    while (count < this.#waiting.length && events < GROUP_EVENTS && bytes < GROUP_BYTES) {
      for (const request of this.#waiting[count]!.requests) {
        events += request.ids.length;
        bytes += request.bytes;
      }
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  #answer(group: readonly Waiting[], outcomes: readonly (readonly AppendResult[] | EventStoreError)[]): void {
    let events = 0;
    let appends = 0;
    group.forEach(({ resolve, reject, requests }, index) => {
      const outcome = outcomes[index]!;
      if (outcome instanceof EventStoreError) {
        if (outcome.code === 'revision-conflict') this.#observe?.conflict();
        reject(outcome);
        return;
      }
      if (!outcome[0]!.alreadyAppended) {
        for (const { ids } of requests) events += ids.length;
        appends += requests.length;
      }
      resolve(outcome);
    });
    if (appends === 0) return;
    this.#observe?.committed(events, appends, (performance.now() - group[0]!.since) / 1000);
    this.#committed();
  }

  /**
   * Nothing of the group is acknowledged. A full disk or a file held by another program leaves the ledger as it was, and
   * a later append may succeed. After any other failure nobody knows what reached the disk (a sync that fails once can
   * succeed the next time although the data are lost: https://wiki.postgresql.org/wiki/Fsync_Errors), so no append is
   * taken until the ledger has been opened anew.
   */
  #abandon(group: readonly Waiting[], cause: unknown): void {
    const passing = this.#passingFailure(cause);
    if (passing) {
      for (const { reject } of group) reject(passing);
      return;
    }
    this.#failure = this.#lastingFailure(cause);
    for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(this.#failure);
  }

  #lastingFailure(cause: unknown): EventStoreError {
    if (cause instanceof EventStoreError && cause === this.#file.same?.exchanged) return cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    return new EventStoreError(
      'store-failed',
      `writing to the ledger ${this.#file.path} failed (${why}): it takes no more appends. Look after the disk, then start ` +
        'again; what was acknowledged is kept, what waits now may or may not be and can be retried with the same ids',
      undefined,
      { cause },
    );
  }

  #passingFailure(cause: unknown): EventStoreError | undefined {
    if (hasSqliteCode(cause, 'SQLITE_FULL')) {
      const message = `no space is left for the ledger ${this.#file.path}: nothing was written`;
      return new EventStoreError('storage-full', message, undefined, { cause });
    }
    if (hasSqliteCode(cause, 'SQLITE_BUSY')) {
      const message = `another program holds the ledger ${this.#file.path}: nothing was written`;
      return new EventStoreError('store-unavailable', message, undefined, { cause });
    }
    return undefined;
  }
}
