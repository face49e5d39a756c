import { Worker } from 'node:worker_threads';
import { type MismatchBell } from '#audit';
import { Problem } from '../problem/problem.js';
import { type LongRead } from './long-reads.js';
import { type FromReader, type OfOneRead, type ReadFailure, type ReadingOrder, type ToReader } from './messages.js';

const ENTRY = new URL('./reading.worker.js', import.meta.url);
/** A read that needs more memory than this, megabytes, ends its thread and not the server. */
const MOST_MEMORY_MB = 2_048;
/** Chunks that may be on their way or waiting here to be taken. */
const CHUNKS_AHEAD = 2;
/** An answer is given up when nothing of it is taken for this long, milliseconds. */
const STALLED_MS = 60_000;
/** How long a thread has to stop by itself, milliseconds. */
const STOPPING_MS = 1_000;

/** A thread that answers long reads over read-only connections of its own. Runs the build, not the sources. */
export class ReadingThread {
  readonly #worker: Worker;
  readonly #readings = new Map<number, Reading>();
  readonly #exited: Promise<void>;
  #asked = 0;
  #ended = false;

  readonly #now: () => string;

  constructor(order: ReadingOrder, now: () => string, said: (err: unknown) => void, mismatched: MismatchBell) {
    this.#now = now;
    const worker = new Worker(ENTRY, {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    let failure: unknown;
    worker.on('message', (message: FromReader) => {
      if (message.kind === 'mismatched') mismatched(message.value);
      else this.#readings.get(message.id)?.hear(message);
    });
    worker.on('error', (error) => (failure = error));
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#ended = true;
        if (failure !== undefined) said(failure);
        for (const reading of [...this.#readings.values()]) reading.threadEnded();
        resolve();
      });
    });
    worker.unref();
    this.#worker = worker;
  }

  /** True when it takes no more reads. */
  get ended(): boolean {
    return this.#ended;
  }

  /** @param settled called once, when the thread has nothing left of it */
  begin(read: LongRead, signal: AbortSignal, settled: () => void): Reading {
    const id = this.#asked++;
    const post = (kind: 'pull' | 'drop'): void => this.#post({ kind, id });
    const reading = new Reading(post, signal, () => {
      this.#readings.delete(id);
      settled();
    });
    this.#readings.set(id, reading);
    this.#post({ kind: 'read', id, read, now: this.#now() });
    if (this.#ended) reading.threadEnded();
    return reading;
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#post({ kind: 'stop' });
    const timer = setTimeout(() => void this.#worker.terminate(), STOPPING_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #post(message: ToReader): void {
    if (!this.#ended) this.#worker.postMessage(message);
  }
}

/** One read in a thread: it begins, and is then handed over chunk by chunk, no faster than it is taken. */
class Reading implements AsyncIterable<Uint8Array> {
  /** Resolves when the answer begins; rejects with what the read is refused with. */
  readonly began: Promise<void>;
  /** Resolves when the thread has finished its work, whether or not anybody still waits for it. */
  readonly worked: Promise<void>;
  readonly #chunks: Uint8Array[] = [];
  #begin!: () => void;
  #workDone!: () => void;
  #refuse!: (error: unknown) => void;
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;
  #wake = (): void => undefined;
  #stalled: NodeJS.Timeout | undefined;
  readonly #abort = (): void => this.fail(gone());

  readonly #post: (kind: 'pull' | 'drop') => void;
  readonly #signal: AbortSignal;
  readonly #settled: () => void;

  constructor(post: (kind: 'pull' | 'drop') => void, signal: AbortSignal, settled: () => void) {
    this.#post = post;
    this.#signal = signal;
    this.#settled = settled;
    this.began = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#refuse = reject;
    });
    this.worked = new Promise((resolve) => (this.#workDone = resolve));
    this.began.catch(() => undefined); // a caller that awaits it gets the error, but nobody has to
    signal.addEventListener('abort', this.#abort, { once: true });
    if (signal.aborted) queueMicrotask(this.#abort);
  }

  hear(message: OfOneRead): void {
    switch (message.kind) {
      case 'began':
        this.#workDone();
        if (this.#isOver) return;
        for (let ahead = 0; ahead < CHUNKS_AHEAD; ahead++) this.#post('pull');
        this.#watch();
        this.#begin();
        return;
      case 'chunk':
        if (this.#isOver) return;
        this.#chunks.push(message.bytes);
        this.#wake();
        return;
      case 'ended':
        this.#end();
        this.#settle();
        return;
      case 'failed':
        this.#end(errorOf(message.failure));
        this.#settle();
    }
  }

  /** Tells the thread that nobody waits for the read; the thread stops at its next check. */
  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#post('drop');
    this.#end(error);
  }

  threadEnded(): void {
    this.#end(new Problem('overloaded', 'The thread that read for this answer ended.', [], 2));
    this.#settle();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#watch();
          this.#post('pull');
          yield chunk;
        } else if (this.#failure) throw this.#failure.error;
        else if (this.#isOver) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.fail(gone()); // taken no further
    }
  }

  #watch(): void {
    clearTimeout(this.#stalled);
    if (!this.#isOver) this.#stalled = setTimeout(() => this.fail(gone()), STALLED_MS);
  }

  #end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#stalled);
    this.#signal.removeEventListener('abort', this.#abort);
    if (error !== undefined) {
      this.#failure = { error };
      this.#refuse(error);
    }
    this.#wake();
  }

  #settle(): void {
    this.#workDone();
    this.#settled();
  }
}

function errorOf(failure: ReadFailure): Error {
  if ('problem' in failure) {
    const { code, detail, errors, retryAfterSeconds, status, because } = failure.problem;
    const problem = new Problem(code, detail, errors, retryAfterSeconds, status);
    return because === undefined ? problem : Object.assign(problem, { cause: new Error(because) });
  }
  const { name, message, stack } = failure.error;
  return Object.assign(new Error(message), { name, stack });
}

/** Never sent: there is nobody to send it to. */
export function gone(): Problem {
  return new Problem('invalid-request', 'The caller has disconnected.');
}
