import { describe, expect, it } from '@jest/globals';
import { decodeBase64Url, encodeBase64Url, signDetached, VerificationError } from '#transparency';
import { proveKey, verifyPossession, type KeyStatement } from './possession.js';

// RFC 8032 §7.1, tests 1 and 2.
const SEED = decodeBase64Url('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A')!;
const PUBLIC_KEY = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const OTHER_SEED = decodeBase64Url('TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs')!;

const of = { ledger: 'lodebook/0123456789abcdef', organisationId: 'acme', keyId: 'key-1' };
const { proof, publicKey } = proveKey(of, SEED);
const statement: KeyStatement = { ...of, publicKey };

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return error.code;
  }
}

describe('the proof that a key is held', () => {
  it('is by the public key of RFC 8032, and verifies for what it says', () => {
    expect(publicKey).toBe(PUBLIC_KEY);
    expect(codeOf(() => verifyPossession(statement, proof))).toBeUndefined();
  });

  it.each<[string, Partial<KeyStatement>]>([
    ['another ledger', { ledger: 'lodebook/fedcba9876543210' }],
    ['another organisation', { organisationId: 'acme-2' }],
    ['another id of the key', { keyId: 'key-2' }],
    ['another key', { publicKey: proveKey(of, OTHER_SEED).publicKey }],
  ])('does not hold for %s', (_what, change) => {
    expect(codeOf(() => verifyPossession({ ...statement, ...change }, proof))).toBe('signature-invalid');
  });

  it('does not hold when its header names another key than its statement', () => {
    const renamed = signDetached(statement, 'key-2', SEED);
    expect(codeOf(() => verifyPossession(statement, renamed))).toBe('signature-invalid');
  });

  it('is not looked for beside the statement: what else is said of the key is not signed', () => {
    expect(codeOf(() => verifyPossession({ ...statement, note: 'x' } as KeyStatement, proof))).toBeUndefined();
  });

  it.each([
    ['no base64url', 'not a key'],
    ['too short', encodeBase64Url(new Uint8Array(31))],
    ['too long', encodeBase64Url(new Uint8Array(33))],
  ])('refuses a public key that is %s', (_what, bad) => {
    expect(codeOf(() => verifyPossession({ ...statement, publicKey: bad }, proof))).toBe('key-malformed');
  });

  it.each([
    ['none', { alg: 'none', kid: 'key-1' }],
    ['ES256', { alg: 'ES256', kid: 'key-1' }],
    ['Ed25519, the newer name', { alg: 'Ed25519', kid: 'key-1' }],
    ['EdDSA with a member more', { alg: 'EdDSA', crit: ['exp'], kid: 'key-1' }],
  ])('takes no other algorithm: %s', (_what, header) => {
    const [, , signature] = proof.split('.');
    const encoded = encodeBase64Url(Buffer.from(JSON.stringify(header)));
    expect(codeOf(() => verifyPossession(statement, `${encoded}..${signature}`))).toBe('signature-malformed');
  });

  it('is made by seeds of 32 bytes only', () => {
    expect(codeOf(() => proveKey(of, SEED.subarray(1)))).toBe('key-malformed');
  });
});
