/** What is recorded about an organisation: by the registry, and by itself. */
import {
  country,
  detachedJws,
  documents,
  flag,
  id,
  instant,
  instantOrDay,
  oneOf,
  organisationRef,
  publicKey,
  scheme,
  share,
  signingKeyId,
  someOf,
  text,
  type Fact,
} from '#vocabulary';
import { CONTROL_KINDS, ROLES, VISIBILITIES } from '../terms.js';

const ORGANISATION = { organisation: 'kurobe' };
/** Of the demonstration chain: what an organisation decides for itself is sent with a key of its own. */
const CHOOSING = { organisation: 'seto' };

export const registerOrganisation = {
  type: 'OrganisationRegistered',
  stream: 'organisation',
  path: 'organisations',
  fields: {
    organisationId: id('organisation'),
    name: text({ withholdable: true }),
    country: country(),
    roles: someOf(ROLES),
    documents: documents(),
  },
  summary: 'Register an organisation',
  capability: 'register-organisations',
  example: {
    target: {},
    body: { organisationId: 'kurobe', name: 'Kurobe Metals', country: 'JP', roles: ['refiner', 'recycler'] },
  },
} as const satisfies Fact;

export const grantAccreditation = {
  type: 'AccreditationGranted',
  stream: 'organisation',
  path: 'organisations/:organisation/accreditations',
  fields: {
    scheme: scheme({ example: 'rmap' }),
    from: instantOrDay({ description: 'From then on, a day from its beginning' }),
    until: instantOrDay({ optional: true, description: 'Until then, a day to its end (UTC)' }),
    documents: documents(),
  },
  summary: 'Accredit an organisation to attest under a scheme',
  capability: 'accredit-organisations',
  example: {
    target: ORGANISATION,
    body: { scheme: 'rmap', from: '2026-01-01T00:00:00.000Z', until: '2029-01-01T00:00:00.000Z' },
  },
} as const satisfies Fact;

export const withdrawAccreditation = {
  type: 'AccreditationWithdrawn',
  stream: 'organisation',
  path: 'organisations/:organisation/accreditations/:scheme/withdrawal',
  fields: {
    scheme: scheme({ address: 'scheme' }),
    from: instant(),
    reason: text({ withholdable: true }),
    documents: documents(),
  },
  summary: 'Withdraw an accreditation',
  capability: 'accredit-organisations',
  example: {
    target: { ...ORGANISATION, scheme: 'rmap' },
    body: { from: '2026-06-01T00:00:00.000Z', reason: 'The auditors left the firm' },
  },
} as const satisfies Fact;

/** By the first key of RFC 8032, section 7.1, for a ledger called lodebook/0123456789abcdef. */
const PROOF =
  'eyJhbGciOiJFZERTQSIsImtpZCI6Imt1cm9iZS0yMDI2In0..L1Tw1aXn1KXJkfBJvAdMG8R8kyL89lXmJhx95u6kLdd9pwQoNU2J-lefNm6jA-y9Xj_XSmBBncCXU0fuRZaBCw';

/** A key by which the organisation signs its commands from here on. */
export const registerSigningKey = {
  type: 'SigningKeyRegistered',
  stream: 'organisation',
  path: 'organisations/:organisation/signing-keys',
  fields: {
    keyId: signingKeyId({ description: 'The `kid` of its signatures; never used again' }),
    publicKey: publicKey({ example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }),
    proof: detachedJws({
      description:
        'Proof of possession: a signature by the key itself over `{ keyId, ledger, organisationId, publicKey }` in RFC 8785 form, `ledger` the first line of the checkpoint. `lodebook sign --public` makes it',
      example: PROOF,
    }),
    documents: documents(),
  },
  summary: 'Register a key that the organisation signs its commands with',
  capability: 'register-signing-keys',
  example: {
    target: ORGANISATION,
    body: { keyId: 'kurobe-2026', publicKey: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', proof: PROOF },
    notSendable: 'The proof names the ledger, and each ledger has another name: `lodebook sign --public` makes a proof',
  },
} as const satisfies Fact;

export const revokeSigningKey = {
  type: 'SigningKeyRevoked',
  stream: 'organisation',
  path: 'organisations/:organisation/signing-keys/:key/revocations',
  fields: {
    keyId: signingKeyId({ address: 'key' }),
    from: instant({ description: 'What was recorded from then on rests on a revoked key; may lie in the past' }),
    reason: text({ withholdable: true }),
    documents: documents(),
  },
  summary: 'Revoke a signing key from a moment on, however far back',
  capability: 'register-signing-keys',
  example: {
    target: { ...ORGANISATION, key: 'kurobe-2026' },
    body: { from: '2026-10-01T00:00:00.000Z', reason: 'The laptop with the key was stolen' },
    notSendable: 'The key must have been registered, with a proof that names the ledger',
  },
} as const satisfies Fact;

export const chooseSigningPolicy = {
  type: 'SigningPolicyChosen',
  stream: 'organisation',
  path: 'organisations/:organisation/signing-policy',
  fields: {
    required: flag({ description: 'Whether commands of the organisation are refused without its signature' }),
    documents: documents(),
  },
  summary: 'Choose whether commands of the organisation must be signed',
  capability: 'choose-for-organisation',
  example: { target: CHOOSING, body: { required: false } },
} as const satisfies Fact;

export const chooseVisibility = {
  type: 'VisibilityChosen',
  stream: 'organisation',
  path: 'organisations/:organisation/visibility',
  fields: {
    visibility: oneOf(VISIBILITIES, {
      description: 'Whether all who see a chain that it is in read its name, or only those it deals with',
    }),
    documents: documents(),
  },
  summary: 'Choose whether the organisation is read by name in chains, or under a pseudonym',
  capability: 'choose-for-organisation',
  example: { target: CHOOSING, body: { visibility: 'open' } },
} as const satisfies Fact;

/** Who has a say in the organisation, from a moment on: one declaration for each kind, country and controller. */
export const declareControl = {
  type: 'ControlDeclared',
  stream: 'organisation',
  path: 'organisations/:organisation/control',
  fields: {
    kind: oneOf(CONTROL_KINDS),
    country: country({ description: 'Country whose state or national has it; of `jurisdiction`, the state itself' }),
    share: share({
      description: 'Share of the equity or votes, or of the seats on the board; 1 for the other kinds. 0: no longer',
      example: '0.3',
    }),
    controllerOrganisationId: organisationRef({
      optional: true,
      identity: false,
      description: 'Who has it, if that is an organisation of the ledger',
    }),
    from: instant({ optional: true, description: 'Since when, however late it is recorded; default: `occurredAt`' }),
    documents: documents(),
  },
  summary: 'Declare who controls an organisation, by what and from when',
  capability: 'declare-control',
  example: {
    target: ORGANISATION,
    body: { kind: 'jurisdiction', country: 'JP', share: '1', from: '2026-01-01T00:00:00.000Z' },
  },
} as const satisfies Fact;

export const ORGANISATION_FACTS = [
  registerOrganisation,
  grantAccreditation,
  withdrawAccreditation,
  registerSigningKey,
  revokeSigningKey,
  chooseSigningPolicy,
  chooseVisibility,
  declareControl,
];
export type OrganisationFact = (typeof ORGANISATION_FACTS)[number];
