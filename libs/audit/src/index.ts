export { AlteredLogError } from './log/altered-log-error.js';
export { AuditError, type AuditErrorCode } from './log/audit-error.js';
export { LEDGER_CATEGORIES, ledgerStreams } from './log/ledger-streams.js';
export { type SkippedRecords } from './log/skipped-records.js';
export {
  DISCLOSURES_FILE,
  DisclosureStore,
  type AuditedValue,
  type KeptValue,
  type MismatchBell,
} from './disclosures/disclosure-store.js';
export { type LogTree } from './tree/log-tree.js';
export { TreeFile } from './tree/tree-file.js';
export { AccessLog } from './checkpoints/access-log.js';
export { Audit, type AuditOptions } from './checkpoints/audit.js';
export { type Reading, type ReadsThrough } from './checkpoints/read-through.js';
export { signedCheckpoints, type SignedCheckpoint } from './checkpoints/checkpoint-events.js';
export { readKeptCheckpoint } from './checkpoints/kept-checkpoint.js';
export {
  identityOf,
  nameLog,
  namedLog,
  OtherLogError,
  requireLogFile,
  requireOwnLog,
  requireOwnLogIfReadable,
  type LedgerPlace,
  type NamedLog,
} from './checkpoints/log-identity.js';
export { SigningKeyError } from './checkpoints/signing-key-error.js';
export { bundleSource } from './replay/bundle-source.js';
export { GrowingChain } from './replay/growing-chain.js';
export { readThroughBeside } from './replay/read-beside.js';
export { openReadOnlyLog, type ReadOnlyLog } from './replay/read-only-log.js';
export { replay, REPLAY_THREADS, type ReplayRequest } from './replay/replay.js';
export {
  REPLAY_PHASES,
  REPLAY_REPORT,
  type ReplayPhase,
  type ReplayReport,
  type SignatureReport,
} from './replay/replay-report.js';
export { storeSource, type ReplaySource } from './replay/replay-source.js';
export { readUntil, ReplayError, type ReplayErrorCode } from './replay/until.js';
export {
  Evidence,
  signedLog,
  type EvidenceQuestion,
  type Opening,
  type OpeningSource,
  type SignedLog,
} from './evidence/evidence.js';
export { type VerifiedEvidence } from './evidence/index.js';
export { verifyEvidence } from './evidence/verify-evidence.js';
export { writeWholeLog } from './evidence/whole-log.js';
export { fsck, type FsckReport } from './fsck/fsck.js';
