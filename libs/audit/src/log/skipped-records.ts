import { type StreamFinding } from '#event-store';

/** How many of them are named. */
const NAMED = 5;

/**
 * Records in the ledger's streams that the ledger cannot have written, as a reader skips them: each once, however often
 * its stream is read. Memory does not grow with their number.
 */
export class SkippedRecords {
  readonly #through = new Map<string, bigint>();
  readonly #first: StreamFinding[] = [];
  #count = 0;

  readonly note = (finding: StreamFinding): void => {
    const { stream, position } = finding;
    if (position <= (this.#through.get(stream) ?? -1n)) return;
    this.#through.set(stream, position);
    this.#count++;
    if (this.#first.length < NAMED) this.#first.push(finding);
  };

  get count(): number {
    return this.#count;
  }

  /** The first ones found. */
  get first(): readonly StreamFinding[] {
    return this.#first;
  }
}
