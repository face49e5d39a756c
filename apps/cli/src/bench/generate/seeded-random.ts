/**
 * Small fast counter generator (sfc32, PractRand's test suite): a seed gives the same numbers on every machine, which
 * Math.random does not.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed a safe integer ≥ 0 */
  constructor(seed: number) {
    this.#a = 0;
    this.#b = seed >>> 0;
    this.#c = Math.floor(seed / 2 ** 32) >>> 0;
    // The first outputs still show the seed.
    for (let round = 0; round < 15; round++) this.word();
  }

  /** 32 bits, as an unsigned integer. */
  word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** An integer from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor((this.word() / 2 ** 32) * (most - least + 1));
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.integer(1, times) === 1;
  }

  /** @param items not empty */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]!;
  }

  /** A UUID of version 4 (RFC 9562 §5.4). */
  uuid(): string {
    const [a, b, c, d] = [this.word(), this.word(), this.word(), this.word()];
    const version = 0x4000 | (b & 0x0fff);
    const variant = 0x8000 | ((c >>> 16) & 0x3fff);
    return (
      `${hex16(a >>> 16)}${hex16(a & 0xffff)}-${hex16(b >>> 16)}-${hex16(version)}-${hex16(variant)}-` +
      `${hex16(c & 0xffff)}${hex16(d >>> 16)}${hex16(d & 0xffff)}`
    );
  }

  /** 128 bits in base64url, for a record's salt. */
  salt(): string {
    const bytes = Buffer.allocUnsafe(16);
    for (let at = 0; at < 16; at += 4) bytes.writeUInt32BE(this.word(), at);
    return bytes.toString('base64url');
  }

  /** 64 hexadecimal digits, for a document's SHA-256. */
  sha256(): string {
    return Array.from({ length: 16 }, () => hex16(this.word() & 0xffff)).join('');
  }
}

/** All groups of four digits, precomputed: otherwise two UUIDs per event are a third of the generator's work. */
const DIGITS = Array.from({ length: 0x10000 }, (_, bits) => bits.toString(16).padStart(4, '0'));

function hex16(bits: number): string {
  return DIGITS[bits]!;
}
