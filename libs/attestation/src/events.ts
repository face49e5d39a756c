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
export type LabourConcernRaised = ConcernEvents['LabourConcernRaised'];
export type InvestigationOpened = ConcernEvents['InvestigationOpened'];
export type FindingRecorded = ConcernEvents['FindingRecorded'];
export type FindingAnnulled = ConcernEvents['FindingAnnulled'];
export type RemediationAccepted = ConcernEvents['RemediationAccepted'];
export type ConcernClosed = ConcernEvents['ConcernClosed'];
