import { availableParallelism } from 'node:os';
import { type Principal } from '#access';
import { type LedgerClock } from '#recording';
import { type MismatchBell } from '#audit';
import { type Say } from '#following';
import { Problem } from '../problem/problem.js';
import { LongReads, type LongRead } from './long-reads.js';
import { type ReadingOrder } from './messages.js';
import { gone, ReadingThread } from './reading-thread.js';

/** Reading threads: at least two, so that one long read never keeps all others waiting. */
const READING_THREADS = Math.max(2, Math.min(4, availableParallelism() - 1));
/** Reads that may wait for a thread. */
const MOST_WAITING = 64;
/** Reads of one organisation, or of a principal without one, that wait, are worked on or handed out. */
const MOST_OF_ONE = 16;
/** A read for which no thread had time is turned away after this long, milliseconds. */
const PATIENCE_MS = 30_000;
/** Seconds after which a caller that was turned away may retry. */
const COME_AGAIN_SECONDS = 5;

interface Waiting {
  readonly holder: string;
  readonly take: (thread: ReadingThread) => void;
}

interface Held {
  /** Waiting, worked on or handed out. */
  all: number;
  working: number;
}

interface ReadingThreadsParts {
  /** Where the views and the tree are, which this process has open. */
  readonly order: ReadingOrder;
  readonly clock: LedgerClock;
  readonly say: Say;
  readonly mismatched: MismatchBell;
}

/**
 * Answers long reads in threads, so that none of them delays commands or short reads. A thread works on one answer at a
 * time and hands out others meanwhile. No caller ever occupies all threads, and a caller with fewer reads is served
 * first.
 */
export class ReadingThreads extends LongReads {
  readonly #threads = new Set<ReadingThread>();
  readonly #busy = new Set<ReadingThread>();
  readonly #held = new Map<string, Held>();
  #waiting: Waiting[] = [];
  #closed = false;

  readonly #parts: ReadingThreadsParts;

  constructor(parts: ReadingThreadsParts) {
    super();
    this.#parts = parts;
  }

  override async read(principal: Principal, read: LongRead, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const holder = principal.organisation ?? `principal ${principal.principal}`;
    this.#enter(holder);
    const thread = await this.#turn(holder, signal).catch((error: unknown) => {
      this.#leave(holder);
      throw error;
    });
    const reading = thread.begin(read, signal, () => this.#leave(holder));
    void reading.worked.then(() => {
      this.#busy.delete(thread);
      this.#worked(holder);
      this.#dispatch();
    });
    await reading.began;
    return reading;
  }

  override async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#threads].map((thread) => thread.stop()));
  }

  #enter(holder: string): void {
    const held = this.#held.get(holder) ?? { all: 0, working: 0 };
    if (held.all >= MOST_OF_ONE) {
      const detail = `${MOST_OF_ONE} long reads of this organisation are under way, which is its share.`;
      throw new Problem('rate-limited', detail, [], COME_AGAIN_SECONDS);
    }
    if (this.#closed || this.#waiting.length >= MOST_WAITING) throw tooMany();
    held.all++;
    this.#held.set(holder, held);
  }

  #worked(holder: string): void {
    const held = this.#held.get(holder)!;
    held.working--;
    if (held.all === 0 && held.working === 0) this.#held.delete(holder);
  }

  #leave(holder: string): void {
    const held = this.#held.get(holder)!;
    held.all--;
    if (held.all === 0 && held.working === 0) this.#held.delete(holder);
  }

  /** Takes an idle thread. */
  #turn(holder: string, signal: AbortSignal): Promise<ReadingThread> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
      };
      const abort = (): void => {
        done();
        reject(gone());
      };
      const timer = setTimeout(() => {
        done();
        reject(tooMany());
      }, PATIENCE_MS);
      const waiting: Waiting = {
        holder,
        take: (thread) => {
          done();
          resolve(thread);
        },
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiting);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#busy.size < READING_THREADS) {
      const next = this.#next();
      if (next === undefined) return;
      const thread = this.#idle();
      this.#busy.add(thread);
      this.#held.get(next.holder)!.working++;
      next.take(thread);
    }
  }

  /** Among the reads whose caller may occupy one more thread, the first read of the caller that occupies fewest. */
  #next(): Waiting | undefined {
    let best: Waiting | undefined;
    const workingOf = ({ holder }: Waiting): number => this.#held.get(holder)!.working;
    for (const waiting of this.#waiting) {
      if (workingOf(waiting) >= READING_THREADS - 1) continue;
      if (best === undefined || workingOf(waiting) < workingOf(best)) best = waiting;
    }
    return best;
  }

  #idle(): ReadingThread {
    for (const thread of this.#threads) {
      if (thread.ended) this.#threads.delete(thread);
      else if (!this.#busy.has(thread)) return thread;
    }
    const { order, clock, say, mismatched } = this.#parts;
    const thread = new ReadingThread(
      order,
      () => clock.now(),
      (err) => say('error', 'a thread that answers long reads ended; the next read starts another', { err }),
      mismatched,
    );
    this.#threads.add(thread);
    return thread;
  }
}

function tooMany(): Problem {
  return new Problem('overloaded', 'Too many long reads are waiting.', [], COME_AGAIN_SECONDS);
}
