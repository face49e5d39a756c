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
    });
    expect(() => read({ LODEBOOK_OIDC_ISSUER: ISSUER })).toThrow('LODEBOOK_OIDC_AUDIENCE');
    expect(() => read({ LODEBOOK_OIDC_AUDIENCE: 'ledger' })).toThrow('LODEBOOK_OIDC_ISSUER');
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
