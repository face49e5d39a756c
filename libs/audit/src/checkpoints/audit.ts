import { type Logger } from 'pino';
import { EventStoreError, type EventStore, type StoredEvent } from '#event-store';
import { equalBytes, formatVerifierKey, type KeyRing, type VerifiedCheckpoint } from '#transparency';
import { type LedgerClock } from '#recording';
import { type Say } from '#following';
import { AuditError } from '../log/audit-error.js';
import { AlteredLogError } from '../log/altered-log-error.js';
import { AccessLog } from './access-log.js';
import { KEY_STREAM, readKeyRing, textOf } from './checkpoint-events.js';
import { CheckpointJournal } from './checkpoint-journal.js';
import { CheckpointSigner } from './checkpoint-signer.js';
import { LogTree } from '../tree/log-tree.js';
import { readThrough, type ReadsThrough } from './read-through.js';
import { SigningKey } from './signing-key.js';
import { SigningKeyError } from './signing-key-error.js';
import { TreeFile } from '../tree/tree-file.js';
import { agreesWith, trustedCheckpoints } from './trusted-checkpoints.js';

/** A log of up to this many events is read through before the ledger opens, a longer one while it is open. */
const READ_BEFORE_OPENING = 100_000n;
/** How long a request that needs a signature waits for it: the signing interval and a little more. */
const SIGNATURE_PATIENCE_MS = 3_000;

export interface AuditOptions {
  readonly store: EventStore;
  readonly clock: LedgerClock;
  readonly dataFolder: string;
  /** `LODEBOOK_SIGNING_KEY`. */
  readonly signingKey: string | undefined;
  readonly log: Logger;
  /** Checkpoints kept elsewhere, whose events the log must all contain. */
  readonly trusted?: readonly string[] | undefined;
  /** Called when something failed and will be retried. */
  readonly say: Say;
  /** Reads a long log through while the ledger is open. Default: in the caller's thread. */
  readonly readsThrough?: ReadsThrough | undefined;
  /** Default: 100,000 events. */
  readonly readBeforeOpening?: bigint | undefined;
}

/** The tree over the log, and its signed checkpoints. */
export class Audit {
  /** Resolves when the log is found altered while the ledger is open. */
  readonly alarmed: Promise<AlteredLogError>;
  #raise!: (error: AlteredLogError) => void;
  #signer: CheckpointSigner | undefined;
  #reading: Promise<void> = Promise.resolve();
  readonly #closed = new AbortController();
  #toldUnsigned = false;
  /** When the ledger was opened, the log had the last leaf at its place. */
  #belonged = true;

  readonly #options: AuditOptions;
  readonly #file: TreeFile;
  readonly #key: SigningKey | undefined;

