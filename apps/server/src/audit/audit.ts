import { type Logger } from 'pino';
import { type EventStore } from '#event-store';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { equalBytes, formatVerifierKey, VerificationError, verifyCheckpoint, type KeyRing } from '#transparency';
import { type LedgerClock } from '../command/clock.js';
import { Problem } from '../problem/problem.js';
import { AlteredLogError } from './altered-log-error.js';
import { readKeyRing, signedCheckpoints } from './checkpoint-events.js';
import { CheckpointJournal } from './checkpoint-journal.js';
import { CheckpointSigner } from './checkpoint-signer.js';
import { readKeptCheckpoint } from './kept-checkpoint.js';
import { LogTree } from './log-tree.js';
import { LogVerifier } from './log-verifier.js';
import { SigningKey } from './signing-key.js';
import { TreeFile } from './tree-file.js';

/** A log of up to so many events is read through before the ledger opens, a longer one while it is open already. */
const READ_BEFORE_OPENING = 100_000n;
/** How long a question that needs a signature waits for it: the signing interval and some more. */
const SIGNATURE_PATIENCE_MS = 3_000;

export interface AuditOptions {
  readonly store: EventStore;
  readonly clock: LedgerClock;
  readonly dataFolder: string;
  /** `LODEBOOK_SIGNING_KEY`. */
  readonly signingKey: string | undefined;
  readonly log: Logger;
}

/** The tree over the log, and what is signed of it. */
export class Audit {
  /** Resolves when the log is found altered while the ledger is open. */
  readonly alarmed: Promise<AlteredLogError>;
  #raise!: (error: AlteredLogError) => void;
  #signer: CheckpointSigner | undefined;
  #reading: Promise<void> = Promise.resolve();
  #closing = false;

