import { type GraphEvent, type Programme } from '#claims';
import {
  BUNDLE_LIMITS,
  bundleLines,
  KeyRing,
  verifyBundle,
  type BundleHeader,
  type BundleJudge,
  type BundleLimits,
  type BundleMode,
  type EvidenceRecord,
  type VerifiedBundle,
} from '#transparency';
import { revokedIn, SignatureCheck } from '../replay/signature-audit.js';
import { BatchJudge, eventOfEvidence, NO_JUDGE } from './evidence-judge.js';
import { wholeVerdicts } from './verdict-parts.js';

/** A file that can be read more than once. */
export type Reread = () => AsyncIterable<Uint8Array>;

/** A verified bundle, and the outcome of checking the signatures of its commands. */
export interface VerifiedEvidence extends Omit<VerifiedBundle, 'verdict'> {
  /** For a batch, one for each programme; for the whole log, the result of its replay; null in a partial bundle. */
  readonly verdict: unknown;
  readonly signatures: {
    /** The number of signatures: one that is not valid fails the bundle. */
    readonly verified: number;
    /** Of these, by a key that was revoked from a moment before the command was recorded. */
    readonly revoked: number;
    /** Commands of a partial bundle whose signature depends on what may be hidden: their own key or demand is not shown. */
    readonly unchecked: number;
  };
}

/**
 * Verifies the evidence of a batch with the programmes that are at hand, without server, database, network or files: a
 * browser runs it too. A bundle of the whole log is `judge-failed`: its replay needs a disk, so use `lodebook verify`.
 * @throws BundleError with the place of what is wrong
 */
export function verifyBatchEvidence(
  read: Reread,
  trustedKey: string | KeyRing,
  programmes: readonly Programme[],
  limits: Partial<BundleLimits> = {},
): Promise<VerifiedEvidence> {
  return verifyJudged(read, trustedKey, (header) => batchJudgeOf(header, programmes), limits);
}

/**
 * @param isPlain among its records is no correction, and of none a value is disclosed
 * @throws Error of a bundle of the whole log, which is not about a batch
 */
export function batchJudgeOf(header: BundleHeader, programmes: readonly Programme[], isPlain = false): BundleJudge {
  switch (header.mode) {
    case 'batch':
      return BatchJudge.of(header, programmes, isPlain);
    case 'partial-batch':
      return NO_JUDGE;
    case 'whole-log':
      throw new Error('a bundle of the whole log is verified by `lodebook verify`');
  }
}

/** As {@link verifyBatchEvidence}, by the judge that a header asks for. */
export async function verifyJudged(
  read: Reread,
  trustedKey: string | KeyRing,
  judgeOf: (header: BundleHeader) => BundleJudge,
  limits: Partial<BundleLimits>,
): Promise<VerifiedEvidence> {
  const { origin } = typeof trustedKey === 'string' ? KeyRing.of(trustedKey) : trustedKey;
  const check = new SignatureCheck(origin);
  const verified = await verifyBundle(read(), {
    trustedKey,
    limits,
    judge: (header) => withSignatures(check, header.mode, judgeOf(header)),
  });
  const { late } = check.revocations;
  let { revoked } = check;
  if (late.size > 0) revoked = await countOf(revokedIn(recordsOf(read(), limits), origin, late));
  const verdict = wholeVerdict(verified);
  return { ...verified, verdict, signatures: { verified: check.verified, revoked, unchecked: check.unchecked } };
}

function wholeVerdict({ header, verdict }: VerifiedBundle): unknown {
  switch (header.mode) {
    case 'batch':
      return wholeVerdicts(verdict);
    case 'whole-log':
      return verdict[0];
    case 'partial-batch':
      return null;
  }
}

/** A judge that also requires the signatures of the records to hold. */
function withSignatures(check: SignatureCheck, mode: BundleMode, judge: BundleJudge): BundleJudge {
  return {
    take(record, logIndex) {
      check.take(eventOfEvidence(record, Number(logIndex)), mode === 'partial-batch');
      judge.take(record, logIndex);
    },
    disclose: (commitment, value) => judge.disclose?.(commitment, value),
    verdict: () => judge.verdict(),
  };
}

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  const iterator = items[Symbol.asyncIterator]();
  let count = 0;
  while (!(await iterator.next()).done) count++;
  return count;
}

const utf8 = new TextDecoder();

/** The records of a bundle that has verified. */
async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  limits: Partial<BundleLimits>,
): AsyncGenerator<GraphEvent> {
  for await (const bytes of bundleLines(chunks, { ...BUNDLE_LIMITS, ...limits })) {
    const { kind, record, logIndex } = JSON.parse(utf8.decode(bytes)) as Record<string, unknown>;
    if (kind === 'record') yield eventOfEvidence(record as EvidenceRecord, Number(logIndex));
  }
}
