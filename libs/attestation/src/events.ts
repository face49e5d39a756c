/** Events of the streams `attestation-{id}` and `concern-{id}`, version 1 (`docs/domain.md`). */
import type { DocumentReference, EventOf, Withholdable } from '#custody';

/** The Agreement's seven labour rights, then ILO fundamentals the programmes ask for. */
export const LABOUR_RIGHTS = [
  'forced-labour',
  'child-labour',
  'discrimination',
  'violence-against-workers',
  'migrant-workers',
  'gender-equality',
  'job-protected-leave',
  'freedom-of-association',
  'occupational-safety',
] as const;
export type LabourRight = (typeof LABOUR_RIGHTS)[number];

export const ENVIRONMENT_CRITERIA = ['impact-assessment', 'water', 'tailings', 'emissions'] as const;
export type EnvironmentCriterion = (typeof ENVIRONMENT_CRITERIA)[number];
/** What an attestation can cover: a labour right or an environmental criterion. */
export type AttestedRight = LabourRight | EnvironmentCriterion;

export const CONCERN_SOURCES = ['public', 'worker', 'regulator', 'operator'] as const;
export type ConcernSource = (typeof CONCERN_SOURCES)[number];

interface Documented {
  documents?: Withholdable<DocumentReference[]>;
}
export interface AttestationIssued extends Documented {
  attestationId: string;
  scheme: string;
  siteId: string;
  rights: AttestedRight[];
  validFrom: string;
  validUntil: string;
  issuerOrganisationId: string;
  /** Hex, 64 digits. */
  documentSha256: string;
}
/** Acts from `from`, however late it is recorded. */
export interface AttestationStateChanged extends Documented {
  from: string;
  reason: Withholdable<string>;
}
export interface LabourConcernRaised extends Documented {
  concernId: string;
  siteId: string;
  rights: LabourRight[];
  source: ConcernSource;
  documentSha256?: string;
}
export interface InvestigationOpened extends Documented {
  by: Withholdable<string>;
}
export interface FindingRecorded extends Documented {
  substantiated: boolean;
  rights: LabourRight[];
  from: string;
  until?: string;
}
export interface RemediationAccepted extends Documented {
  documentSha256?: string;
}
export interface ConcernClosed extends Documented {
  outcome: Withholdable<string>;
}

export interface AttestationEvents {
  AttestationIssued: AttestationIssued;
  AttestationSuspended: AttestationStateChanged;
  AttestationReinstated: AttestationStateChanged;
  AttestationRevoked: AttestationStateChanged;
}
export interface ConcernEvents {
  LabourConcernRaised: LabourConcernRaised;
  InvestigationOpened: InvestigationOpened;
  FindingRecorded: FindingRecorded;
  RemediationAccepted: RemediationAccepted;
  ConcernClosed: ConcernClosed;
}
export type AttestationEvent = EventOf<AttestationEvents>;
export type ConcernEvent = EventOf<ConcernEvents>;
