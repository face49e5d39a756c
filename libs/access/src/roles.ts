import { type OrganisationRole } from '#custody';

/** How much of the ledger a role sees; `Visibility` says what that is. */
export const VISIBILITIES = ['everything', 'organisation', 'registry'] as const;

interface RoleTraits {
  /** The roles an organisation must have to get a key of this role; none listed: any organisation may have one. */
  readonly issuedTo: readonly OrganisationRole[];
  readonly sees: (typeof VISIBILITIES)[number];
}

/** The roles of keys and tokens. What a role may do is in `CAPABILITIES`; with this table, that is all there is to a role. */
const ROLES = {
  custodian: { issuedTo: ['miner', 'refiner', 'recycler', 'trader', 'battery-maker'], sees: 'organisation' },
  attestor: { issuedTo: ['attestor'], sees: 'organisation' },
  reader: { issuedTo: [], sees: 'organisation' },
  regulator: { issuedTo: ['regulator'], sees: 'everything' },
  administrator: { issuedTo: [], sees: 'registry' },
} as const satisfies Record<string, RoleTraits>;

export type Role = keyof typeof ROLES;
export const ACCESS_ROLES = Object.keys(ROLES) as readonly Role[];

export function isRole(value: unknown): value is Role {
  return (ACCESS_ROLES as readonly unknown[]).includes(value);
}

export function traitsOf(role: Role): RoleTraits {
  return ROLES[role];
}

/**
 * Capabilities, and the roles that have them: routes, commands, lines of a stream and OpenAPI's `x-roles` all read this
 * table. A role that is bound to an organisation can use them only for that organisation (`actsFor`), and only on what it
 * can see (`visibilityOf`).
 */
export const CAPABILITIES = {
  'register-organisations': ['administrator'],
  'accredit-organisations': ['administrator'],
  'issue-keys': ['administrator'],
  'open-sites': ['administrator', 'custodian'],
  'register-signing-keys': ['administrator', 'custodian', 'attestor'],
  'choose-for-organisation': ['custodian', 'attestor'],
  'declare-control': ['administrator', 'custodian', 'attestor'],
  'record-custody': ['custodian'],
  'hold-batches': ['regulator'],
  /** Records of custody by their custodian, holds by the regulator: what is corrected decides which of them may. */
  'correct-records': ['custodian', 'regulator'],
  'confirm-corrections': ['attestor', 'regulator'],
  'stream-commands': ['custodian', 'regulator'],
  attest: ['attestor'],
  'suspend-attestations': ['attestor', 'regulator'],
  'raise-concerns': ACCESS_ROLES,
  'comment-on-concerns': ACCESS_ROLES,
  /** As the organisation of the site that the concern is about. */
  'answer-concerns': ['custodian'],
  'handle-concerns': ['regulator'],
  'read-registry': ACCESS_ROLES,
  'read-programmes': ACCESS_ROLES,
  'read-custody': ['custodian', 'reader', 'regulator'],
  'read-attestations': ['custodian', 'attestor', 'reader', 'regulator'],
  'read-withheld-values': ['custodian', 'attestor', 'reader', 'regulator'],
  'read-any-withheld-value': ['regulator'],
  'erase-withheld-values': ['custodian', 'attestor', 'regulator'],
  'audit-log': ['regulator'],
  'keep-log-keys': ['administrator'],
  'read-metrics': ['regulator', 'administrator'],
  /** Roles that supervise or keep the registry are not bound to one organisation. */
  'act-for-any-organisation': ['regulator', 'administrator'],
} as const satisfies Record<string, readonly Role[]>;

export type Capability = keyof typeof CAPABILITIES;

export function rolesThatMay(capability: Capability): readonly Role[] {
  return CAPABILITIES[capability];
}

/** What needs no key. Whatever is recorded without one awaits admission by a regulator. */
const WITHOUT_KEY: readonly Capability[] = ['raise-concerns', 'comment-on-concerns'];

export function needsNoKey(capability: Capability): boolean {
  return WITHOUT_KEY.includes(capability);
}

/** @param role `operator` has the data folder and can do everything; `anyone` has no key */
export function may(role: Role | 'operator' | 'anyone', capability: Capability): boolean {
  if (role === 'anyone') return needsNoKey(capability);
  return role === 'operator' || rolesThatMay(capability).includes(role);
}
