/**
 * The standing of sites: what attestors and regulators have said of them. Nodes are plain JSON, one per attestation and
 * concern and organisation, so that a projector can load the one an event touches, fold, and store it back. Moments of the world are not
 * decided here: what counts at a moment is read off by `periods.ts`.
 */
import { type Assurance, type AttestationChange, type AttestedRight, type ConcernSubject } from '#attestation';
import { type DeclaredControl } from '#custody';
import { type EventMark } from '../graph/index.js';

export interface AttestationNode {
  attestationId: string;
  siteId: string;
  scheme: string;
  rights: AttestedRight[];
  assurance: Assurance;
  /** Instants, whatever was recorded. */
  validFrom: string;
  validUntil: string;
  issuerOrganisationId: string;
  issued: EventMark;
  /** Suspensions, reinstatements and revocations in log order; each acts from its `from`. */
  changes: (EventMark & AttestationChange)[];
}

export interface FindingMark extends EventMark {
  substantiated: boolean;
  rights: ConcernSubject[];
  from: string;
  until?: string;
  /** The event since which it no longer counts. */
  annulled?: EventMark;
}

export interface ConcernNode {
  concernId: string;
  siteId: string;
  rights: ConcernSubject[];
  raised: EventMark;
  /** In log order, like all lists here; `ended` by its first finding that stands, or by the closure. */
  investigations: { opened: EventMark; ended?: EventMark }[];
  findings: FindingMark[];
  remediations: EventMark[];
  closed?: EventMark;
}

export interface SiteStanding {
  /** By authorities, in log order; the last may not be released. */
  holds: { held: EventMark; released?: EventMark }[];
  attestations: Map<string, AttestationNode>;
  concerns: Map<string, ConcernNode>;
}

/** An accreditation to attest under a scheme. */
export interface AccreditationNode extends EventMark {
  scheme: string;
  /** Instants, whatever was recorded. */
  from: string;
  until?: string;
  /** In log order; each acts from its `from`. */
  withdrawals: (EventMark & { from: string })[];
}

/** Who controls an organisation, in its own words and the registry's, and what it may attest. */
export interface OrganisationNode {
  organisationId: string;
  /** Where it is registered, ISO 3166-1 alpha-2. */
  registered?: EventMark & { country: string };
  /** In log order. */
  control: (EventMark & DeclaredControl)[];
  accreditations: AccreditationNode[];
}

export interface Standing {
  attestations: Map<string, AttestationNode>;
  concerns: Map<string, ConcernNode>;
  organisations: Map<string, OrganisationNode>;
  /** The same nodes by site. */
  sites: Map<string, SiteStanding>;
}
