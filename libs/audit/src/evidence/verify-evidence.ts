import { type GraphEvent } from '#claims';
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
import { type ProgrammeLibrary } from '#programmes';
import { BatchJudge, eventOfEvidence, NO_JUDGE } from './evidence-judge.js';
import { revokedIn, SignatureCheck } from '../replay/signature-audit.js';
import { AnnouncedCorrections, WholeLogJudge } from './whole-log.js';

/** A file that can be read more than once. */
export type Reread = () => AsyncIterable<Uint8Array>;

/** A bundle that verified, and what became of the signatures of its commands. */
export interface VerifiedEvidence extends VerifiedBundle {
  readonly signatures: {
    /** Every signature there is: one that does not hold fails the bundle. */
    readonly verified: number;
    /** Of these, by a key that was revoked from a moment before the command was recorded. */
    readonly revoked: number;
    /** Commands of a partial bundle whose signature hangs on what may be hidden: their own key or demand is not shown. */
    readonly unchecked: number;
  };
}

/**
 * Verifies an evidence bundle with the programmes that are at hand, without server, database or network.
 * @throws BundleError with the place of what is wrong
 */
export async function verifyEvidence(
  read: Reread,
  trustedKey: string | KeyRing,
  library: ProgrammeLibrary,
  limits: Partial<BundleLimits> = {},
): Promise<VerifiedEvidence> {
  const announced = await correctionsIn(read(), limits);
  const { origin } = typeof trustedKey === 'string' ? KeyRing.of(trustedKey) : trustedKey;
  const check = new SignatureCheck(origin);
  const verified = await verifyBundle(read(), {
    trustedKey,
    limits,
    judge: (header) => withSignatures(check, header.mode, judgeOf(header, library, announced)),
  });
  const { late } = check.revocations;
  let { revoked } = check;
  if (late.size > 0) {
    revoked = await countOf(revokedIn(recordsOf(read(), limits), origin, late));
  }
  return { ...verified, signatures: { verified: check.verified, revoked, unchecked: check.unchecked } };
}

function judgeOf(header: BundleHeader, library: ProgrammeLibrary, announced: AnnouncedCorrections): BundleJudge {
  switch (header.mode) {
    case 'batch':
      return BatchJudge.of(header, library);
    case 'whole-log':
      return WholeLogJudge.of(header, library, announced);
    case 'partial-batch':
      return NO_JUDGE;
  }
}

/** A judge before whom the signatures of the records must hold. */
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

/** The records of a bundle that has verified. */
async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  limits: Partial<BundleLimits>,
): AsyncGenerator<GraphEvent> {
  for await (const bytes of bundleLines(chunks, { ...BUNDLE_LIMITS, ...limits })) {
    const { kind, record, logIndex } = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    if (kind === 'record') yield eventOfEvidence(record as EvidenceRecord, Number(logIndex));
  }
}

/** Corrections of a bundle of the whole log, as it says; what is no bundle is left to the verification to refuse. */
async function correctionsIn(
  chunks: AsyncIterable<Uint8Array>,
  limits: Partial<BundleLimits>,
): Promise<AnnouncedCorrections> {
  const announced = new AnnouncedCorrections();
  const mention = Buffer.from('"RecordCorrected"');
  let isFirst = true;
  try {
    for await (const bytes of bundleLines(chunks, { ...BUNDLE_LIMITS, ...limits })) {
      const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (isFirst && !line.includes('"whole-log"')) break;
      isFirst = false;
      if (!line.includes(mention)) continue;
      const { record, logIndex } = JSON.parse(line.toString()) as { record: EvidenceRecord; logIndex: string };
      announced.take(record, Number(logIndex));
    }
  } catch {
    // Whatever it is, the verification meets it too, and says where.
  }
  return announced;
}
