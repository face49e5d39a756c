import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { programmeReference, type ClaimsVerdict, type GraphEvent, type Programme, type Verdict } from '#claims';
import { equalBytes } from '#transparency';
import { type ProgrammeLibrary } from '#programmes';
import { AlteredLogError } from '../log/altered-log-error.js';
import { LogExamination } from './log-examination.js';
import { type ReplayedRecord, type ReplayPage, UnreadableRecord } from './replay-page.js';
import { nothingSigned, pagesOf, type ReplaySource } from './replay-source.js';
import { ExaminationThread } from './examination-thread.js';
import { growHeapsSlowly } from './heap-growth.js';
import { type ReplayPhase, type ReplayReport, type SignatureReport } from './replay-report.js';
import { signatureReport } from './signature-audit.js';
import { ReplayError, readUntil, type Until } from './until.js';
import { VerdictDigest, type VerdictSink } from './verdict-digest.js';
import { GatheredCorrections, VerdictFold } from './verdict-fold.js';

/** Judging never awaits I/O, so it yields to the event loop this often, milliseconds. */
const TURN_MS = 10;
/** A log of fewer events is replayed before a second thread has begun. */
const EVENTS_WORTH_A_THREAD = 10_000;
/** As many threads as a replay can use on this machine. */
export const REPLAY_THREADS = availableParallelism() > 1 ? 2 : 1;
/** Putting a batch's verdicts into the digest takes about so much of the time that judging it takes. */
const DIGEST_PART = 0.2;

export interface ReplayRequest {
  /** The last log index that counts, or a recorded time; undefined: the whole log. */
  readonly until?: string | undefined;
  /** `id` or `id@version`; undefined: the newest version of each by the moment replayed to. */
  readonly programme?: string | undefined;
  readonly library: ProgrammeLibrary;
  /** RFC 3339 UTC with milliseconds: later moments are in the future. */
  readonly now: string;
  /** Receives the current phase, and its progress from 0 to 1. */
  readonly progress?: (phase: ReplayPhase, share: number) => void;
  /** Receives each verdict, batch by batch, in the order in which they are judged. */
  readonly verdict?: (verdict: ClaimsVerdict) => void;
  readonly signal?: AbortSignal;
  /**
   * 2: the process is the replay's. A large log is hashed and compared in a second thread, which also makes the digest, with
   * the same report; it needs the build. Heaps grow slowly ({@link growHeapsSlowly}). Default: 1, the caller's.
   */
  readonly threads?: 1 | 2 | undefined;
}

/**
 * Rebuilds a ledger from event zero in a fresh place, in bounded memory: hashes every record and compares it with what was
 * signed, and judges every batch. The report depends only on the log, the programmes and the request.
 * @throws AlteredLogError; ReplayError `until-malformed`, `until-in-the-future`, `until-before-the-log`, `unknown-programme`, `aborted`
 */
export async function replay(source: ReplaySource, request: ReplayRequest): Promise<ReplayReport> {
  const until = readUntil(request.until, request.now);
  const thread = threadFor(source, request);
  const first = new FirstPass(source, until, request, thread);
  let fold: VerdictFold | undefined;
  try {
    const log = await first.run();
    const { last } = log;
    fold = first.fold ?? (last === undefined ? undefined : await secondPass(source, log, request, thread));
    const programmes = programmesOf(request, last?.recordedAt);
    const judged = await judge(fold, programmes, log.validAt, request, thread?.digest() ?? new VerdictDigest());
    return {
      events: last === undefined ? 0 : last.logIndex + 1,
      logSize: Number(log.size),
      root: hex(log.root),
      signedSize: Number(log.signedSize),
      validAt: log.validAt ?? null,
      programmes: programmes.map(programmeReference),
      signatures: log.signatures,
      ...judged,
    };
  } catch (error) {
    throw error instanceof UnreadableRecord ? await whatCannotBeRead(source, error) : error;
  } finally {
    first.fold?.close();
    fold?.close();
    await thread?.close();
  }
}

