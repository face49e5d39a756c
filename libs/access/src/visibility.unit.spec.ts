import { describe, expect, it } from '@jest/globals';
import { ADMINISTRATOR, OPERATOR } from './principal.js';
import { ACCESS_ROLES, isRole } from './roles.js';
import { visibilityOf } from './visibility.js';

describe('visibilityOf', () => {
  it('shows all to who supervises, the registry to who keeps it, and its own to everybody else', () => {
    const of = (role: (typeof ACCESS_ROLES)[number]) =>
      visibilityOf({ principal: 'key-1', role, organisation: 'acme' });
    expect(Object.fromEntries(ACCESS_ROLES.map((role) => [role, of(role)]))).toEqual({
      custodian: { sees: 'organisation', organisationId: 'acme' },
      attestor: { sees: 'organisation', organisationId: 'acme' },
      reader: { sees: 'organisation', organisationId: 'acme' },
      regulator: { sees: 'everything' },
      administrator: { sees: 'registry' },
    });
    expect(visibilityOf(OPERATOR)).toEqual({ sees: 'everything' });
    expect(visibilityOf(ADMINISTRATOR)).toEqual({ sees: 'registry' });
  });

  it('shows nothing to a principal that should have an organisation and has none', () => {
    expect(() => visibilityOf({ principal: 'key-1', role: 'reader' })).toThrow('has no organisation');
  });
});

describe('isRole', () => {
  it('knows the roles of keys, and the operator is none', () => {
    expect([...ACCESS_ROLES.map(isRole), isRole('operator'), isRole('constructor'), isRole(undefined)]).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
