import { AppendOnlyTree, equalBytes, leafHash, type Checkpoint } from '#transparency';
import { AlteredLogError } from './altered-log-error.js';

type Signed = Pick<Checkpoint, 'size' | 'root'>;

/**
 * Reads the evidence of a log once, from its beginning, and holds every leaf against what was signed: at the size of each
 * checkpoint the root must be the one that was signed.
 */
export class LogVerifier {
  readonly #tree = AppendOnlyTree.empty();
  readonly #checkpoints: AsyncIterator<Signed, unknown>;
  readonly #storedLeaf: ((index: bigint) => Uint8Array | undefined) | undefined;
  #next: Signed | undefined;
  /** Leaves that the last checkpoint passed has proved. */
  #proved = 0n;
  #firstDoubt: bigint | undefined;
  #storedWrong: bigint | undefined;

  /**
   * @param checkpoints in ascending order of sizes
   * @param storedLeaf what another record of the tree has at an index: it tells which leaf it was when a root is wrong
   */
  constructor(checkpoints: AsyncIterable<Signed>, storedLeaf?: (index: bigint) => Uint8Array | undefined) {
    this.#checkpoints = checkpoints[Symbol.asyncIterator]();
    this.#storedLeaf = storedLeaf;
  }

  get size(): bigint {
    return this.#tree.size;
  }

  get root(): Uint8Array {
    return this.#tree.root();
  }

  /** Leaves that a checkpoint's signature stands for. */
  get proved(): bigint {
    return this.#proved;
  }

  /** First leaf of which the other record of the tree says something else, though no signature decides between them. */
  get firstDoubt(): bigint | undefined {
    return this.#firstDoubt;
  }

  /** First leaf that the other record of the tree has wrong, for a signature says so. */
  get storedWrong(): bigint | undefined {
    return this.#storedWrong;
  }

  /** @throws AlteredLogError when a checkpoint of an empty log is wrong */
  async begin(): Promise<void> {
    await this.#advance();
  }

  /** Takes the next leaf. Await {@link settle} when {@link due} says so. @returns its hash */
  take(record: Uint8Array): Uint8Array {
    const hash = leafHash(record);
    const stored = this.#storedLeaf?.(this.#tree.size);
    if (stored !== undefined && !equalBytes(stored, hash)) this.#firstDoubt ??= this.#tree.size;
    this.#tree.append(hash);
    return hash;
  }

  /** A checkpoint of just this size was signed. */
  get due(): boolean {
    return this.#next !== undefined && this.#next.size <= this.#tree.size;
  }

  /** Compares with the checkpoints of this size. @throws AlteredLogError */
  async settle(): Promise<void> {
    const root = this.root;
    while (this.#next !== undefined && this.#next.size <= this.size) {
      if (!equalBytes(this.#next.root, root)) throw this.#mismatch(this.size);
      await this.#advance();
    }
    this.#proved = this.size;
    // The signature stands for this log, so that it is the other record which is wrong.
    this.#storedWrong ??= this.#firstDoubt;
    this.#firstDoubt = undefined;
  }

  /** @throws AlteredLogError when more was signed than the log holds */
  finish(): void {
    if (this.#next === undefined) return;
    if (this.#firstDoubt !== undefined) throw this.#mismatch(this.#next.size);
    const finding = `a checkpoint over ${this.#next.size} events was signed, and there are only ${this.size}: event ${this.size} is the first one missing.`;
    throw new AlteredLogError(finding, this.size);
  }

  async #advance(): Promise<void> {
    const next = await this.#checkpoints.next();
    this.#next = next.done ? undefined : next.value;
    if (this.#next?.size === 0n && this.size === 0n) await this.#advance();
  }

  #mismatch(signedSize: bigint): AlteredLogError {
    const wrong = this.#firstDoubt;
    if (wrong !== undefined) {
      return new AlteredLogError(`event ${wrong} is not the one that was signed.`, wrong);
    }
    const finding = `the root over ${signedSize} events is not the one that was signed: the first wrong event is ${this.#proved} or a later one before ${signedSize}.`;
    return new AlteredLogError(finding, this.#proved);
  }
}
