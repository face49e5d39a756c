import { programmeReference } from '#claims';
import { foldLog, type FoldedLog } from './folded-log.js';
import { JudgingHelper } from './judging-helper.js';
import { judge, type Judged } from './judging.js';
import { type ReplayRequest } from './replay-request.js';
import { type ReplaySource } from './replay-source.js';
import { type SignatureReport } from './signature-audit.js';

export interface ReplayReport {
  /** Events that count: those with a log index below. */
  readonly events: number;
  /** Events of the log when the replay began, every one of them hashed. */
  readonly logSize: number;
  /** Root over those, hexadecimal. */
  readonly root: string;
  /** How many of them the last checkpoint covers: their root was signed. */
  readonly signedSize: number;
  /** Moment that the verdicts are about; null for an empty log. */
  readonly validAt: string | null;
  /** With their versions. */
  readonly programmes: readonly string[];
  /** Of every event of the log. */
  readonly signatures: SignatureReport;
  readonly batches: number;
  /** Programme → verdict → batches. */
  readonly verdicts: Judged['verdicts'];
  /** SHA-256 over the canonical verdicts, each with a newline, by batch (UTF-8 order) and programme. */
  readonly digest: string;
}

/**
 * Rebuilds a ledger from event zero in a fresh place, at bounded memory: every record hashed and held against what was
 * signed, every batch judged. The report depends on the log, the programmes and the request alone, however many threads
 * judge.
 * @throws AlteredLogError; ReplayError `until-malformed`, `until-in-the-future`, `until-before-the-log`, `unknown-programme`, `aborted`
 */
export async function replay(source: ReplaySource, request: ReplayRequest): Promise<ReplayReport> {
  const helper = JudgingHelper.for(source, request);
  let folded: FoldedLog | undefined;
  try {
    folded = await foldLog(source, request);
    const { log, programmes } = folded;
    const { last } = log;
    const judged = await judge(folded, request, helper);
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
  } finally {
    folded?.fold?.close();
    await helper?.close();
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
