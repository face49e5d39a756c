import { type Checkpoint } from '#transparency';
import { AlteredLogError } from '../log/altered-log-error.js';
import { LogVerifier } from '../log/log-verifier.js';
import { type ReplayPage } from './replay-page.js';
import { SignatureAudit, type SignatureTally } from './signature-audit.js';

/** What reading a whole log, from its beginning, has proved of it. */
export interface ExaminedLog {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** How many of its events a signed checkpoint covers. */
  readonly signedSize: bigint;
  readonly signatures: SignatureTally;
}

/** Compares a log with what was signed, page by page. */
export interface Examination {
  /** Takes the next page. Errors may only come with a later one, or at the end. @throws AlteredLogError, UnreadableRecord */
  take(page: ReplayPage): Promise<void>;
  /** @throws AlteredLogError, UnreadableRecord: what is first wrong of all pages */
  finish(): Promise<ExaminedLog>;
}

export interface ExaminationOrder {
  readonly checkpoints: AsyncIterable<Pick<Checkpoint, 'size' | 'root'>>;
  readonly storedLeaf?: ((index: bigint) => Uint8Array | undefined) | undefined;
  /** Name of the log, which signatures are bound to; undefined: no signature is examined. */
  readonly origin: string | undefined;
  /** The log was examined before, and only its root is asked for. */
  readonly onlyRoot?: boolean;
}

/** Examines in the thread of the caller. */
export class LogExamination implements Examination {
  readonly #verifier: LogVerifier;
  readonly #signatures: SignatureAudit;
  readonly #onlyRoot: boolean;
  #begun: Promise<void> | undefined;

  constructor({ checkpoints, storedLeaf, origin, onlyRoot = false }: ExaminationOrder) {
    this.#verifier = new LogVerifier(checkpoints, storedLeaf);
    this.#signatures = new SignatureAudit(origin);
    this.#onlyRoot = onlyRoot;
  }

  async take(page: ReplayPage): Promise<void> {
    await (this.#begun ??= this.#verifier.begin());
    for (let index = 0; index < page.size; index++) {
      this.#verifier.takeLeaf(page.leafHash(index));
      if (!this.#onlyRoot) this.#signatures.take(page.event(index), page.first + index);
      if (this.#verifier.due) await this.#verifier.settle();
      if (this.#signatures.due) await this.#signatures.settle();
    }
  }

  async finish(): Promise<ExaminedLog> {
    await (this.#begun ??= this.#verifier.begin());
    this.#verifier.finish();
    const { firstDoubt, size, root, proved: signedSize } = this.#verifier;
    if (firstDoubt !== undefined) {
      throw new AlteredLogError(`event ${firstDoubt} is not the one it was.`, firstDoubt);
    }
    return { size, root, signedSize, signatures: await this.#signatures.tally() };
  }
}
