/** Batches that a thread judges in one go. */
export const BATCHES_A_CHUNK = 256;
/** Chunks that can be shared, a byte each; what is beyond falls to the first. */
const MOST_CHUNKS = 2 ** 20;

const NOBODY = 0;
/** Who judges a chunk. */
export const FIRST = 1;
export const HELPER = 2;
export type Worker = typeof FIRST | typeof HELPER;

/** Chunks of batches that threads take as they come to them: each is one thread's, and none waits for another. */
export class SharedWork {
  readonly #owners: Int8Array;

  /** @param memory of the other thread, if that has begun */
  constructor(readonly memory = new SharedArrayBuffer(MOST_CHUNKS)) {
    this.#owners = new Int8Array(memory);
  }

  /** @returns whether the chunk is this worker's from now on */
  take(chunk: number, worker: Worker): boolean {
    if (chunk >= this.#owners.length) return worker === FIRST;
    return Atomics.compareExchange(this.#owners, chunk, NOBODY, worker) === NOBODY;
  }

  isOf(chunk: number, worker: Worker): boolean {
    return chunk < this.#owners.length && Atomics.load(this.#owners, chunk) === worker;
  }

  /** Whether any of the first chunks is a worker's. */
  hasOf(worker: Worker, chunks: number): boolean {
    for (let chunk = 0; chunk < Math.min(chunks, this.#owners.length); chunk++)
      if (this.isOf(chunk, worker)) return true;
    return false;
  }

  /** How many of the first chunks somebody has taken. */
  takenOf(chunks: number): number {
    let taken = 0;
    for (let chunk = 0; chunk < Math.min(chunks, this.#owners.length); chunk++) {
      if (Atomics.load(this.#owners, chunk) !== NOBODY) taken++;
    }
    return taken;
  }
}
