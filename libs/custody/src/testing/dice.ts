/** Chance out of one number (mulberry32), so that a sequence of commands is a list of numbers, which shrinks well. */
export class Dice {
  #state: number;

  constructor(state: number) {
    this.#state = state;
  }

  /** 0 ≤ result < below, an integer. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }
  /** True once in so many throws. */
  onceIn(throws: number): boolean {
    return this.below(throws) === 0;
  }
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }
  pickAny<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }
}
