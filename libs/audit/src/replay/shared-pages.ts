/**
 * Pages of records for another thread, in shared memory that is used again once a page is taken: a message that carried the
 * bytes would copy them twice, each time into memory that the system has to clear first.
 */
export class SharedPages {
  /** In the order in which they were lent, which is that in which they come back. */
  readonly #lent: SharedArrayBuffer[] = [];
  readonly #free: SharedArrayBuffer[] = [];

  /** @returns a copy of the bytes */
  lend(bytes: Uint8Array): Uint8Array {
    let memory = this.#free.pop();
    if (memory === undefined || memory.byteLength < bytes.length) memory = new SharedArrayBuffer(roomFor(bytes.length));
    this.#lent.push(memory);
    const copy = new Uint8Array(memory, 0, bytes.length);
    copy.set(bytes);
    return copy;
  }

  /** The earliest page that was lent is read no more. */
  takeBack(): void {
    const memory = this.#lent.shift();
    if (memory !== undefined) this.#free.push(memory);
  }
}

/** A power of two, so that a page that is a little larger than those before it finds room. */
function roomFor(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(bytes, 4_096)));
}