  private constructor(
    options: AuditOptions,
    file: TreeFile,
    readonly tree: LogTree,
    readonly journal: CheckpointJournal,
    key: SigningKey | undefined,
    /** The events that grant access, signed by this ledger. */
    readonly accessLog: AccessLog,
  ) {
    this.#options = options;
    this.#file = file;
    this.#key = key;
    this.alarmed = new Promise((resolve) => (this.#raise = resolve));
  }

  /**
   * Opens the tree, compares it with what was signed, and signs what was added.
   * @throws AlteredLogError when the stored log is not the signed one; SigningKeyError for the signing key
   */
  static async open(options: AuditOptions): Promise<Audit> {
    const { store, clock, dataFolder, log, say } = options;
    const known = await readKeyRing(store);
    trustedCheckpoints(options.trusted ?? [], known); // before a log without a key is given one
    const key = SigningKey.open(dataFolder, options.signingKey, known === undefined);
    const journal = await CheckpointJournal.open(store, clock, () => key!.signer(key!.newOrigin()));
    key?.promoteNext((next) => inOffice(next, journal.ring));
    if (key !== undefined && options.signingKey !== undefined && !isOfLog(key, journal.ring)) {
      throw new SigningKeyError('is a key that this log does not know');
    }
    const file = TreeFile.open(dataFolder);
    const tree = new LogTree({
      store,
      file,
      signed: () => journal.last,
      onAlarm: (error) => audit.#alarm(error),
      onTakenBack: (size) =>
        log.warn(
          { size: String(size) },
          'events that nobody had signed are no longer in the log: the tree is cut back to what is there',
        ),
      onError: (err, attempt) => say('error', 'the tree failed and tries again', { err, attempt }),
    });
    const accessLog = await AccessLog.open(store, () =>
      key !== undefined && inOffice(key, journal.ring) ? key.signer(journal.ring.origin) : undefined,
    );
    const audit = new Audit(options, file, tree, journal, key, accessLog);
    try {
      await audit.#begin();
      return audit;
    } catch (error) {
      await audit.close();
      throw error;
    }
  }

  /** Settles once the log has been compared with what was signed: a long log is read while the ledger is open. */
  get compared(): Promise<void> {
    return this.#reading;
  }

  /** Signs what is still unsigned, and releases the tree. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#reading.catch(() => undefined);
    await this.tree.stop();
    try {
      if (this.#signer) await this.tree.catchUp();
      await this.#signer?.stop();
    } catch (error) {
      if (!(error instanceof EventStoreError)) throw error;
      this.tellUnsigned();
    } finally {
      this.#file.close();
    }
  }

  /** Tells the operator how much of the log is unsigned, as far as this server knows. */
  tellUnsigned(): void {
    if (this.#toldUnsigned) return;
    this.#toldUnsigned = true;
    const signed = this.journal.last?.size ?? 0n;
    const unsigned = this.tree.size > signed ? this.tree.size - signed : 0n;
    this.#options.log.warn(
      { unsigned: String(unsigned), signed: String(signed) },
      'the event store does not answer: what was recorded since the last checkpoint is left unsigned, and the next start signs it',
    );
  }

  /** The last checkpoint, with cosignatures. @throws AuditError `not-yet` when none is signed yet */
  async checkpoint(): Promise<string> {
    if (!this.#signer) await this.journal.refresh();
    const { note } = this.journal;
    if (note === undefined) throw new AuditError('not-yet', 'No checkpoint is signed yet.', 5);
    return note;
  }

  /** Waits briefly for a checkpoint over this many leaves. @returns the size of the last one */
  async signedSize(atLeast: bigint): Promise<bigint> {
    if (!this.#signer) await this.journal.refresh();
    else if (atLeast <= this.tree.size || (await this.tree.waitFor(atLeast, SIGNATURE_PATIENCE_MS))) {
      await this.#signer.covering(atLeast, SIGNATURE_PATIENCE_MS);
    }
    return this.journal.last?.size ?? 0n;
  }

  /** The first key of the log, which its readers must have from elsewhere, and the record of each rotation. */
  async keys(): Promise<{ origin: string; first: string; rotations: string[]; current: string }> {
    const { origin, current } = this.journal.ring;
    let first = '';
    const rotations: string[] = [];
    for await (const event of this.#options.store.readStream(KEY_STREAM)) {
      if (event.type === 'SigningKeyEstablished') first = textOf(event, 'key');
      else rotations.push(textOf(event, 'record'));
    }
    return { origin, first, rotations, current: formatVerifierKey(current) };
  }

  /**
   * Makes a key, has the current one appoint it, and signs with it from now on.
   * @throws AuditError `key-not-replaceable` when the key is not the ledger's to replace
   */
  async rotateKey(): Promise<{ key: string; from: bigint }> {
    const key = this.#key;
    const { journal } = this;
    if (!key || !this.#signer || !key.canBeReplaced) {
      throw new AuditError(
        'key-not-replaceable',
        'This server signs with no key that it could replace: keep the key in a file (the data folder’s, or one that LODEBOOK_SIGNING_KEY names).',
      );
    }
    await this.#signer.sign();
    const next = key.prepareNext(journal.ring.origin);
    const from = await this.accessLog.alone(async () => {
      const size = await journal.rotate(key.signer(journal.ring.origin), next);
      key.promoteNext((candidate) => inOffice(candidate, journal.ring));
      return size;
    });
    await this.#signer.useKey(next);
    return { key: formatVerifierKey(next.key), from };
  }

  /** Compares the log with what was signed, then follows and signs it. @throws AlteredLogError */
  async #begin(): Promise<void> {
    const { tree } = this;
    const belongs = await tree.resume();
    this.#belonged = belongs;
    const sound = belongs && tree.size === 0n && (await this.#growFromNothing());
    if (belongs) await tree.catchUp();
    const trusted = trustedCheckpoints(this.#options.trusted ?? [], this.journal.ring);
    const agrees = belongs && agreesWith(trusted, tree) && this.#agreesWithLast();
    this.#tellSizes(trusted);
    if (agrees && sound) {
      tree.follow();
      await this.#startSigning();
      return;
    }
    if (!agrees || tree.size <= (this.#options.readBeforeOpening ?? READ_BEFORE_OPENING)) {
      // Nodes that do not belong to this log are kept until it has been read: they show which event was altered.
      const holds = await this.#readThrough();
      if (!belongs || !holds) await tree.rebuild();
      tree.follow();
      await this.#startSigning();
      return;
    }
    tree.follow();
    this.#reading = this.#readWhileOpen()
      .then((holds) => (holds ? undefined : tree.rebuild()))
      .then(() => this.#startSigning())
      .catch((error: unknown) => {
        if (error instanceof AlteredLogError) this.#alarm(error);
        else if (!this.#closed.signal.aborted)
          this.#options.log.error({ err: error }, 'the log could not be read through');
      });
  }

  #tellSizes(trusted: readonly VerifiedCheckpoint[]): void {
    const events = Number(this.tree.size);
    const sizes = { signed: Number(this.journal.last?.size ?? 0n), trusted: trusted.map(({ size }) => Number(size)) };
    this.#options.log.info(
      { events, ...sizes },
      'the log: its events, how many of them were signed, and trusted to be there',
    );
  }

  /** By the stored nodes, without reading the log. */
  #agreesWithLast(): boolean {
    const { last } = this.journal;
    if (last === undefined) return true;
    return last.size <= this.tree.size && equalBytes(this.tree.rootAt(last.size), last.root);
  }

  /**
   * Builds the tree of a log that has none here yet, and compares it with what was signed in the same read.
   * @returns false when the log has to be read again to find out what is wrong
   */
  async #growFromNothing(): Promise<boolean> {
    try {
      return await this.#readThrough((events) => this.tree.grow(events));
    } catch (error) {
      if (error instanceof AlteredLogError) return false;
      throw error;
    }
  }

  /** @returns whether the stored nodes are those of the log. @throws AlteredLogError */
  async #readThrough(taken?: (events: readonly StoredEvent[]) => void): Promise<boolean> {
    const { store, dataFolder, trusted = [] } = this.#options;
    const sound = await readThrough({
      store,
      dataFolder,
      file: this.#file,
      tree: this.tree,
      ring: this.journal.ring,
      trusted,
      mayBeTakenBack: this.#mayBeTakenBack,
      isClosing: () => this.#closed.signal.aborted,
      taken,
    });
    return this.#tellUnsound(sound);
  }

  /** The same, elsewhere where it can be. @throws AlteredLogError */
  async #readWhileOpen(): Promise<boolean> {
    const { readsThrough, trusted = [] } = this.#options;
    if (readsThrough === undefined) return this.#readThrough();
    const reading = { trusted, mayBeTakenBack: this.#mayBeTakenBack };
    return this.#tellUnsound(await readsThrough(reading, this.#closed.signal));
  }

  get #mayBeTakenBack(): boolean {
    return !this.#belonged && this.#options.store.engine === 'eventstoredb';
  }

  #tellUnsound(sound: boolean): boolean {
    if (!sound) this.#options.log.warn('the tree’s nodes do not match the log and are rebuilt');
    return sound;
  }

  async #startSigning(): Promise<void> {
    const key = this.#key;
    const { journal } = this;
    if (this.#closed.signal.aborted) return;
    this.#options.log.info({ events: Number(this.tree.size) }, 'the log was compared with what was signed');
    if (key === undefined || !inOffice(key, journal.ring)) {
      this.#options.log.error(
        { keyInOffice: formatVerifierKey(journal.ring.current) },
        'checkpoints are not signed here: the key of this log is not in the data folder or LODEBOOK_SIGNING_KEY. Bring signing-key.pem back from where it is kept safe',
      );
      return;
    }
    const signer = new CheckpointSigner({
      tree: this.tree,
      journal,
      signer: key.signer(journal.ring.origin),
      dataFolder: this.#options.dataFolder,
      say: this.#options.say,
      onAlarm: (error) => this.#alarm(error),
    });
    await signer.start();
    this.#signer = signer;
  }

  #alarm(error: AlteredLogError): void {
    this.#options.log.fatal({ err: error }, error.message);
    this.#raise(error);
  }
}

function isOfLog(key: SigningKey, ring: KeyRing): boolean {
  return ring.has(formatVerifierKey(key.signer(ring.origin).key));
}

function inOffice(key: SigningKey, ring: KeyRing): boolean {
  return formatVerifierKey(key.signer(ring.origin).key) === formatVerifierKey(ring.current);
}
