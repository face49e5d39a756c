import { setImmediate as nextTurn } from 'node:timers/promises';
import { EVERYTHING, visibilityOf, type Principal, type Visibility } from '#access';
import { type Programme } from '#claims';
import {
  alteredRecord,
  isRecordOf,
  type ChainEvents,
  type LedgerQueries,
  type LoggedEvent,
  type ProvenanceQueries,
} from '#read-model';
import { SignatureExaminer, signerOf, SIGNING_EVENTS } from '#signing';
import {
  formatVerifierKey,
  leafHash,
  parseCheckpoint,
  parseVerifierKey,
  writeBundle,
  type BundleLeaf,
  type HiddenLeaf,
  type ProvedLeaf,
} from '#transparency';
import { type ProgrammeLibrary } from '#programmes';
import { type LedgerClock, organisationStream } from '#recording';
import { AuditError } from '../log/audit-error.js';
import { type Audit } from '../checkpoints/audit.js';
import { BatchJudge, namedProgramme } from './evidence-judge.js';
import { verdictParts } from './verdict-parts.js';
import { type LogTree } from '../tree/log-tree.js';

export interface EvidenceQuestion {
  readonly batchId: string;
  /** `id` or `id@version`; undefined: the newest version of each. */
  readonly programme: string | undefined;
  /** Undefined: now. */
  readonly validAt: string | undefined;
  /** With the withheld values that the caller may see, and the verdicts by them. */
  readonly disclosures: boolean;
}

/**
 * Bytes of a chain's records that one bundle is made of. They are judged in memory, which takes some ten times as much;
 * a server refuses what is more before it begins.
 */
const MOST_BYTES = 128 * 2 ** 20;

/** The signed checkpoint of the log, as needed for evidence. */
export interface SignedLog {
  /** With cosignatures. */
  readonly checkpoint: string;
  /** The key that signed it. */
  readonly key: string;
}

/**
 * The last checkpoint; waits a moment for one that covers all that the read tables hold.
 * @throws AuditError `not-yet` when none is signed yet
 */
export async function signedLog(audit: Audit, ledger: LedgerQueries): Promise<SignedLog> {
  await audit.signedSize(BigInt(await ledger.ledgerSize()));
  const checkpoint = await audit.checkpoint();
  const { size } = parseCheckpoint(checkpoint);
  return { checkpoint, key: formatVerifierKey(audit.journal.ring.keysAt(size).at(-1)!) };
}

/** What opens a commitment in a record. */
export interface Opening {
  /** Of the field in the record's data. */
  readonly path: string;
  readonly commitment: string;
  readonly salt: string;
  readonly value: unknown;
}

/** Where withheld values are kept. */
export interface OpeningSource {
  /** What opens the commitments in a record's data, as far as the principal, who sees the record, may see it; by path. */
  openingsIn(data: unknown, principal: Principal): readonly Opening[];
}

/** Writes what proves the verdicts of a batch to somebody who has only the log's key. */
export class Evidence {
  readonly #tree: Pick<LogTree, 'inclusionProof' | 'leaf'>;
  readonly #ledger: LedgerQueries;
  readonly #provenances: ProvenanceQueries;
  readonly #library: ProgrammeLibrary;
  readonly #clock: LedgerClock;
  readonly #disclosures: OpeningSource;
  readonly #mostBytes: number;

  constructor(
    tree: Pick<LogTree, 'inclusionProof' | 'leaf'>,
    ledger: LedgerQueries,
    provenances: ProvenanceQueries,
    library: ProgrammeLibrary,
    clock: LedgerClock,
    disclosures: OpeningSource,
    mostBytes = MOST_BYTES,
  ) {
    this.#mostBytes = mostBytes;
    this.#tree = tree;
    this.#ledger = ledger;
    this.#provenances = provenances;
    this.#library = library;
    this.#clock = clock;
    this.#disclosures = disclosures;
  }

