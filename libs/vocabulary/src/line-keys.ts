/** Hexadecimal digits of a digest that are in a key: 128 bits. */
const DIGITS = 32;

/**
 * Idempotency keys for the lines of a file that have none, `import:{digest}:{times}`: the same file again is the same commands,
 * and the same line twice in a file is two.
 */
export class LineKeys {
  readonly #times = new Map<string, number>();
  readonly #digestOf: (line: object) => string;

  /** @param digestOf SHA-256 or HMAC-SHA-256 of the line's canonical form (RFC 8785), hexadecimal */
  constructor(digestOf: (line: object) => string) {
    this.#digestOf = digestOf;
  }

  /** The key of the next line. */
  keyOf(line: object): string {
    const digest = this.#digestOf(line).slice(0, DIGITS);
    const times = (this.#times.get(digest) ?? 0) + 1;
    this.#times.set(digest, times);
    return `import:${digest}:${times}`;
  }
}
