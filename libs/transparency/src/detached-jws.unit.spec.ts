import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeBase64,
  decodeBase64Url,
  encodeBase64,
  encodeBase64Url,
  noteSigner,
  parseDetached,
  publicKeyVerifier,
  signDetached,
  verifyDetached,
} from './index.js';
import { codeOf } from './testing/codes.js';
import { runs } from '../../../test/properties/runs.js';

describe('base64', () => {
  it('is that of the runtime, in both alphabets, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(encodeBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
        expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes);
      }),
      runs(500),
    );
  });

  it('has one spelling', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'AQgw+/-_=zé\n '), maxLength: 8 });
    fc.assert(
      fc.property(digits, (text) => {
        const standard = decodeBase64(text);
        if (standard !== undefined) expect(encodeBase64(standard)).toBe(text);
        const urlSafe = decodeBase64Url(text);
        if (urlSafe !== undefined) expect(encodeBase64Url(urlSafe)).toBe(text);
      }),
      runs(5_000),
    );
    for (const text of ['A', 'AA', 'AB==', 'AAB=', 'AAA', '====', 'A===', 'AA=A', 'AA==\n', '-_==']) {
      expect(decodeBase64(text)).toBeUndefined();
    }
    for (const text of ['A', 'AB', 'AAB', 'AA==', '+/', 'AA ']) expect(decodeBase64Url(text)).toBeUndefined();
  });
});

// RFC 8032 §7.1, test 1, which is the key of RFC 8037 App. A as well.
const seed = decodeBase64Url('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A')!;
const publicKey = decodeBase64Url('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo')!;
const key = publicKeyVerifier(publicKey);
const command = { batchId: 'b-1', grossGrams: 5, labels: ['é', '\u{1f600}'] };
const jws = signDetached(command, 'key-1', seed);

describe('detached JWS', () => {
  it('verifies over the same value, in whatever order its members come', () => {
    const reordered = { labels: ['é', '\u{1f600}'], grossGrams: 5, batchId: 'b-1' };
    expect(verifyDetached(jws, reordered, key).keyId).toBe('key-1');
    expect(noteSigner('any', seed).key.publicKey).toEqual(publicKey);
  });

  it('is EdDSA over header and payload as RFC 7515 joins them', async () => {
    const [header, , signature] = jws.split('.') as [string, string, string];
    expect(Buffer.from(header, 'base64url').toString()).toBe('{"alg":"EdDSA","kid":"key-1"}');
    const payload = Buffer.from('{"batchId":"b-1","grossGrams":5,"labels":["é","😀"]}').toString('base64url');
    const webKey = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
    const input = Buffer.from(`${header}.${payload}`);
    expect(await crypto.subtle.verify('Ed25519', webKey, Buffer.from(signature, 'base64url'), input)).toBe(true);
  });

  it('fails for another value or key', () => {
    expect(codeOf(() => verifyDetached(jws, { ...command, grossGrams: 6 }, key))).toBe('signature-invalid');
    const other = publicKeyVerifier(noteSigner('other', new Uint8Array(32)).key.publicKey);
    expect(codeOf(() => verifyDetached(jws, command, other))).toBe('signature-invalid');
    expect(codeOf(() => verifyDetached(jws, { grams: undefined }, key))).toBe('not-json');
    expect(codeOf(() => publicKeyVerifier(publicKey.subarray(1)))).toBe('key-malformed');
    expect(codeOf(() => signDetached(command, '', seed))).toBe('signature-malformed');
  });

  it.each([
    { alg: 'none', kid: 'key-1' },
    { alg: 'EdDSA' },
    { alg: 'EdDSA', kid: 1 },
    { alg: 'EdDSA', b64: false, crit: ['b64'], kid: 'key-1' },
    { alg: 'HS256', kid: 'key-1' },
    null,
    'EdDSA',
  ])('refuses the header %j', (header) => {
    const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
    expect(codeOf(() => parseDetached(`${encoded}..${jws.split('.')[2]}`))).toBe('signature-malformed');
  });

  it('changed in any one character fails', () => {
    for (let at = 0; at < jws.length; at++) {
      for (const replacement of ['', 'A', 'B', '_', '=', '.', '\n', '\ud800']) {
        const changed = jws.slice(0, at) + replacement + jws.slice(at + 1);
        if (changed !== jws) expect(codeOf(() => verifyDetached(changed, command, key))).not.toBeUndefined();
      }
    }
    for (const text of ['', '..', `${jws}.`, jws.repeat(20)]) {
      expect(codeOf(() => parseDetached(text))).toBe('signature-malformed');
    }
  });
});
