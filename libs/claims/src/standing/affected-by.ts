import { type AttestationStateChanged, type FindingAnnulled, type FindingRecorded } from '#attestation';
import { type AccreditationWithdrawn } from '#custody';
import { type GraphEvent } from '../graph/index.js';
import { standingKeyOf } from './fold-standing.js';
import { type Standing } from './standing.types.js';

/** Custody at the site within [from, until) may be judged otherwise than before; without `until`, from then on. */
export interface AffectedCustody extends AffectedTime {
  readonly siteId: string;
}
/** Likewise at all sites that the issuer attests under the scheme, as far as its attestations last. */
export interface AffectedAttestations extends AffectedTime {
  readonly issuerOrganisationId: string;
  readonly scheme: string;
}
/** Likewise at all sites of an organisation. */
export interface AffectedOrganisation extends AffectedTime {
  readonly organisationId: string;
}
interface AffectedTime {
  readonly from: string;
  readonly until?: string;
}

/**
 * Which custody an attestation or concern event can change the verdict of; nothing for any other event, and for a concern
 * merely raised. What an organisation declares of its control reaches all its sites. It names the whole reach of the event, whatever else is said of the site.
 * @param standing with the event, or at least its attestation or concern, folded in: only the first event names the site
 */
export function affectedBy(
  event: GraphEvent,
  standing: Standing,
): (AffectedCustody | AffectedOrganisation | AffectedAttestations)[] {
  const key = standingKeyOf(event);
  switch (key?.kind) {
    case undefined:
      return [];
    case 'attestation':
      return affectedByAttestation(event, standing, key.id);
    case 'concern':
      return affectedByConcern(event, standing, key.id);
    case 'site':
      return [{ siteId: key.id, from: event.metadata.occurredAt }];
    case 'organisation': {
      if (event.type === 'AccreditationWithdrawn') return withdrawn(event, key.id);
      const declared = standing.organisations.get(key.id)?.control.find(({ eventId }) => eventId === event.id);
      return declared === undefined ? [] : [{ organisationId: key.id, from: declared.from }];
    }
  }
}

function withdrawn({ data }: GraphEvent, issuerOrganisationId: string): AffectedAttestations[] {
  const { scheme, from } = data as AccreditationWithdrawn;
  return [{ issuerOrganisationId, scheme, from }];
}

function affectedByAttestation(event: GraphEvent, standing: Standing, id: string): AffectedCustody[] {
  const node = standing.attestations.get(id);
  if (node === undefined) return [];
  const { siteId, validFrom, validUntil } = node;
  switch (event.type) {
    case 'AttestationIssued':
      return [{ siteId, from: validFrom, until: validUntil }];
    case 'AttestationSuspended':
    case 'AttestationReinstated':
    case 'AttestationRevoked': {
      const { from } = event.data as AttestationStateChanged;
      return from < validUntil ? [{ siteId, from, until: validUntil }] : [];
    }
    default:
      return [];
  }
}

function affectedByConcern(event: GraphEvent, standing: Standing, id: string): AffectedCustody[] {
  const node = standing.concerns.get(id);
  if (node === undefined) return [];
  const { siteId } = node;
  const { occurredAt } = event.metadata;
  switch (event.type) {
    case 'InvestigationOpened':
    case 'RemediationAccepted':
    case 'ConcernClosed':
      return [{ siteId, from: occurredAt }];
    case 'FindingRecorded': {
      // It ends the investigation, which no longer counts from then on, and is about a period of its own.
      const { substantiated, from, until } = event.data as FindingRecorded;
      const found = until === undefined ? { siteId, from } : { siteId, from, until };
      return [{ siteId, from: occurredAt }, ...(substantiated ? [found] : [])];
    }
    case 'FindingAnnulled': {
      // The investigations that it ended may be open again, from when they were opened.
      const finding = node.findings.find(({ eventId }) => eventId === (event.data as FindingAnnulled).eventId);
      if (finding === undefined) return [];
      const { substantiated, from, until } = finding;
      const found = until === undefined ? { siteId, from } : { siteId, from, until };
      const opened = node.investigations.map((each) => ({ siteId, from: each.opened.occurredAt }));
      return [...opened.slice(0, 1), ...(substantiated ? [found] : [])];
    }
    default:
      return [];
  }
}
