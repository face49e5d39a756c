/** The answers to queries about the registry and shipments. */
import { ASSURANCES, ATTESTED_CRITERIA, CONCERN_KINDS, CONCERN_SOURCES, CONCERN_SUBJECTS } from '#attestation';
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
  raiserText,
  scheme,
  share,
  shipmentRef,
  siteRef,
  someOf,
  subject,
  term,
  text,
  wholeNumber,
  type AnswerOf,
  type RecordedOf,
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
    // The status already reveals that there is a reason.
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

const CONCERN_STATUSES = [
  'awaiting-admission',
  'declined',
  'raised',
  'under-investigation',
  'found',
  'closed',
] as const;

/** Texts about a concern on the docket, written for the public. */
const WORDS = {
  comments: list('Comment', {
    statement: term(),
    author: term({ optional: true, description: 'Name of the author, as given' }),
    organisationId: organisationRef({ optional: true, description: 'Whose key it came with' }),
    commentedAt: instant(),
  }),
  answers: list('ConcernStatement', { statement: term(), answeredAt: instant() }),
};

export const CONCERN_ANSWER = {
  name: 'Concern',
  fields: {
    concernId: id('concern'),
    siteId: subject(),
    kinds: someOf(CONCERN_KINDS),
    rights: someOf(CONCERN_SUBJECTS),
    source: oneOf(CONCERN_SOURCES),
    statement: raiserText({ optional: true, withholdable: true }),
    reporter: raiserText({ optional: true, withholdable: true }),
    raisedAt: instant(),
    documentSha256: documentHash({ optional: true }),
    status: oneOf(CONCERN_STATUSES),
    admitted: object('Admission', { summary: text(), admittedAt: instant() }, { optional: true }),
    declined: object(
      'Declination',
      { reason: text({ withholdable: true }), declinedAt: instant() },
      { optional: true },
    ),
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
    ...WORDS,
  },
};
export type ConcernAnswer = AnswerOf<typeof CONCERN_ANSWER>;
export type FindingAnswer = ConcernAnswer['findings'][number];

/**
 * What the docket shows of a concern to everybody; what it shows of the site is the choice of the site's organisation.
 */
export const DOCKET_ANSWER = {
  name: 'DocketEntry',
  fields: {
    concernId: id('concern'),
    siteId: siteRef(),
    organisationId: organisationRef(),
    country: country(),
    kinds: someOf(CONCERN_KINDS),
    rights: someOf(CONCERN_SUBJECTS),
    raisedAt: instant(),
    admittedAt: instant(),
    summary: term(),
    status: oneOf(CONCERN_STATUSES),
    investigationOpenedAt: instant({ optional: true }),
    findings: list('DocketFinding', {
      substantiated: flag(),
      rights: someOf(CONCERN_SUBJECTS),
      from: instant(),
      until: instant({ optional: true }),
      annulledAt: instant({ optional: true }),
    }),
    remediationAcceptedAt: instant({ optional: true }),
    closedAt: instant({ optional: true }),
    outcome: text({ optional: true, withholdable: true }),
    ...WORDS,
  },
};
export type DocketAnswer = AnswerOf<typeof DOCKET_ANSWER>;

/** What whoever raised a concern is told about it while it is not on the docket. */
export const NOT_ON_DOCKET = {
  name: 'NotOnDocket',
  fields: {
    concernId: id('concern'),
    status: oneOf(['awaiting-admission', 'declined']),
    reason: text({ optional: true, withholdable: true, description: 'Why it was declined' }),
  },
};
export type NotOnDocket = AnswerOf<typeof NOT_ON_DOCKET>;

/** What awaits admission by a regulator. */
export const AWAITING_ANSWER = {
  name: 'AwaitingAdmission',
  fields: {
    what: oneOf(['concern', 'comment']),
    concernId: id('concern'),
    siteId: siteRef(),
    eventId: eventRef(),
    sentAt: instant({ description: 'When it was recorded' }),
    rights: someOf(CONCERN_SUBJECTS, { description: 'Of the concern' }),
    statement: text({ optional: true, withholdable: true }),
    author: text({ optional: true, withholdable: true, description: 'As it calls itself' }),
  },
};
export type AwaitingAnswer = AnswerOf<typeof AWAITING_ANSWER>;

/** An id, its organisation, and the event that first named it. */
const BROUGHT_ID = {
  id: term(),
  organisationId: organisationRef({
    optional: true,
    description: 'Missing for a concern raised with a key of no organisation',
  }),
  logIndex: wholeNumber({ description: 'Of the event that brought it' }),
};
export type BroughtId = RecordedOf<typeof BROUGHT_ID>;

/** An id that looks like one that another organisation used before. */
export const CONFUSABLE_PAIR = {
  name: 'ConfusablePair',
  fields: {
    kind: oneOf(['organisation', 'site', 'batch', 'shipment', 'transformation', 'attestation', 'concern']),
    ...BROUGHT_ID,
    looksLike: object('BroughtId', BROUGHT_ID, { description: 'The first one of another organisation' }),
  },
};
export type ConfusablePair = AnswerOf<typeof CONFUSABLE_PAIR>;
