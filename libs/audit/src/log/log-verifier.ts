import { AppendOnlyTree, equalBytes, leafHash, type Checkpoint } from '#transparency';
import { AlteredLogError } from './altered-log-error.js';

type Signed = Pick<Checkpoint, 'size' | 'root'>;

/**
 * Reads the evidence of a log once, from its beginning, and checks every leaf against what was signed: at the size of each
 * checkpoint the root must be the one that was signed.
 */
export class LogVerifier {
  readonly #tree = AppendOnlyTree.empty();
  readonly #checkpoints: AsyncIterator<Signed, unknown>;
  readonly #storedLeaf: ((index: bigint) => Uint8Array | undefined) | undefined;
  #next: Signed | undefined;
  /** Leaves proved by the last checkpoint so far. */
  #proved = 0n;
  #firstDoubt: bigint | undefined;
  /** First leaf since the last checkpoint before which the order of the log shows a gap. */
  #firstGap: bigint | undefined;
  /** Of every leaf so far it is known whether the log has a gap before it. */
  #orderKnown = true;
  #storedWrong: bigint | undefined;

  /**
   * @param checkpoints in ascending order of sizes
   * @param storedLeaf what another record of the tree has at an index: it shows which leaf was changed when a root is
   * wrong
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

  /** Leaves covered by a checkpoint's signature. */
  get proved(): bigint {
    return this.#proved;
  }

  /** First leaf on which the other record of the tree differs, while no signature decides between them. */
  get firstDoubt(): bigint | undefined {
    return this.#firstDoubt;
  }

  /** First leaf that is wrong in the other record of the tree, as a signature shows. */
  get storedWrong(): bigint | undefined {
    return this.#storedWrong;
  }

  /** @throws AlteredLogError when a checkpoint of an empty log is wrong */
  async begin(): Promise<void> {
    await this.#advance();
  }

  /**
   * Takes the next leaf. Await {@link settle} when {@link due} says so.
   * @param follows whether the log's own order shows that nothing is missing before it; undefined: it does not tell
   * @returns its hash
   */
  take(record: Uint8Array, follows?: boolean): Uint8Array {
    return this.takeLeaf(leafHash(record), follows);
  }

  /** As {@link take}, the next leaf by its hash. */
  takeLeaf(hash: Uint8Array, follows?: boolean): Uint8Array {
    if (follows === false) this.#firstGap ??= this.#tree.size;
    if (follows === undefined) this.#orderKnown = false;
    const stored = this.#storedLeaf?.(this.#tree.size);
    if (stored !== undefined && !equalBytes(stored, hash)) this.#firstDoubt ??= this.#tree.size;
    this.#tree.append(hash);
    return hash;
  }

  /** Whether a checkpoint of exactly this size was signed. */
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
    // The signature is for this log, so it is the other record that is wrong.
    this.#storedWrong ??= this.#firstDoubt;
    this.#firstDoubt = undefined;
    this.#firstGap = undefined;
  }

  /** @throws AlteredLogError when more was signed than the log holds */
  finish(): void {
    if (this.#next === undefined) return;
    if (this.#firstDoubt !== undefined) throw this.#mismatch(this.#next.size);
    const signed = `a checkpoint over ${this.#next.size} events was signed, and there are only ${this.size}`;
    if (this.#lacksTheEnd(this.#next)) {
      throw new AlteredLogError(`${signed}: event ${this.size} is the first one missing.`, this.size);
    }
    // Records may be missing from the middle, with the rest moved up: after the last checkpoint nothing is proved.
    if (this.#firstGap === undefined && !this.#orderKnown) {
      throw new AlteredLogError(`${signed}: the first wrong event is ${this.#proved} or a later one.`, this.#proved);
    }
    const missing = this.#firstGap ?? this.size;
    const finding = `${signed}: by the order of the log event ${missing} is the first one missing; signatures prove ${this.#proved} of those before it.`;
    throw new AlteredLogError(finding, missing);
  }

  /**
   * Whether what there is, followed by the other record's leaves, is what was signed: then all of it is right. The other
   * record need not be trusted for that: the signature proves it.
   */
  #lacksTheEnd(signed: Signed): boolean {
    if (this.#proved === this.size) return true;
    const whole = this.#tree.copy();
    while (whole.size < signed.size) {
      const leaf = this.#storedLeaf?.(whole.size);
      if (leaf === undefined) return false;
      whole.append(leaf);
    }
    return equalBytes(whole.root(), signed.root);
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
    if (this.#firstGap !== undefined) {
      return new AlteredLogError(`something was taken out of the log before event ${this.#firstGap}.`, this.#firstGap);
    }
    const finding = `the root over ${signedSize} events is not the one that was signed: the first wrong event is ${this.#proved} or a later one before ${signedSize}.`;
    return new AlteredLogError(finding, this.#proved);
  }
}
