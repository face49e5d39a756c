import { firstDifference } from './bundle-format.js';
import { canonicalText } from './canonical-json.js';

/** Lines that must come one after another, each computed when the one before has come. */
export class DueLines {
  readonly #parts: Iterator<unknown>;
  #next: { readonly value: unknown } | undefined;

  /** @param parts JSON, one at least */
  constructor(parts: Iterable<unknown>) {
    this.#parts = parts[Symbol.iterator]();
    this.#advance();
    if (this.isOver) throw new Error('there is no part');
  }

  /** All have come. */
  get isOver(): boolean {
    return this.#next === undefined;
  }

  /** @returns the path of the first place where the next line is not the one that is due; undefined when it is */
  take(claimed: unknown, path: string): string | undefined {
    if (this.#next === undefined) return path;
    const difference = firstDifference(claimed, this.#next.value, path);
    if (difference === undefined) this.#advance();
    return difference;
  }

  #advance(): void {
    const { done, value } = this.#parts.next() as { done?: boolean; value: unknown };
    // As a line would have it: what JSON leaves out is left out.
    this.#next = done === true ? undefined : { value: JSON.parse(canonicalText(value)) as unknown };
  }
}