/** Undefined: everything is done in this thread. */
function threadFor(source: ReplaySource, { threads, signal }: ReplayRequest): ExaminationThread | undefined {
  const canHelp = source.storedLeaf === undefined || source.storedTree !== undefined;
  if (threads !== 2 || !canHelp || (source.aboutEvents ?? 0) < EVENTS_WORTH_A_THREAD) return undefined;
  growHeapsSlowly();
  return new ExaminationThread(signal);
}

/** What the first reading of a log has found. */
interface ReadLog {
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly signedSize: bigint;
  /** The last event that counts. */
  readonly last: { logIndex: number; recordedAt: string } | undefined;
  readonly validAt: string | undefined;
  readonly corrections: GatheredCorrections;
  readonly signatures: SignatureReport;
}

/**
 * Hashes the whole log, finds where to end, and folds it in the same pass. If the fold turns out to need what comes later
 * (a correction, or the moment that determines the end), it is dropped and a second pass folds.
 */
class FirstPass {
  fold: VerdictFold | undefined;
  readonly #corrections = new GatheredCorrections();
  #last: ReadLog['last'];
  #latestOccurred = '';
  #began: string | undefined;

  readonly #source: ReplaySource;
  readonly #until: Until;
  readonly #request: ReplayRequest;

  readonly #thread: ExaminationThread | undefined;

  constructor(source: ReplaySource, until: Until, request: ReplayRequest, thread: ExaminationThread | undefined) {
    this.#thread = thread;
    this.#source = source;
    this.#until = until;
    this.#request = request;
  }

