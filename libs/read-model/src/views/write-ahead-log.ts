import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const ENTRY = new URL('./write-ahead-log.worker.js', import.meta.url);

/**
 * Bytes in the write-ahead log before it is copied back: a page that many transactions write is copied once for all of them,
 * and a reader looks through a short log.
 */
const COPIED_BYTES = 32 * 1024 * 1024;

/**
 * Copies the write-ahead log of a database back into it, in a thread of its own: to copy and to wait for the disk takes
 * longer than an event loop may stand still. Whoever writes waits for it, and so the log does not grow without end.
 */
export class WriteAheadLog {
  readonly #file: string;
  #worker: Worker | undefined;
  #copied: Promise<void> = Promise.resolve();
  #isCopying = false;
  /** Bytes at which it is copied next. A reader who holds on to a part of the log keeps it from being begun anew. */
  #due = COPIED_BYTES;

  /** @param file of the database */
  constructor(file: string) {
    this.#file = file;
  }

  /** Resolves once the next may be written. */
  get copied(): Promise<void> {
    return this.#copied;
  }

  /** Something was written. */
  look(): void {
    if (this.#isCopying || this.#bytes() < this.#due) return;
    this.#isCopying = true;
    this.#copied = this.#copy().finally(() => {
      this.#isCopying = false;
      this.#due = this.#bytes() + COPIED_BYTES;
    });
  }

  async close(): Promise<void> {
    await this.#copied;
    await this.#worker?.terminate();
  }

  /** Never rejects: where it is not copied here, the connection that writes does it, later. */
  #copy(): Promise<void> {
    const worker = (this.#worker ??= this.#launch());
    return new Promise((resolve) => {
      const settle = (): void => {
        worker.off('message', settle).off('exit', settle).unref();
        resolve();
      };
      worker.once('message', settle).once('exit', settle).ref();
      worker.postMessage('copy');
    });
  }

  #launch(): Worker {
    const worker = new Worker(ENTRY, { workerData: this.#file });
    // Started again when it is wanted next.
    worker.on('error', () => undefined).once('exit', () => (this.#worker = undefined));
    return worker;
  }

  #bytes(): number {
    return statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}
