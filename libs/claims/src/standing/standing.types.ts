/**
 * The standing of sites: what attestors and regulators have said of them. Nodes are plain JSON, one per attestation and
 * concern, so that a projector can load the one an event touches, fold, and store it back. Moments of the world are not
 * decided here: what counts at a moment is read off by `periods.ts`.
 */
import type { AttestationChange, AttestedRight, LabourRight } from '#attestation';
import type { EventMark } from '../graph/index.js';

export interface AttestationNode {
  attestationId: string;
  siteId: string;
  scheme: string;
  rights: AttestedRight[];
  validFrom: string;
  validUntil: string;
  issuerOrganisationId: string;
  issued: EventMark;
  /** Suspensions, reinstatements and revocations in log order; each acts from its `from`. */
  changes: (EventMark & AttestationChange)[];
}

export interface FindingMark extends EventMark {
  substantiated: boolean;
  rights: LabourRight[];
  from: string;
  until?: string;
}

export interface ConcernNode {
  concernId: string;
  siteId: string;
  rights: LabourRight[];
  raised: EventMark;
  /** In log order, like all lists here; `ended` by its finding or by the closure. */
  investigations: { opened: EventMark; ended?: EventMark }[];
  findings: FindingMark[];
  remediations: EventMark[];
  closed?: EventMark;
}

export interface SiteStanding {
  attestations: Map<string, AttestationNode>;
  concerns: Map<string, ConcernNode>;
}

export interface Standing {
  attestations: Map<string, AttestationNode>;
  concerns: Map<string, ConcernNode>;
  /** The same nodes by site. */
  sites: Map<string, SiteStanding>;
}
