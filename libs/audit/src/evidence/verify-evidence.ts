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
  const announced = await correctionsIn(read(), limits);
  return verifyJudged(
    read,
    trustedKey,
    (header) =>
      header.mode === 'whole-log'
        ? WholeLogJudge.of(header, library, announced)
        : batchJudgeOf(header, library.programmes),
    limits,
  );
}

/**
 * Corrections of a bundle of the whole log and their confirmations, as it says; what is no bundle is left to the
 * verification to refuse.
 */
async function correctionsIn(
  chunks: AsyncIterable<Uint8Array>,
  limits: Partial<BundleLimits>,
): Promise<AnnouncedCorrections> {
  const announced = new AnnouncedCorrections();
  const mentions = [correctRecord, confirmCorrection].map(({ type }) => Buffer.from(JSON.stringify(type)));
  let isFirst = true;
  try {
    for await (const bytes of bundleLines(chunks, { ...BUNDLE_LIMITS, ...limits })) {
      const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (isFirst && !line.includes('"whole-log"')) break;
      isFirst = false;
      if (!mentions.some((mention) => line.includes(mention))) continue;
      const { record, logIndex } = JSON.parse(line.toString()) as { record: EvidenceRecord; logIndex: string };
      announced.take(record, Number(logIndex));
    }
  } catch {
    // Whatever it is, the verification meets it too, and says where.
  }
  return announced;
}