  private constructor(
    private readonly options: AuditOptions,
    private readonly file: TreeFile,
    readonly tree: LogTree,
    readonly journal: CheckpointJournal,
    private readonly key: SigningKey | undefined,
  ) {
    this.alarmed = new Promise((resolve) => (this.#raise = resolve));
  }

  /**
   * Opens the tree, holds it against what was signed, and signs what was added.
   * @throws AlteredLogError when the stored log is not the signed one; ConfigurationError for the signing key
   */
  static async open(options: AuditOptions): Promise<Audit> {
    const { store, clock, dataFolder, log } = options;
    const known = await readKeyRing(store);
    const key = SigningKey.open(dataFolder, options.signingKey, known === undefined);
    const journal = await CheckpointJournal.open(store, clock, () => key!.signer(key!.newOrigin()));
    key?.promoteNext((next) => inOffice(next, journal.ring));
    const file = TreeFile.open(dataFolder);
    const tree = new LogTree({
      store,
      file,
      onError: (error, attempt) => log.error({ err: error, attempt }, 'the tree stumbled and tries again'),
      warn: (message, about) => log.warn({ ...about }, message),
    });
    const audit = new Audit(options, file, tree, journal, key);
    try {
      await tree.start();
      await audit.#begin();
      return audit;
    } catch (error) {
      await audit.close();
      throw error;
    }
  }

  /** Signs what is left to sign, and lets go of the tree. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#reading.catch(() => undefined);
    await this.tree.stop();
    if (this.#signer) await this.tree.catchUp();
    await this.#signer?.stop();
    this.file.close();
  }

  /** The last checkpoint, with cosignatures. @throws Problem `overloaded` when none is signed yet */
  async checkpoint(): Promise<string> {
    if (!this.#signer) await this.journal.refresh();
    const { note } = this.journal;
    if (note === undefined) throw new Problem('overloaded', 'No checkpoint is signed yet.', [], 5);
    return note;
  }

  /** Waits, shortly, for a checkpoint over so many leaves. @returns the size of the last one */
  async signedSize(atLeast: bigint): Promise<bigint> {
    if (!this.#signer) await this.journal.refresh();
    else if (atLeast <= this.tree.size || (await this.tree.waitFor(atLeast, SIGNATURE_PATIENCE_MS))) {
      await this.#signer.covering(atLeast, SIGNATURE_PATIENCE_MS);
    }
    return this.journal.last?.size ?? 0n;
  }

  /**
   * Makes a key, lets the present one appoint it, and signs with it from now on.
   * @throws Problem `invalid-request` when the key is not the ledger's to replace
   */
  async rotateKey(): Promise<{ key: string; from: bigint }> {
    const { key, journal } = this;
    if (!key || !this.#signer || !key.canBeReplaced) {
      throw new Problem(
        'invalid-request',
        'This server signs with no key that it could replace: keep the key in a file (the data folder’s, or one that LODEBOOK_SIGNING_KEY names).',
      );
    }
    await this.#signer.sign();
    const next = key.prepareNext(journal.ring.origin);
    const from = await journal.rotate(key.signer(journal.ring.origin), next);
    key.promoteNext((candidate) => inOffice(candidate, journal.ring));
    await this.#signer.useKey(next);
    return { key: formatVerifierKey(next.key), from };
  }

  async #begin(): Promise<void> {
    this.#requireSigned();
    if (this.tree.size <= READ_BEFORE_OPENING) {
      await this.#readThrough();
      await this.#startSigning();
      return;
    }
    this.#reading = this.#readThrough()
      .then(() => this.#startSigning())
      .catch((error: unknown) => {
        if (error instanceof AlteredLogError) this.#alarm(error);
        else if (!this.#closing) this.options.log.error({ err: error }, 'the log could not be read through');
      });
  }

  /** What was signed last, by the log and by the file beside it, must be in the tree. @throws AlteredLogError */
  #requireSigned(): void {
    const kept = readKeptCheckpoint(this.options.dataFolder);
    const { last, ring } = this.journal;
    for (const signed of [last, kept === undefined ? undefined : this.#verifyKept(kept, ring)]) {
      if (signed === undefined) continue;
      const { size, root } = signed;
      const held = this.tree.size;
      if (size > held) {
        const finding = `a checkpoint over ${size} events was signed, and there are only ${held}: event ${held} is the first one missing.`;
        throw new AlteredLogError(finding, held);
      }
      if (!equalBytes(this.tree.rootAt(size), root)) {
        throw new AlteredLogError(`the root over ${size} events is not the one that was signed.`, undefined);
      }
    }
  }

  #verifyKept(note: string, ring: KeyRing): { size: bigint; root: Uint8Array } {
    try {
      return verifyCheckpoint(note, ring);
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      throw new AlteredLogError(
        `the checkpoint kept in the data folder is not one of this log (${error.message}).`,
        undefined,
      );
    }
  }

  /** Every record of the log against the tree and every checkpoint. @throws AlteredLogError */
  async #readThrough(): Promise<void> {
    const { store, log } = this.options;
    const { size } = this.tree;
    const head = await store.head();
    if (head === undefined) return;
    const verifier = new LogVerifier(signedCheckpoints(store, this.journal.ring, head), (index) =>
      index < size ? this.file.get(0, index) : undefined,
    );
    await verifier.begin();
    for await (const event of store.readAll({ categories: EVIDENCE_CATEGORIES })) {
      if (event.position > head || this.#closing) break;
      verifier.take(event.record);
      if (verifier.due) await verifier.settle();
    }
    if (this.#closing) return;
    verifier.finish();
    if (verifier.firstDoubt !== undefined) {
      throw new AlteredLogError(`event ${verifier.firstDoubt} is not the one it was.`, verifier.firstDoubt);
    }
    const nodesAgree = verifier.storedWrong === undefined && equalBytes(this.tree.rootAt(verifier.size), verifier.root);
    if (nodesAgree) return;
    log.warn({ logIndex: String(verifier.storedWrong ?? '') }, 'tree nodes are damaged and are made anew from the log');
    await this.tree.rebuild();
  }

  async #startSigning(): Promise<void> {
    const { key, journal } = this;
    if (this.#closing) return;
    if (key === undefined || !inOffice(key, journal.ring)) {
      this.options.log.error(
        { keyInOffice: formatVerifierKey(journal.ring.current) },
        'checkpoints are not signed here: the key of this log is not in the data folder or LODEBOOK_SIGNING_KEY. Bring signing-key.pem back from where it is kept safe',
      );
      return;
    }
    const signer = new CheckpointSigner({
      tree: this.tree,
      journal,
      signer: key.signer(journal.ring.origin),
      dataFolder: this.options.dataFolder,
      log: this.options.log,
      onAlarm: (error) => this.#alarm(error),
    });
    await signer.start();
    this.#signer = signer;
  }

  #alarm(error: AlteredLogError): void {
    this.options.log.fatal({ err: error }, error.message);
    this.#raise(error);
  }
}

function inOffice(key: SigningKey, ring: KeyRing): boolean {
  return formatVerifierKey(key.signer(ring.origin).key) === formatVerifierKey(ring.current);
}
