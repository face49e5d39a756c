import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from './configuration.js';

const ISSUER = 'https://id.example.org/realms/ores';
const read = (variables: Record<string, string>) => readConfiguration(variables).oidc;

describe('the identity provider', () => {
  it('is none unless issuer and audience are named', () => {
    expect(read({})).toBeUndefined();
    expect(read({ LODEBOOK_OIDC_ISSUER: ISSUER, LODEBOOK_OIDC_AUDIENCE: 'ledger' })).toEqual({
      issuer: ISSUER,
      audience: 'ledger',
      tokenType: 'at+jwt',
      console: undefined,
    });
    expect(() => read({ LODEBOOK_OIDC_ISSUER: ISSUER })).toThrow('LODEBOOK_OIDC_AUDIENCE');
    expect(() => read({ LODEBOOK_OIDC_AUDIENCE: 'ledger' })).toThrow('LODEBOOK_OIDC_ISSUER');
  });

  it('signs people in to the console when it knows the console as a client', () => {
    const provider = { LODEBOOK_OIDC_ISSUER: ISSUER, LODEBOOK_OIDC_AUDIENCE: 'urn:ledger' };
    const client = { ...provider, LODEBOOK_OIDC_CLIENT_ID: 'console' };
    expect(read(client)?.console).toEqual({ clientId: 'console', scope: 'openid', resource: 'urn:ledger' });
    expect(read({ ...client, LODEBOOK_OIDC_AUDIENCE: 'ledger' })?.console).toEqual({
      clientId: 'console',
      scope: 'openid',
    });
    const scope = 'openid api://ledger/use offline_access';
    expect(read({ ...client, LODEBOOK_OIDC_SCOPE: scope })?.console).toEqual({ clientId: 'console', scope });
    expect(() => read({ ...client, LODEBOOK_OIDC_SCOPE: 'a  b' })).toThrow('LODEBOOK_OIDC_SCOPE');
    expect(() => read({ ...provider, LODEBOOK_OIDC_SCOPE: 'a' })).toThrow('LODEBOOK_OIDC_CLIENT_ID');
    expect(() => read({ LODEBOOK_OIDC_CLIENT_ID: 'console' })).toThrow('LODEBOOK_OIDC_ISSUER');
  });

  it.each(['http://id.example.org', 'ftp://id.example.org', 'id.example.org', `${ISSUER}?x=1`])(
    'cannot be %s',
    (issuer) => {
      const variables = { LODEBOOK_OIDC_ISSUER: issuer, LODEBOOK_OIDC_AUDIENCE: 'ledger' };
      expect(() => read(variables)).toThrow('LODEBOOK_OIDC_ISSUER must be an https: address');
    },
  );

  it('may be on this machine without TLS', () => {
    const issuer = 'http://127.0.0.1:4999';
    expect(read({ LODEBOOK_OIDC_ISSUER: issuer, LODEBOOK_OIDC_AUDIENCE: 'ledger' })?.issuer).toBe(issuer);
  });

  it('writes one of two types of token', () => {
    const variables = { LODEBOOK_OIDC_ISSUER: ISSUER, LODEBOOK_OIDC_AUDIENCE: 'ledger' };
    expect(read({ ...variables, LODEBOOK_OIDC_TOKEN_TYPE: 'JWT' })?.tokenType).toBe('JWT');
    expect(() => read({ ...variables, LODEBOOK_OIDC_TOKEN_TYPE: 'id+jwt' })).toThrow('LODEBOOK_OIDC_TOKEN_TYPE');
  });
});