  /**
   * The evidence bundle of a batch, under a checkpoint: as far as the log is signed, it is known. Of records that
   * the caller may not know it holds the hashes, and then no verdict.
   * @param signal looked at before each step that takes long
   * @throws AuditError `not-found`, `not-yet` when the read model is behind the checkpoint, `too-large` for a chain whose
   *   records are more than {@link MOST_BYTES}: nothing is handed out that could not be finished; EventStoreError
   *   `store-corrupt` when a record is not the one that was signed; the reason of the signal once that is aborted
   */
  async bundle(
    principal: Principal,
    { batchId, programme, validAt: asked, disclosures }: EvidenceQuestion,
    { checkpoint, key }: SignedLog,
    signal?: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const visibility = visibilityOf(principal);
    const { size } = parseCheckpoint(checkpoint);
    if (size === 0n) throw new AuditError('not-found', `There is no batch ${batchId}.`);
    const last = await this.#ledger.recordedAt(EVERYTHING, Number(size) - 1);
    if (!last) throw new AuditError('not-yet', 'The read model has not come as far as the checkpoint.', 1);
    const programmes = this.#programmes(programme, last);
    const validAt = asked ?? this.#clock.now();
    const knownAt = Number(size) - 1;
    await this.#requireHandy(visibility, batchId, knownAt);
    signal?.throwIfAborted();
    const chain = await this.#provenances.chainEvents(visibility, batchId, { knownAt });
    signal?.throwIfAborted();
    const { events, hidden } = await this.#withKeys(visibility, chain, knownAt);
    const judge = new BatchJudge({ batchId: chain.batchId ?? batchId, validAt }, programmes);
    const openings = new Map<LoggedEvent, readonly Opening[]>();
    for (const event of events) {
      this.#requireUnaltered(event);
      judge.note(event);
      if (!disclosures || hidden.has(event)) continue;
      const opened = this.#disclosures.openingsIn(event.data, principal);
      if (opened.length > 0) openings.set(event, opened);
      for (const { commitment, value } of opened) judge.disclose(commitment, value);
    }
    await nextTurn();
    signal?.throwIfAborted();
    const verdict = judge.verdicts();
    if (verdict.length < programmes.length) throw new AuditError('not-found', `There was no batch ${batchId} then.`);
    const contents = {
      key: parseVerifierKey(key),
      checkpoint,
      subject: { batchId, validAt, programmes: programmes.map(namedProgramme) },
    };
    if (hidden.size === 0) {
      const leaves = this.#leaves(events, openings, size);
      return writeBundle({ ...contents, mode: 'batch', leaves, verdict: () => verdictParts(verdict) });
    }
    const leaves = this.#partialLeaves(events, hidden, openings, size);
    return writeBundle({ ...contents, mode: 'partial-batch', hidden: BigInt(hidden.size), leaves });
  }

  /** A bundle of a log that was altered since it was signed would be refused by whoever verifies it. */
  #requireUnaltered({ logIndex, record }: LoggedEvent): void {
    const signed = this.#tree.leaf(BigInt(logIndex));
    if (signed === undefined || !isRecordOf(signed, record)) throw alteredRecord(logIndex);
  }

  async #requireHandy(visibility: Visibility, batchId: string, knownAt: number): Promise<void> {
    const { events, bytes } = await this.#provenances.chainSize(visibility, batchId, knownAt);
    if (bytes <= this.#mostBytes) return;
    throw new AuditError(
      'too-large',
      `The chain of ${batchId} has ${events} records of ${bytes} bytes; one bundle holds ${this.#mostBytes}. ` +
        'Take a bundle of the whole log (lodebook export --whole-log), or those of batches further up the chain.',
    );
  }

  /** The signing-key events of the organisations whose commands are shown, at their places in the log. */
  async #withKeys(
    visibility: Visibility,
    { events, hidden }: ChainEvents,
    knownAt: number,
  ): Promise<Pick<ChainEvents, 'events' | 'hidden'>> {
    const examiner = new SignatureExaminer(undefined);
    const signers = new Set<string>();
    for (const event of events) {
      examiner.examine(event);
      const signer = signerOf({ ...event, actor: event.metadata.actor }, examiner);
      if (signer !== undefined && !hidden.has(event)) signers.add(signer);
    }
    const keys: LoggedEvent[] = [];
    for (const signer of signers) {
      for await (const event of this.#ledger.events(EVERYTHING, { stream: organisationStream(signer), to: knownAt })) {
        if (SIGNING_EVENTS.has(event.type)) keys.push(event);
      }
    }
    return {
      events: [...events, ...keys].sort((a, b) => a.logIndex - b.logIndex),
      hidden: new Set([...hidden, ...(await this.#provenances.hiddenOf(visibility, keys))]),
    };
  }

  *#leaves(
    events: readonly LoggedEvent[],
    openings: ReadonlyMap<LoggedEvent, readonly Opening[]>,
    size: bigint,
  ): Generator<BundleLeaf> {
    for (const event of events) yield { ...this.#leaf(event, size), disclosures: openings.get(event) ?? [] };
  }

  *#partialLeaves(
    events: readonly LoggedEvent[],
    hidden: ReadonlySet<LoggedEvent>,
    openings: ReadonlyMap<LoggedEvent, readonly Opening[]>,
    size: bigint,
  ): Generator<BundleLeaf | HiddenLeaf> {
    for (const event of events) {
      const leaf = this.#leaf(event, size);
      const { logIndex, proof, record } = leaf;
      if (hidden.has(event)) yield { logIndex, leafHash: leafHash(record), proof };
      else yield { ...leaf, disclosures: openings.get(event) ?? [] };
    }
  }

  #leaf({ logIndex, record }: LoggedEvent, size: bigint): ProvedLeaf {
    const index = BigInt(logIndex);
    const proof = this.#tree.inclusionProof(index, size);
    return { logIndex: index, record: Buffer.from(record, 'utf8'), proof };
  }

  #programmes(reference: string | undefined, publishedBy: string): Programme[] {
    if (reference === undefined) return this.#library.newest(publishedBy);
    const programme = this.#library.choose(reference, publishedBy);
    if (!programme) throw new AuditError('not-found', `There is no programme ${reference}.`);
    return [programme];
  }
}
