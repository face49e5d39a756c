/** Events of the streams `attestation-{id}` and `concern-{id}`, version 1 (`docs/domain.md`), as the facts describe them. */
import { type EventOf } from '#custody';
import { type EventsOf } from '#vocabulary';
import { type AttestationFact, type ConcernFact } from './facts.js';

export * from './terms.js';

export type AttestationEvents = EventsOf<AttestationFact>;
export type ConcernEvents = EventsOf<ConcernFact>;
export type AttestationEvent = EventOf<AttestationEvents>;
export type ConcernEvent = EventOf<ConcernEvents>;

export type AttestationIssued = AttestationEvents['AttestationIssued'];
/** Of a suspension, a reinstatement and a revocation. */
export type AttestationStateChanged = AttestationEvents['AttestationSuspended'];
export type ConcernRaised = ConcernEvents['ConcernRaised'];
export type InvestigationOpened = ConcernEvents['InvestigationOpened'];
export type FindingRecorded = ConcernEvents['FindingRecorded'];
export type FindingAnnulled = ConcernEvents['FindingAnnulled'];
export type RemediationAccepted = ConcernEvents['RemediationAccepted'];
export type ConcernClosed = ConcernEvents['ConcernClosed'];
export type ConcernAdmitted = ConcernEvents['ConcernAdmitted'];
export type ConcernDeclined = ConcernEvents['ConcernDeclined'];
export type ConcernCommented = ConcernEvents['ConcernCommented'];
/** Of a comment. */
export type CommentAdmitted = ConcernEvents['CommentAdmitted'];
export type CommentDeclined = ConcernEvents['CommentDeclined'];
export type ConcernAnswered = ConcernEvents['ConcernAnswered'];
