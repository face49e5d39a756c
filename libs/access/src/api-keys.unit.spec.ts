import { describe, expect, it } from '@jest/globals';
import { NO_REVISION, ROLES, type OrganisationRole } from '#custody';
import {
  decideApiKey,
  evolveApiKeys,
  type ApiKeyCommand,
  type ApiKeyEvent,
  type ApiKeyIssued,
  type ApiKeys,
} from './api-keys.js';
import { actsFor } from './reach.js';
import { ACCESS_ROLES } from './roles.js';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-02-01T00:00:00.000Z';
const body: ApiKeyIssued = { keyId: 'k-1', label: 'laptop', role: 'custodian', sha256: 'ab'.repeat(32) };
const issued: ApiKeyEvent = { type: 'ApiKeyIssued', data: body };
const revoked: ApiKeyEvent = { type: 'ApiKeyRevoked', data: { keyId: 'k-1' } };

const after = (...events: [ApiKeyEvent, string][]): ApiKeys =>
  events.reduce<ApiKeys>(
    (keys, [event, recordedAt]) => evolveApiKeys(keys, 'acme', { ...event, metadata: { recordedAt } }),
    new Map(),
  );
const decide = (command: ApiKeyCommand, keys: ApiKeys = after(), roles: OrganisationRole[] = ['refiner']) =>
  decideApiKey(command, keys, { roles, revision: 0n });

describe('the keys of an organisation', () => {
  it('are issued and revoked', () => {
    expect(decide({ kind: 'issue', body })).toEqual({ accepted: true, events: [issued] });
    expect(decide({ kind: 'revoke', body: { keyId: 'k-1' } }, after([issued, AT]))).toEqual({
      accepted: true,
      events: [revoked],
    });
  });

  it('are revoked once, and for good', () => {
    const keys = after([issued, AT], [revoked, AT]);
    expect(decide({ kind: 'revoke', body: { keyId: 'k-1' } }, keys)).toEqual({ accepted: true, events: [] });
    expect(after([issued, AT], [revoked, AT], [revoked, LATER]).get('k-1')?.revokedAt).toBe(AT);
  });

  it('are not brought back by an event that is told twice', () => {
    expect(after([issued, AT], [revoked, AT], [issued, AT]).get('k-1')?.revokedAt).toBe(AT);
  });

  it('are known with whose they are and since when', () => {
    expect([...after([issued, AT], [revoked, LATER]).values()]).toEqual([
      { ...body, organisationId: 'acme', issuedAt: AT, revokedAt: LATER },
    ]);
  });

  it('are not found where there are none', () => {
    expect(decide({ kind: 'revoke', body: { keyId: 'k-2' } }, after([issued, AT]))).toMatchObject({
      refusal: { code: 'not-found' },
    });
    expect(decideApiKey({ kind: 'issue', body }, after(), { roles: [], revision: NO_REVISION })).toMatchObject({
      refusal: { code: 'not-found' },
    });
  });

  it('have roles that fit what the organisation is', () => {
    const fits = (role: (typeof ACCESS_ROLES)[number]) =>
      ROLES.filter((own) => decide({ kind: 'issue', body: { ...body, role } }, after(), [own]).accepted);
    expect(Object.fromEntries(ACCESS_ROLES.map((role) => [role, fits(role)]))).toEqual({
      custodian: ['miner', 'refiner', 'recycler', 'trader', 'battery-maker'],
      attestor: ['attestor'],
      reader: [...ROLES],
      regulator: ['regulator'],
      administrator: [...ROLES],
    });
    expect(decide({ kind: 'issue', body: { ...body, role: 'regulator' } })).toMatchObject({
      refusal: { code: 'invalid-request', path: 'role' },
    });
  });
});

describe('actsFor', () => {
  it('binds who works for an organisation to it', () => {
    const bound = [...ACCESS_ROLES, 'operator' as const].filter(
      (role) => !actsFor({ principal: 'p', role, organisation: 'acme' }, 'other'),
    );
    expect(bound).toEqual(['custodian', 'attestor', 'reader']);
    expect(bound.every((role) => actsFor({ principal: 'p', role, organisation: 'acme' }, 'acme'))).toBe(true);
    expect(bound.some((role) => actsFor({ principal: 'p', role }, 'acme'))).toBe(false);
  });
});
