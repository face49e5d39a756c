/** What the queries of the registry and of shipments answer. */
import { ASSURANCES, ATTESTED_CRITERIA, CONCERN_SOURCES, CONCERN_SUBJECTS } from '#attestation';
import { ACTIVITIES, CONTROL_KINDS, ROLES } from '#custody';
import {
  addressee,
  consigneeText,
  country,
  documentHash,
  eventRef,
  flag,
  id,
  ids,
  instant,
  instantOrDay,
  list,
  object,
  oneOf,
  organisationRef,
  scheme,
  share,
  shipmentRef,
  siteRef,
  someOf,
  subject,
  text,
  type AnswerOf,
} from '#vocabulary';

export const ORGANISATION_ANSWER = {
  name: 'Organisation',
  fields: {
    organisationId: organisationRef(),
    name: text({ withholdable: true }),
    country: country(),
    roles: someOf(ROLES),
    registeredAt: instant(),
    accreditations: list('Accreditation', {
      scheme: scheme(),
      from: instant(),
      until: instant({ optional: true }),
      withdrawn: object('Withdrawal', { from: instant(), reason: text({ withholdable: true }) }, { optional: true }),
    }),
    control: list('Control', {
      kind: oneOf(CONTROL_KINDS),
      country: country(),
      share: share(),
      controllerOrganisationId: organisationRef({ optional: true }),
      from: instant(),
      eventId: eventRef(),
    }),
  },
};
export type OrganisationAnswer = AnswerOf<typeof ORGANISATION_ANSWER>;
export type AccreditationAnswer = OrganisationAnswer['accreditations'][number];

/** By an authority. */
const HOLD = {
  authority: text({ confidential: false }),
  reason: text({ withholdable: true }),
  since: instant(),
  eventId: eventRef(),
};

export const SITE_ANSWER = {
  name: 'Site',
  fields: {
    siteId: siteRef(),
    organisationId: organisationRef(),
    name: text({ withholdable: true }),
    country: country(),
    activities: someOf(ACTIVITIES),
    /** Decimal degrees. */
    location: object('Location', { latitude: text(), longitude: text() }, { optional: true, confidential: true }),
    openedAt: instant(),
    hold: object('Hold', HOLD, { optional: true }),
  },
};
export type SiteAnswer = AnswerOf<typeof SITE_ANSWER>;

export const SHIPMENT_STATUSES = ['in-transit', 'received', 'refused', 'returned'] as const;
export type ShipmentStatus = (typeof SHIPMENT_STATUSES)[number];

export const SHIPMENT_ANSWER = {
  name: 'Shipment',
  fields: {
    shipmentId: shipmentRef(),
    consignorSiteId: siteRef(),
    consigneeSiteId: addressee(),
    status: oneOf(SHIPMENT_STATUSES),
    batchIds: ids('batch'),
    dispatchedAt: instant(),
    settledAt: instant({ optional: true }),
    held: flag({ description: 'By an authority, on its way' }),
    // That there is a reason, the status tells.
    reason: consigneeText({ optional: true, withholdable: true, confidential: false }),
  },
};
export type ShipmentAnswer = AnswerOf<typeof SHIPMENT_ANSWER>;

export const ATTESTATION_ANSWER = {
  name: 'Attestation',
  fields: {
    attestationId: id('attestation'),
    scheme: scheme(),
    siteId: siteRef(),
    rights: someOf(ATTESTED_CRITERIA),
    validFrom: instantOrDay(),
    validUntil: instantOrDay(),
    issuerOrganisationId: organisationRef(),
    documentSha256: documentHash(),
    assurance: oneOf(ASSURANCES),
    status: oneOf(['issued', 'suspended', 'revoked']),
    changes: list('AttestationChange', {
      change: oneOf(['suspended', 'reinstated', 'revoked']),
      from: instant(),
      authority: text({ optional: true, confidential: false }),
      reason: text({ withholdable: true }),
      eventId: eventRef(),
    }),
  },
};
export type AttestationAnswer = AnswerOf<typeof ATTESTATION_ANSWER>;

export const CONCERN_ANSWER = {
  name: 'Concern',
  fields: {
    concernId: id('concern'),
    siteId: subject(),
    rights: someOf(CONCERN_SUBJECTS),
    source: oneOf(CONCERN_SOURCES),
    raisedAt: instant(),
    documentSha256: documentHash({ optional: true }),
    status: oneOf(['raised', 'under-investigation', 'found', 'closed']),
    investigation: object(
      'Investigation',
      { by: text({ withholdable: true }), openedAt: instant() },
      { optional: true },
    ),
    findings: list('Finding', {
      substantiated: flag(),
      rights: someOf(CONCERN_SUBJECTS),
      from: instant(),
      until: instant({ optional: true }),
      eventId: eventRef(),
      annulled: object(
        'Annulment',
        { reason: text({ withholdable: true }), annulledAt: instant(), eventId: eventRef() },
        { optional: true },
      ),
    }),
    remediation: object(
      'Remediation',
      { acceptedAt: instant(), documentSha256: documentHash({ optional: true }) },
      { optional: true },
    ),
    closure: object('Closure', { outcome: text({ withholdable: true }), closedAt: instant() }, { optional: true }),
  },
};
export type ConcernAnswer = AnswerOf<typeof CONCERN_ANSWER>;
