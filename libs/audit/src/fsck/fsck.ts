import { type ProgrammeLibrary } from '#programmes';
import { type EventMetadata } from '#custody';
import { type StoredEvent, type StreamFinding } from '#event-store';
import { type ExaminedEvent } from '#signing';
import { equalBytes, type Checkpoint, type VerifiedCheckpoint } from '#transparency';
import { AlteredLogError } from '../log/altered-log-error.js';
import { DisclosureAudit, isUnreadable } from './disclosure-audit.js';
import { examineLog, examineSignatures, isLeaf, type ExaminedLog } from './examined-log.js';
import { AccessLog } from '../checkpoints/access-log.js';
import { readKeptCheckpoint, withKept } from '../checkpoints/kept-checkpoint.js';
import { type LedgerPlace } from '../checkpoints/log-identity.js';
import { LogVerifier } from '../log/log-verifier.js';
import { openReadOnlyLog } from '../replay/read-only-log.js';
import { type SignatureReport } from '../replay/replay-report.js';
import { SignatureAudit } from '../replay/signature-audit.js';
import { TreeFile } from '../tree/tree-file.js';
import { compareViews } from './views-comparison.js';

interface FsckFinding {
  readonly part: 'log' | 'tree' | 'views' | 'disclosures';
  /** First log index that is wrong; null when no event is. */
  readonly logIndex: number | null;
  readonly finding: string;
  /** For a change by others to a stream of the ledger: which stream, which revision in it, and what kind. */
  readonly stream?: string;
  readonly revision?: string;
  readonly kind?: StreamFinding['kind'];
}

export interface FsckReport {
  readonly events: number;
  /** How many of them the last checkpoint covers. */
  readonly signedSize: number;
  /** Root over all of them, hexadecimal. */
  readonly root: string;
  readonly viewsCompared: boolean;
  readonly signatures: SignatureReport;
  readonly findings: readonly FsckFinding[];
  /** The first log index that is wrong, of all findings; null when nothing is. */
  readonly firstWrongIndex: number | null;
}

interface FsckRequest {
  readonly configuration: LedgerPlace;
  readonly library: ProgrammeLibrary;
  /** RFC 3339 UTC with milliseconds. */
  readonly now: string;
  /** First key of the log, from elsewhere. */
  readonly key?: string | undefined;
  /** Checkpoints from elsewhere, verified. */
  readonly checkpoints?: readonly VerifiedCheckpoint[];
  readonly progress?: (events: number) => void;
}

/**
 * Compares the whole log with everything that was signed of it, then the tree's nodes, the withheld values and the read
 * tables with the log. Writes nothing; a server may be running.
 */
export async function fsck(request: FsckRequest): Promise<FsckReport> {
  const { configuration } = request;
  const findings: FsckFinding[] = [];
  const note = (part: FsckFinding['part'], finding: string, logIndex?: bigint): unknown =>
    findings.push({ part, logIndex: logIndex === undefined ? null : Number(logIndex), finding });
  // What was signed is looked up before the end of the log, because a running ledger keeps signing meanwhile.
  const kept = readKeptCheckpoint(configuration.dataFolder);
  const disclosures = DisclosureAudit.read(configuration.dataFolder);
  const log = await examineLog(configuration);
  const tree = TreeFile.openReadOnly(configuration.dataFolder);
  let read: Awaited<ReturnType<typeof examine>>;
  let ofOthers: readonly StreamFinding[];
  try {
    read = await examine({ log, tree, kept, disclosures }, request, note);
    ofOthers = await log.ofOthers();
    for (const damage of log.damage()) note('log', `the file is damaged: ${damage}`);
  } finally {
    tree?.close();
    await log.close();
  }
  const sound = findings.every(({ part }) => part !== 'log');
  for (const finding of disclosures.findings()) note('disclosures', finding);
  const views = sound ? await viewsOf(request) : undefined;
  for (const { logIndex, finding } of views ?? []) note('views', finding, logIndex);
  findings.push(...read.unsigned, ...ofOthers.map((finding) => findingOfOthers(finding)));
  const wrong = findings.flatMap(({ logIndex }) => logIndex ?? []);
  return {
    events: Number(read.size),
    signedSize: Number(read.proved),
    root: Buffer.from(read.root).toString('hex'),
    viewsCompared: views !== undefined,
    signatures: read.signatures,
    findings,
    firstWrongIndex: wrong.length === 0 ? null : Math.min(...wrong),
  };
}

/** @param logIndex of the leaf that it is; what the ledger cannot have written is none */
function findingOfOthers({ stream, revision, kind, detail }: StreamFinding, logIndex?: bigint): FsckFinding {
  const finding = `${stream}, revision ${revision}: ${kind}: ${detail}`;
  return {
    part: 'log',
    logIndex: logIndex === undefined ? null : Number(logIndex),
    finding,
    stream,
    revision: String(revision),
    kind,
  };
}

