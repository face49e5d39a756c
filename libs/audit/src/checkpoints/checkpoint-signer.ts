import {
  equalBytes,
  formatCheckpoint,
  formatVerifierKey,
  signNote,
  VerificationError,
  verifyConsistency,
  type NoteSigner,
} from '#transparency';
import { type Say } from '#following';
import { AlteredLogError } from '../log/altered-log-error.js';
import { type CheckpointJournal } from './checkpoint-journal.js';
import { keepCheckpoint } from './kept-checkpoint.js';
import { type LogTree } from '../tree/log-tree.js';

/** Shortest time between two signatures of a growing log, milliseconds. */
const SIGNING_INTERVAL_MS = 1_000;

interface CheckpointSignerOptions {
  readonly tree: LogTree;
  readonly journal: CheckpointJournal;
  readonly signer: NoteSigner;
  readonly dataFolder: string;
  readonly say: Say;
  /** The log was found altered: nothing is signed any more. Called once. */
  readonly onAlarm: (error: AlteredLogError) => void;
}

/** Signs the log as it grows, but never a root that is inconsistent with the last signed one. */
export class CheckpointSigner {
  readonly #options: CheckpointSignerOptions;
  #signer: NoteSigner;
  #timer: NodeJS.Timeout | undefined;
  #forget: (() => void) | undefined;
  #lastSigned = 0;
  #underWay: Promise<void> = Promise.resolve();
  #alarm: AlteredLogError | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(options: CheckpointSignerOptions) {
    this.#options = options;
    this.#signer = options.signer;
  }

  /** Signs what there is, then whatever is added. @throws AlteredLogError */
  async start(): Promise<void> {
    await this.sign();
    this.#forget = this.#options.tree.onGrowth(() => this.#schedule());
    if (this.#options.tree.size > (this.#options.journal.last?.size ?? 0n)) this.#schedule();
  }

  /** Signs once more and ends. */
  async stop(): Promise<void> {
    this.#forget?.();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#forget !== undefined && this.#alarm === undefined) await this.sign();
    await this.#underWay.catch(() => undefined);
  }

  /** Resolves to true once a checkpoint covers this many leaves, to false when that takes too long. */
  covering(size: bigint, timeoutMs: number): Promise<boolean> {
    const covers = (): boolean => (this.#options.journal.last?.size ?? -1n) >= size;
    if (covers()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(covers());
      };
      const look = (): void => (covers() ? settle() : undefined);
      const timer = setTimeout(settle, timeoutMs);
      this.#waiting.add(look);
    });
  }

  /** Signs with another key from now on, whose appointment the journal has. */
  async useKey(signer: NoteSigner): Promise<void> {
    await this.#underWay.catch(() => undefined);
    this.#signer = signer;
    await this.sign();
  }

  /** One signature at a time. @throws AlteredLogError */
  sign(): Promise<void> {
    const next = this.#underWay.catch(() => undefined).then(() => this.#sign());
    this.#underWay = next;
    next.catch(() => undefined); // the caller handles it
    return next;
  }

  async #sign(): Promise<void> {
    if (this.#alarm) throw this.#alarm;
    const { journal, dataFolder, tree } = this.#options;
    // Nothing is signed on another log, or a shorter one: the tree finds out what happened to it.
    if (!(await tree.lookBack())) return;
    const checkpoint = this.#nextCheckpoint();
    if (checkpoint === undefined) return;
    this.#lastSigned = performance.now();
    const note = signNote(formatCheckpoint(checkpoint), this.#signer);
    await journal.add(note, checkpoint.size).catch((error: unknown) => {
      if (error instanceof AlteredLogError) this.#raise(error);
      throw error;
    });
    if (journal.last) keepCheckpoint(dataFolder, journal.last.text);
    for (const look of this.#waiting) look();
  }

  /** What is to be signed; undefined when that is signed already. */
  #nextCheckpoint(): { origin: string; size: bigint; root: Uint8Array } | undefined {
    const { tree, journal } = this.#options;
    const { size } = tree;
    const { last } = journal;
    if (last === undefined) return { origin: journal.ring.origin, size, root: tree.rootAt(size) };
    try {
      if (last.size > size) throw new VerificationError('size-out-of-range', `there are only ${size} events`);
      const root = tree.rootAt(size);
      if (last.size > 0n) {
        const proof = tree.consistencyProof(last.size, size);
        verifyConsistency({ size1: last.size, root1: last.root, size2: size, root2: root, proof });
      }
      const inOffice = last.signedBy.some((key) => formatVerifierKey(key) === formatVerifierKey(this.#signer.key));
      if (inOffice && last.size === size && equalBytes(root, last.root)) return undefined;
      return { origin: journal.ring.origin, size, root };
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      const finding = `it is not consistent with the checkpoint over ${last.size} events (${error.code}: ${error.message}).`;
      throw this.#raise(new AlteredLogError(finding, undefined));
    }
  }

  #raise(error: AlteredLogError): AlteredLogError {
    this.#alarm = error;
    this.#options.onAlarm(error);
    return error;
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#alarm !== undefined) return;
    const wait = Math.max(0, this.#lastSigned + SIGNING_INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.sign().catch((error: unknown) => {
        if (error instanceof AlteredLogError) return; // the alarm was raised
        this.#options.say('error', 'the checkpoint was not signed; it will be tried again', { err: error });
        this.#lastSigned = performance.now();
        this.#schedule();
      });
    }, wait);
  }
}
