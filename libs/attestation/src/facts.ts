/** What is recorded of attestations and of concerns (`docs/domain.md`); what involves the public is in `docket-facts.ts`. */
import {
  documentHash,
  documents,
  eventRef,
  flag,
  id,
  instant,
  instantOrDay,
  oneOf,
  organisationRef,
  raiserText,
  scheme,
  siteRef,
  someOf,
  subject,
  text,
  type Fact,
} from '#vocabulary';
import { ASSURANCES } from './schemes/scheme.js';
import { AWAITS_ADMISSION, DOCKET_FACTS } from './docket-facts.js';
import { ATTESTED_CRITERIA, CONCERN_SOURCES, CONCERN_SUBJECTS } from './terms.js';

const ATTESTATION = { attestation: 'kurobe-works-2026' };
const CONCERN = { concern: 'kurobe-night-shift' };
const DOCUMENT = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export const issueAttestation = {
  type: 'AttestationIssued',
  stream: 'attestation',
  path: 'attestations',
  fields: {
    attestationId: id('attestation'),
    scheme: scheme({ example: 'rmap' }),
    siteId: siteRef(),
    rights: someOf(ATTESTED_CRITERIA),
    validFrom: instantOrDay({ description: 'From then on, a day from its beginning' }),
    validUntil: instantOrDay({ description: 'Until then, a day to its end (UTC)' }),
    issuerOrganisationId: organisationRef(),
    documentSha256: documentHash(),
    assurance: oneOf(ASSURANCES, { only: 'record', description: 'Of the scheme when it was issued' }),
    documents: documents(),
  },
  summary: 'Attest that a site respects rights or criteria, or that what it says of itself is true, over an interval',
  capability: 'attest',
  example: {
    target: {},
    body: {
      attestationId: 'kurobe-works-2026',
      scheme: 'sa8000',
      siteId: 'kurobe-works',
      rights: ['forced-labour', 'child-labour', 'discrimination'],
      validFrom: '2026-01-01',
      validUntil: '2028-12-31',
      issuerOrganisationId: 'fair-shift',
      documentSha256: DOCUMENT,
    },
  },
} as const satisfies Fact;

/** Acts from `from`, however late it is recorded. */
const CHANGE = { from: instant(), reason: text({ withholdable: true }), documents: documents() };
const ofAttestation = { stream: 'attestation', fields: CHANGE, capability: 'attest' } as const;
/** Of its issuer, or of an authority: neither lifts the suspension of the other. */
const ofIssuerOrAuthority = {
  stream: 'attestation',
  fields: {
    from: instant(),
    authority: text({ only: 'record', optional: true, confidential: false, description: 'Which one, if it was one' }),
    reason: text({ withholdable: true }),
    documents: documents(),
  },
  capability: 'suspend-attestations',
} as const;

export const suspendAttestation = {
  ...ofIssuerOrAuthority,
  type: 'AttestationSuspended',
  path: 'attestations/:attestation/suspensions',
  summary: 'Suspend an attestation from a moment on',
  example: {
    target: ATTESTATION,
    body: { from: '2026-10-01T00:00:00.000Z', reason: 'Wage records are missing' },
  },
} as const satisfies Fact;

export const reinstateAttestation = {
  ...ofIssuerOrAuthority,
  type: 'AttestationReinstated',
  path: 'attestations/:attestation/reinstatements',
  summary: 'Reinstate an attestation that one has suspended',
  example: {
    target: ATTESTATION,
    body: { from: '2026-10-15T00:00:00.000Z', reason: 'Wage records were found complete' },
  },
} as const satisfies Fact;

export const revokeAttestation = {
  ...ofAttestation,
  type: 'AttestationRevoked',
  path: 'attestations/:attestation/revocations',
  summary: 'Revoke an attestation from a moment on, however far back',
  example: {
    target: ATTESTATION,
    body: { from: '2026-11-01T00:00:00.000Z', reason: 'The auditor was refused entry' },
  },
} as const satisfies Fact;

