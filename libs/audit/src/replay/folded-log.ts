import { type GraphEvent, type Programme } from '#claims';
import { AppendOnlyTree, equalBytes, leafHash } from '#transparency';
import { AlteredLogError } from '../log/altered-log-error.js';
import { LogVerifier } from '../log/log-verifier.js';
import { report, type ReplayRequest } from './replay-request.js';
import { type ReplayedRecord, type ReplaySource } from './replay-source.js';
import { SignatureAudit, type SignatureReport } from './signature-audit.js';
import { ReplayError, readUntil, type Until } from './until.js';
import { GatheredCorrections, VerdictFold } from './verdict-fold.js';

/** A log from event zero: read to its end, and folded as far as it counts. */
export interface FoldedLog {
  readonly log: ReadLog;
  /** Undefined where nothing counts. */
  readonly fold: VerdictFold | undefined;
  readonly programmes: readonly Programme[];
}

/**
 * @throws as `replay`
 */
export async function foldLog(source: ReplaySource, request: ReplayRequest): Promise<FoldedLog> {
  const examination = new Examination(source);
  await examination.begin();
  return folded(source, request, examination);
}

/** {@link foldLog} for whoever helps one that verifies: of the same log and request the same fold, nothing verified. */
export function foldUnverified(source: Pick<ReplaySource, 'records'>, request: ReplayRequest): Promise<FoldedLog> {
  return folded(source, request, undefined);
}

async function folded(
  source: Pick<ReplaySource, 'records'>,
  request: ReplayRequest,
  examination: Examination | undefined,
): Promise<FoldedLog> {
  const first = new FirstPass(source, readUntil(request.until, request.now), request, examination);
  let fold: VerdictFold | undefined;
  try {
    const log = await first.run();
    const { last } = log;
    fold = first.fold ?? (last === undefined ? undefined : await secondPass(source, log, request, examination));
    return { log, fold, programmes: programmesOf(request, last?.recordedAt) };
  } catch (error) {
    first.fold?.close();
    fold?.close();
    throw error;
  }
}

/** What the first reading of a log has found. */
export interface ReadLog {
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly signedSize: bigint;
  /** The last event that counts. */
  readonly last: { logIndex: number; recordedAt: string } | undefined;
  readonly validAt: string | undefined;
  readonly corrections: GatheredCorrections;
  readonly signatures: SignatureReport;
}

/** Holds every record against what was signed, and every signature against its key. */
class Examination {
  readonly #verifier: LogVerifier;
  readonly #signatures: SignatureAudit;
  readonly #source: ReplaySource;

  constructor(source: ReplaySource) {
    this.#source = source;
    this.#verifier = new LogVerifier(source.checkpoints(), source.storedLeaf);
    this.#signatures = new SignatureAudit(source.origin);
  }

  begin(): Promise<void> {
    return this.#verifier.begin();
  }

  /** Await {@link settle} when it returns true. @throws AlteredLogError */
  take({ record, event }: ReplayedRecord, logIndex: number): boolean {
    this.#verifier.take(record);
    this.#signatures.take(event, logIndex);
    return this.#verifier.due || this.#signatures.due;
  }

