import { confirmCorrection, correctRecord } from '#custody';
import { type ProgrammeLibrary } from '#programmes';
import { BUNDLE_LIMITS, bundleLines, type BundleLimits, type EvidenceRecord, type KeyRing } from '#transparency';
import { batchJudgeOf, verifyJudged, type Reread, type VerifiedEvidence } from './batch-evidence.js';
import { AnnouncedCorrections, WholeLogJudge } from './whole-log.js';

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
  const { corrections, isPlain } = await firstLook(read(), limits);
  return verifyJudged(
    read,
    trustedKey,
    (header) =>
      header.mode === 'whole-log'
        ? WholeLogJudge.of(header, library, corrections)
        : batchJudgeOf(header, library.programmes, isPlain),
    limits,
  );
}

/** What a bundle says about itself before any of it is verified. */
interface FirstLook {
  /** Of a bundle of the whole log: its corrections and their confirmations. */
  readonly corrections: AnnouncedCorrections;
  /** Of a batch: there are none, and nothing is disclosed. */
  readonly isPlain: boolean;
}

/** What is no bundle is left to the verification to refuse. */
async function firstLook(chunks: AsyncIterable<Uint8Array>, limits: Partial<BundleLimits>): Promise<FirstLook> {
  const corrections = new AnnouncedCorrections();
  const mentions = [correctRecord, confirmCorrection].map(({ type }) => Buffer.from(JSON.stringify(type)));
  let isWhole: boolean | undefined;
  try {
    for await (const bytes of bundleLines(chunks, { ...BUNDLE_LIMITS, ...limits })) {
      const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      isWhole ??= line.includes('"whole-log"');
      const isMentioned = mentions.some((mention) => line.includes(mention));
      if (!isWhole && (isMentioned || line.includes('"kind":"disclosure"'))) return { corrections, isPlain: false };
      if (!isWhole || !isMentioned) continue;
      const { record, logIndex } = JSON.parse(line.toString()) as { record: EvidenceRecord; logIndex: string };
      corrections.take(record, Number(logIndex));
    }
  } catch {
    // Whatever it is, the verification meets it too, and says where.
  }
  return { corrections, isPlain: true };
}
