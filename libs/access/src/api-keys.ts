import { accept, refusal, refuse, type Decision, type EventMetadata, type Organisation, NO_REVISION } from '#custody';
import { traitsOf, type Role } from './roles.js';

/**
 * In `access-organisation-{id}`; the key itself is not stored anywhere. A leaf of the tree, and signed by the log's
 * key.
 */
export interface ApiKeyIssued {
  keyId: string;
  /** Its holder’s name for it. */
  label: string;
  role: Role;
  /** SHA-256 of the key, hex. */
  sha256: string;
}
export interface ApiKeyRevoked {
  keyId: string;
}
export type ApiKeyEvent = { type: 'ApiKeyIssued'; data: ApiKeyIssued } | { type: 'ApiKeyRevoked'; data: ApiKeyRevoked };

export interface ApiKey extends ApiKeyIssued {
  readonly organisationId: string;
  readonly issuedAt: string;
  readonly revokedAt?: string;
}

/** The keys of an organisation by their ids, in the order issued. */
export type ApiKeys = ReadonlyMap<string, ApiKey>;

export type ApiKeyCommand =
  { readonly kind: 'issue'; readonly body: ApiKeyIssued } | { readonly kind: 'revoke'; readonly body: ApiKeyRevoked };

/**
 * Issues or revokes a key of an organisation. Revoking a revoked key changes nothing.
 * Refuses `not-found` (no such organisation, no such key of it), `invalid-request` (a role that does not fit the
 * organisation's own).
 */
export function decideApiKey(
  command: ApiKeyCommand,
  keys: ApiKeys,
  organisation: Pick<Organisation, 'revision' | 'roles'>,
): Decision<ApiKeyEvent> {
  if (organisation.revision === NO_REVISION) return refuse(refusal('not-found', 'There is no such organisation.'));
  if (command.kind === 'issue') {
    const fitting = traitsOf(command.body.role).issuedTo;
    if (fitting.length > 0 && !organisation.roles.some((role) => fitting.includes(role))) {
      const detail = `A key with the role ${command.body.role} is for an organisation that is ${fitting.join(' or ')}.`;
      return refuse(refusal('invalid-request', detail, 'role'));
    }
    return accept({ type: 'ApiKeyIssued', data: command.body });
  }
  const key = keys.get(command.body.keyId);
  if (!key) return refuse(refusal('not-found', 'There is no such key.'));
  if (key.revokedAt !== undefined) return { accepted: true, events: [] };
  return accept({ type: 'ApiKeyRevoked', data: command.body });
}

/** Folds an event of the stream `access-organisation-{id}`. */
export function evolveApiKeys(
  keys: ApiKeys,
  organisationId: string,
  event: ApiKeyEvent & { readonly metadata: Pick<EventMetadata, 'recordedAt'> },
): ApiKeys {
  const { recordedAt } = event.metadata;
  if (event.type === 'ApiKeyIssued') {
    if (keys.has(event.data.keyId)) return keys; // already folded: a repeated event must not undo a revocation
    return new Map(keys).set(event.data.keyId, { ...event.data, organisationId, issuedAt: recordedAt });
  }
  const key = keys.get(event.data.keyId);
  return key === undefined || key.revokedAt !== undefined
    ? keys
    : new Map(keys).set(key.keyId, { ...key, revokedAt: recordedAt });
}
