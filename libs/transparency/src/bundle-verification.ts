import { type BundleHeader, type BundleLimits, type Completeness, type EvidenceRecord } from './bundle-format.js';
import { type VerifiedCheckpoint } from './checkpoint.js';
import { type KeyRing } from './key-ring.js';
import { type VerifierKey } from './note-keys.js';

/** Folds the records of a bundle and says what follows from them: the claims code, handed in by the caller. */
export interface BundleJudge {
  /**
   * Takes a record, in log order. In mode `batch` it is proved; in mode `whole-log` the proof comes with the last one, so
   * what was taken may be refused in the end: nothing of it may leave the judge before {@link verdict} is asked for.
   * In mode `partial-batch` it is given those that are shown.
   */
  take(record: EvidenceRecord, logIndex: bigint): void;
  /**
   * Takes a value that a record withholds, after the record and after it was found to be the one committed to.
   * Left out by a judge to whom values make no difference.
   * @param commitment hex, as the record has it
   */
  disclose?(commitment: string, value: unknown): void;
  /**
   * The parts of it, JSON, one at least, each of which is a line. Asked for once, after the records were verified; never in
   * mode `partial-batch`, which has no verdict.
   */
  verdict(): Iterable<unknown>;
}

export interface BundleVerification {
  /** Key of the log, or ring of the keys it has had, from elsewhere than the bundle. */
  readonly trustedKey: VerifierKey | string | KeyRing;
  readonly judge: (header: BundleHeader, checkpoint: VerifiedCheckpoint) => BundleJudge;
  /** Default: {@link BUNDLE_LIMITS}. */
  readonly limits?: Partial<BundleLimits>;
}

export interface VerifiedBundle {
  readonly header: BundleHeader;
  readonly checkpoint: VerifiedCheckpoint;
  readonly records: bigint;
  /** Leaves that are proved without their records; 0 but in mode `partial-batch`. */
  readonly hidden: bigint;
  /** Values that open commitments of these records. */
  readonly disclosures: bigint;
  readonly completeness: Completeness;
  /** Its parts, as the judge gave them; none in mode `partial-batch`: nothing was judged. */
  readonly verdict: readonly unknown[];
}
