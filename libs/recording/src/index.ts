export { Recorder, type RecorderParts } from './recorder.js';
export { type Registry } from './registry.js';
export { type ShortStreams } from './short-streams.js';
export { Signatures, type ToBeSigned } from './signatures.js';
export { type SiteRequest } from './site-request.js';
export { CompositionUnknown, type CompositionCheck } from './composition-check.js';
export { type EventIndex, type ReplacementCheck, type SnapshotStore } from './ports.js';
export { CommandRefused, refusedBy, StaleRevision, type RefusedPlace } from './refused.js';
export { ownerOf, type Disclosing, type Disclosure, type DisclosureKeeper } from './disclosing.js';
export { LedgerClock } from './clock.js';
export {
  actorOf,
  metadataOf,
  type CommandContext,
  COMMAND_RECEIPT,
  type CommandReceipt,
  type CommandWarning,
  type RecordedEvent,
} from './command-context.js';
export { commandIdOf, eventIdOf, newSalt, requestSha256, signedKey } from './identity.js';
export { receiptOfAppend, type FoundEvent } from './receipt.js';
export { SCHEMA_VERSION } from './recording-limits.js';
export { organisationOf } from './organisation-of.js';
export { accountBehind, newEvents, newReservation } from './new-events.js';
export { foldAccount } from './fold-account.js';
export * from './stream-names.js';