export const raiseConcern = {
  type: 'ConcernRaised',
  stream: 'concern',
  path: 'concerns',
  fields: {
    concernId: id('concern'),
    siteId: subject(),
    rights: someOf(CONCERN_SUBJECTS),
    source: oneOf(CONCERN_SOURCES),
    statement: raiserText({ optional: true, withholdable: true, description: 'What there is to be concerned about' }),
    reporter: raiserText({
      optional: true,
      withholdable: true,
      description: 'Who raises it and how to reach them: for regulators alone',
    }),
    awaitsAdmission: AWAITS_ADMISSION,
    documentSha256: documentHash({ optional: true }),
    documents: documents(),
  },
  summary: 'Raise a concern about labour, conduct, environment, trade or origin at a site, with a key or without',
  capability: 'raise-concerns',
  example: {
    target: {},
    body: {
      concernId: 'kurobe-night-shift',
      siteId: 'kurobe-works',
      rights: ['occupational-safety'],
      source: 'worker',
    },
  },
} as const satisfies Fact;

const ofConcern = { stream: 'concern', capability: 'handle-concerns' } as const;

export const openInvestigation = {
  ...ofConcern,
  type: 'InvestigationOpened',
  path: 'concerns/:concern/investigations',
  fields: { by: text({ withholdable: true }), documents: documents() },
  summary: 'Open an investigation',
  example: { target: CONCERN, body: { by: 'Toyama Labour Bureau' } },
} as const satisfies Fact;

export const recordFinding = {
  ...ofConcern,
  type: 'FindingRecorded',
  path: 'concerns/:concern/findings',
  fields: {
    substantiated: flag(),
    rights: someOf(CONCERN_SUBJECTS),
    from: instant(),
    until: instant({ optional: true }),
    documents: documents(),
  },
  summary: 'Record the finding of an investigation',
  example: {
    target: CONCERN,
    body: {
      substantiated: true,
      rights: ['occupational-safety'],
      from: '2026-09-01T00:00:00.000Z',
      until: '2026-11-01T00:00:00.000Z',
    },
  },
} as const satisfies Fact;

/** From then on it is as if the finding had never been made. */
export const annulFinding = {
  ...ofConcern,
  type: 'FindingAnnulled',
  path: 'concerns/:concern/annulments',
  fields: {
    eventId: eventRef({ description: 'The finding annulled' }),
    reason: text({ withholdable: true }),
    documents: documents(),
  },
  summary: 'Annul a finding',
  example: {
    target: CONCERN,
    body: { eventId: 'f1209983-6d56-598b-b49d-ae0346cbff47', reason: 'The court of appeal set it aside' },
    notSendable: 'The id of the finding is given by the ledger that recorded it',
  },
} as const satisfies Fact;

export const acceptRemediation = {
  ...ofConcern,
  type: 'RemediationAccepted',
  path: 'concerns/:concern/remediations',
  fields: { documentSha256: documentHash({ optional: true }), documents: documents() },
  summary: 'Accept a remediation',
  example: { target: CONCERN, body: { documentSha256: DOCUMENT } },
} as const satisfies Fact;

export const closeConcern = {
  ...ofConcern,
  type: 'ConcernClosed',
  path: 'concerns/:concern/closure',
  fields: { outcome: text({ withholdable: true }), documents: documents() },
  summary: 'Close a concern',
  example: { target: CONCERN, body: { outcome: 'Remedied: guards were fitted and checked' } },
} as const satisfies Fact;

export const ATTESTATION_FACTS = [issueAttestation, suspendAttestation, reinstateAttestation, revokeAttestation];
export type AttestationFact = (typeof ATTESTATION_FACTS)[number];
export const CONCERN_FACTS = [
  raiseConcern,
  ...DOCKET_FACTS,
  openInvestigation,
  recordFinding,
  acceptRemediation,
  closeConcern,
  annulFinding,
];
export type ConcernFact = (typeof CONCERN_FACTS)[number];