  async settle(): Promise<void> {
    if (this.#verifier.due) await this.#verifier.settle();
    if (this.#signatures.due) await this.#signatures.settle();
  }

  async finish(): Promise<Pick<ReadLog, 'size' | 'root' | 'signedSize' | 'signatures'>> {
    const verifier = this.#verifier;
    verifier.finish();
    if (verifier.firstDoubt !== undefined) {
      throw new AlteredLogError(`event ${verifier.firstDoubt} is not the one it was.`, verifier.firstDoubt);
    }
    const signatures = await this.#signatures.finish(() => eventsOf(this.#source));
    const { size, root, proved: signedSize } = verifier;
    return { size, root, signedSize, signatures };
  }
}

const UNEXAMINED = {
  size: 0n,
  root: new Uint8Array(),
  signedSize: 0n,
  signatures: { verified: 0, counts: {}, findings: [] },
} as const;

/**
 * Hashes the whole log, finds where it is to be cut, and folds it at once. Where that turns out to need what comes later
 * (a correction, a moment by which the cut is found) the fold is dropped and a second pass does it.
 */
class FirstPass {
  fold: VerdictFold | undefined;
  readonly #corrections = new GatheredCorrections();
  #last: ReadLog['last'];
  #latestOccurred = '';
  #began: string | undefined;

  readonly #source: Pick<ReplaySource, 'records'>;
  readonly #until: Until;
  readonly #request: ReplayRequest;
  readonly #examination: Examination | undefined;

  constructor(
    source: Pick<ReplaySource, 'records'>,
    until: Until,
    request: ReplayRequest,
    examination: Examination | undefined,
  ) {
    this.#source = source;
    this.#until = until;
    this.#request = request;
    this.#examination = examination;
  }

  async run(): Promise<ReadLog> {
    const source = this.#source;
    const until = this.#until;
    if (until.kind !== 'time') this.fold = new VerdictFold({ corrections: new Map(), validAt: undefined });
    let logIndex = 0;
    for await (const read of source.records()) {
      const isDue = this.#examination?.take(read, logIndex);
      this.#take({ ...read.event, logIndex });
      if (isDue === true) await this.#examination?.settle();
      if (logIndex++ % 1_000 === 0) report(this.#request, 'reading', read.share);
    }
    const examined = (await this.#examination?.finish()) ?? UNEXAMINED;
    if (until.kind === 'index' && until.index >= logIndex) throw ReplayError.beyond(until.index, logIndex);
    if (until.kind === 'time' && this.#last === undefined) throw ReplayError.before(until.time, this.#began);
    const validAt = until.kind === 'time' ? until.time : this.#last?.recordedAt;
    const corrections = this.#corrections;
    if (corrections.count > 0 || (validAt !== undefined && this.#latestOccurred > validAt)) this.#dropFold();
    return { ...examined, last: this.#last, validAt, corrections };
  }

  #take(event: GraphEvent): void {
    const until = this.#until;
    const { recordedAt, occurredAt } = event.metadata;
    this.#began ??= recordedAt;
    if (until.kind === 'index' && event.logIndex > until.index) return;
    this.#corrections.take(event);
    if (until.kind === 'time') {
      // The moment `knownAt` of a query names: of the events recorded up to then, the last that was recorded latest.
      if (recordedAt > until.time || recordedAt < (this.#last?.recordedAt ?? '')) return;
    }
    this.#last = { logIndex: event.logIndex, recordedAt };
    if (occurredAt > this.#latestOccurred) this.#latestOccurred = occurredAt;
    if (this.#corrections.count > 0) this.#dropFold();
    this.fold?.take(event);
  }

  #dropFold(): void {
    this.fold?.close();
    this.fold = undefined;
  }
}

async function* eventsOf(source: ReplaySource): AsyncGenerator<ReplayedRecord['event']> {
  for await (const { event } of source.records()) yield event;
}

/** Folds what counts, now that all is known that must be. @throws AlteredLogError when the log has changed meanwhile */
async function secondPass(
  source: Pick<ReplaySource, 'records'>,
  log: ReadLog,
  request: ReplayRequest,
  examination: Examination | undefined,
): Promise<VerdictFold> {
  const last = log.last!;
  const fold = new VerdictFold({ corrections: log.corrections.upTo(last.logIndex), validAt: log.validAt });
  try {
    const tree = AppendOnlyTree.empty();
    let logIndex = 0;
    for await (const { record, event, share } of source.records()) {
      if (examination !== undefined) tree.append(leafHash(record));
      if (logIndex <= last.logIndex) fold.take({ ...event, logIndex });
      if (logIndex++ % 1_000 === 0) report(request, 'folding', share);
    }
    if (examination !== undefined && !equalBytes(tree.root(), log.root)) {
      throw new AlteredLogError('it was changed while it was replayed.', undefined);
    }
    return fold;
  } catch (error) {
    fold.close();
    throw error;
  }
}

function programmesOf({ programme, library }: ReplayRequest, publishedBy: string | undefined): Programme[] {
  if (programme === undefined) return publishedBy === undefined ? [] : library.newest(publishedBy);
  const chosen = library.choose(programme, publishedBy ?? '');
  if (chosen === undefined && publishedBy !== undefined) throw ReplayError.unknownProgramme(programme);
  return chosen === undefined ? [] : [chosen];
}