  async run(): Promise<ReadLog> {
    const source = this.#source;
    const until = this.#until;
    if (until.kind !== 'time') this.fold = new VerdictFold({ corrections: new Map(), validAt: undefined });
    const order = { ...source, checkpoints: source.checkpoints() };
    const examination = this.#thread?.examine(order, source.storedTree) ?? new LogExamination(order);
    for await (const page of pagesOf(source)) {
      await examination.take(page);
      try {
        this.#take(page);
      } catch (error) {
        if (error instanceof UnreadableRecord) await examination.finish(); // what comes first is named
        throw error;
      }
      report(this.#request, 'reading', page.share);
    }
    const { size, root, signedSize, signatures: tally } = await examination.finish();
    const signatures = await signatureReport(tally, source.origin, () => eventsOf(source));
    if (until.kind === 'index' && until.index >= size) throw ReplayError.beyond(until.index, Number(size));
    if (until.kind === 'time' && this.#last === undefined) throw ReplayError.before(until.time, this.#began);
    const validAt = until.kind === 'time' ? until.time : this.#last?.recordedAt;
    const corrections = this.#corrections;
    if (corrections.count > 0 || (validAt !== undefined && this.#latestOccurred > validAt)) this.#dropFold();
    return { size, root, signedSize, last: this.#last, validAt, corrections, signatures };
  }

  #take(page: ReplayPage): void {
    const until = this.#until;
    const after = until.kind === 'index' ? Math.min(page.size, until.index + 1 - page.first) : page.size;
    for (let index = 0; index < after; index++) {
      // Only a moment asks when each was recorded; otherwise a reservation matters when it is the last event.
      if (until.kind === 'time' || index === after - 1 || !page.isReservation(index)) {
        this.#takeEvent({ ...page.event(index), logIndex: page.first + index });
      }
    }
  }

  #takeEvent(event: GraphEvent): void {
    const until = this.#until;
    const { recordedAt, occurredAt } = event.metadata;
    this.#began ??= recordedAt;
    this.#corrections.take(event);
    if (until.kind === 'time') {
      // Like `knownAt` of a query that names a moment: the last event recorded up to then.
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

/** What the source itself says of a record that it cannot read. */
async function whatCannotBeRead(source: ReplaySource, otherwise: UnreadableRecord): Promise<unknown> {
  try {
    const records = source.records()[Symbol.asyncIterator]();
    while (!(await records.next()).done);
    return otherwise;
  } catch (error) {
    return error;
  }
}

async function* eventsOf(source: ReplaySource): AsyncGenerator<ReplayedRecord['event']> {
  for await (const page of pagesOf(source)) for (let index = 0; index < page.size; index++) yield page.event(index);
}

/** Folds the events that count, once everything needed is known. @throws AlteredLogError when the log has changed meanwhile */
async function secondPass(
  source: ReplaySource,
  log: ReadLog,
  request: ReplayRequest,
  thread: ExaminationThread | undefined,
): Promise<VerdictFold> {
  const last = log.last!;
  const fold = new VerdictFold({ corrections: log.corrections.upTo(last.logIndex), validAt: log.validAt });
  try {
    const order = { checkpoints: nothingSigned(), origin: undefined, onlyRoot: true };
    const examination = thread?.examine(order) ?? new LogExamination(order);
    for await (const page of pagesOf(source)) {
      await examination.take(page);
      for (let index = 0; index < page.size && page.first + index <= last.logIndex; index++) {
        if (!page.isReservation(index)) fold.take({ ...page.event(index), logIndex: page.first + index });
      }
      report(request, 'folding', page.share);
    }
    if (!equalBytes((await examination.finish()).root, log.root)) {
      throw new AlteredLogError('it was changed while it was replayed.', undefined);
    }
    return fold;
  } catch (error) {
    fold.close();
    throw error;
  }
}

async function judge(
  fold: VerdictFold | undefined,
  programmes: readonly Programme[],
  validAt: string | undefined,
  request: ReplayRequest,
  sink: VerdictSink,
): Promise<Pick<ReplayReport, 'batches' | 'verdicts' | 'digest'>> {
  const verdicts: Record<string, Partial<Record<Verdict, number>>> = {};
  for (const programme of programmes) verdicts[programmeReference(programme)] = {};
  const progress = judgingProgress(fold?.batches ?? 0);
  let turn = performance.now();
  const giveTurn = async (share: number): Promise<void> => {
    report(request, 'judging', share);
    await nextTurn();
    turn = performance.now();
  };
  try {
    for (const verdict of fold && validAt !== undefined ? fold.verdicts(programmes, validAt) : []) {
      const room = sink.take(verdict);
      if (room !== undefined) await room;
      const count = verdicts[verdict.programme]!;
      count[verdict.verdict] = (count[verdict.verdict] ?? 0) + 1;
      request.verdict?.(verdict);
      if (performance.now() - turn >= TURN_MS) await giveTurn(progress(sink.batches, 0));
    }
    const digest = await sink.digest(async (digested) => {
      if (performance.now() - turn >= TURN_MS) await giveTurn(progress(sink.batches, digested));
    });
    report(request, 'judging', 1);
    return { verdicts, digest, batches: sink.batches };
  } finally {
    sink.close();
  }
}

/** @param batches of the ledger @returns the share of judging that is done, with so many of them judged and in the digest */
function judgingProgress(batches: number): (judged: number, digested: number) => number {
  const all = batches * (1 + DIGEST_PART) || 1;
  return (judged, digested) => Math.min(1, (judged + digested * DIGEST_PART) / all);
}

function programmesOf({ programme, library }: ReplayRequest, publishedBy: string | undefined): Programme[] {
  if (programme === undefined) return publishedBy === undefined ? [] : library.newest(publishedBy);
  const chosen = library.choose(programme, publishedBy ?? '');
  if (chosen === undefined && publishedBy !== undefined) throw ReplayError.unknownProgramme(programme);
  return chosen === undefined ? [] : [chosen];
}

function report({ progress, signal }: ReplayRequest, phase: ReplayPhase, share: number): void {
  if (signal?.aborted) throw ReplayError.aborted();
  progress?.(phase, share);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