type Note = (part: FsckFinding['part'], finding: string, logIndex?: bigint) => unknown;

interface Parts {
  readonly log: ExaminedLog;
  readonly tree: TreeFile | undefined;
  readonly kept: string | undefined;
  readonly disclosures: DisclosureAudit;
}

async function examine({ log, tree, kept, disclosures }: Parts, request: FsckRequest, note: Note) {
  const { ring, inOffice, checkpoints, problems } = await examineSignatures(log, request.key);
  const unsigned: FsckFinding[] = [];
  for (const problem of problems) note('log', problem);
  const stored = tree?.state()?.size ?? 0n;
  const all = ring ? withKept(ascending([...checkpoints, ...(request.checkpoints ?? [])]), kept, ring) : ascending([]);
  const verifier = new LogVerifier(all, tree?.leavesInOrder(stored));
  const audit = new SignatureAudit(ring?.origin);
  try {
    await verifier.begin();
    let gap = false;
    for await (const row of log.rows()) {
      gap ||= row.follows === false;
      const detail = row.event && AccessLog.isAccess(row.event.stream) ? inOffice.against(row.event) : undefined;
      if (row.event && detail !== undefined) {
        const finding = { ...row.event, kind: 'unsigned-key-event', detail } as const;
        unsigned.push(findingOfOthers(finding, isLeaf(row) ? verifier.size : undefined));
      }
      if (!isLeaf(row)) {
        if (row.problem !== undefined) note('log', `an event that is no evidence is damaged: ${row.problem}`);
        continue;
      }
      if (row.problem !== undefined) note('log', `event ${verifier.size}: ${row.problem}.`, verifier.size);
      if (row.event) {
        const examined = asExamined(row.event);
        audit.take(examined, Number(verifier.size));
        disclosures.take(row.event, () => audit.ownerOf(examined));
      }
      if (audit.due) await audit.settle();
      verifier.take(row.record, row.follows === undefined ? undefined : !gap);
      gap = false;
      if (verifier.due) await verifier.settle();
      if (verifier.size % 1_000n === 0n) request.progress?.(Number(verifier.size));
    }
    verifier.finish();
    const { firstDoubt, storedWrong, size, root } = verifier;
    if (firstDoubt !== undefined)
      note('log', `event ${firstDoubt} is not the one it was when it was recorded.`, firstDoubt);
    if (storedWrong !== undefined) {
      note(
        'tree',
        `tree.db has another event ${storedWrong} than the log that was signed: delete tree.db.`,
        storedWrong,
      );
    } else if (tree && stored === size && !rootAgrees(tree, size, root)) {
      note('tree', 'tree.db has inner nodes that do not follow from its leaves: delete tree.db.');
    }
  } catch (error) {
    if (error instanceof AlteredLogError) note('log', error.finding, error.logIndex);
    else if (isUnreadable(error))
      note('log', `the file cannot be read on after event ${verifier.size}: ${error.message}`, verifier.size);
    else throw error;
  }
  const signatures = await audit.finish(() => leavesOf(log));
  for (const { logIndex, finding } of signatures.findings) {
    // A key that was revoked later is not a fault of the log.
    if (finding !== 'signature-revoked') note('log', `event ${logIndex}: ${finding}.`, BigInt(logIndex));
  }
  return { size: verifier.size, root: verifier.root, proved: verifier.proved, signatures, unsigned };
}

async function* leavesOf(log: ExaminedLog): AsyncGenerator<ExaminedEvent> {
  for await (const row of log.rows()) if (isLeaf(row)) yield row.event ? asExamined(row.event) : UNREADABLE;
}

/** Stands for an event that cannot be read: a place in the log without content. */
const UNREADABLE: ExaminedEvent = { id: '', stream: '', type: '', data: {}, metadata: {} as EventMetadata };

function asExamined({ id, stream, type, data, metadata }: StoredEvent): ExaminedEvent {
  return { id, stream, type, data, metadata: metadata as unknown as EventMetadata };
}

async function viewsOf({ configuration, library, now }: FsckRequest) {
  const log = await openReadOnlyLog(configuration);
  try {
    return await compareViews(log.store, configuration.dataFolder, library, now);
  } finally {
    await log.close();
  }
}

async function* ascending<C extends Pick<Checkpoint, 'size' | 'root'>>(checkpoints: readonly C[]): AsyncGenerator<C> {
  yield* [...checkpoints].sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
}

function rootAgrees(tree: TreeFile, size: bigint, root: Uint8Array): boolean {
  try {
    return equalBytes(tree.rootAt(size), root);
  } catch {
    return false;
  }
}
