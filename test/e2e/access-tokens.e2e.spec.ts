import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { TokenVerifier } from '../../apps/server/src/access/token-verifier.js';
import { AUDIENCE, IdentityProvider } from '../harness/identity-provider.js';
import { ADMINISTRATOR_KEY, bearer, RunningLedger, type Answer } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

const CUSTODIAN = { lodebook_organisation: 'wombat', lodebook_role: 'custodian' };

describe('tokens of an OpenID provider', () => {
  let provider: IdentityProvider;
  let ledger: RunningLedger;
  beforeAll(async () => {
    provider = await IdentityProvider.start();
    ledger = await RunningLedger.start({
      LODEBOOK_OIDC_ISSUER: provider.issuer,
      LODEBOOK_OIDC_AUDIENCE: AUDIENCE,
    });
    await openTwoSites(ledger);
    await ledger.get('programmes', String(await ledger.ledger.store.head()));
  });
  afterAll(async () => {
    await ledger.dispose();
    await provider.close();
  });

  const ask = (token: string): Promise<Answer> => ledger.request('GET', '/v1/sites/pit', undefined, bearer(token));
  /** A token as the provider would write it, except for the given changes. */
  const forged = (claims: JWTPayload = {}, header: { alg?: string; typ?: string } = {}) =>
    new SignJWT({ sub: 'weighbridge', iss: provider.issuer, aud: AUDIENCE, ...CUSTODIAN, ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: provider.keyId, ...header })
      .setIssuedAt()
      .setExpirationTime(claims.exp ?? '5m');
  const detailOf = ({ status, body }: Answer): [number, string] => [status, JSON.stringify(body['detail'])];

  it('act for the organisation and in the role that their claims name', async () => {
    const token = await provider.token(CUSTODIAN);
    expect((await ask(token)).status).toBe(200);
    expect((await ledger.post('sites/pit/batches', extracted('by-token'), bearer(token))).status).toBe(201);
    expect((await ledger.post('sites/works/batches', extracted('other'), bearer(token))).status).toBe(404);
    expect((await ledger.post('sites/pit/holds', {}, bearer(token))).status).toBe(403);
    for await (const event of ledger.ledger.store.readStream('site-pit', { direction: 'backwards', limit: 1 })) {
      expect(event.metadata['actor']).toEqual({
        principal: expect.stringMatching(/^oidc-[0-9a-f]{16}-weighbridge$/),
        organisation: 'wombat',
      });
    }
    const regulator = await provider.token({ lodebook_role: 'regulator' });
    expect((await ledger.request('GET', '/v1/batches', undefined, bearer(regulator))).status).toBe(200);
  });

  it.each([
    ['no role', { lodebook_organisation: 'wombat' }, /lodebook_role/],
    ['a role that does not exist', { ...CUSTODIAN, lodebook_role: 'operator' }, /lodebook_role/],
    ['no organisation', { lodebook_role: 'custodian' }, /lodebook_organisation/],
  ])('with %s are accepted nowhere', async (_, claims, detail) => {
    expect(detailOf(await ask(await provider.token(claims)))).toEqual([403, expect.stringMatching(detail)]);
  });

  it('for another audience, of another issuer, or expired are refused', async () => {
    expect(detailOf(await ask(await provider.token(CUSTODIAN, 'urn:other')))).toEqual([
      401,
      expect.stringContaining('aud'),
    ]);
    const sign = (token: SignJWT) => token.sign(provider.signingKey);
    expect((await ask(await sign(forged()))).status).toBe(200); // an unchanged forgery is accepted: the change is refused
    expect(detailOf(await ask(await sign(forged({ iss: 'http://127.0.0.1:1' }))))).toEqual([
      401,
      expect.stringContaining('iss'),
    ]);
    expect(detailOf(await ask(await sign(forged({ exp: 1_700_000_000 }))))).toEqual([
      401,
      expect.stringContaining('expired'),
    ]);
    expect(detailOf(await ask(await sign(forged({}, { typ: 'JWT' }))))).toEqual([401, expect.stringContaining('typ')]);
  });

  it('unsigned, or signed with a public value, are refused', async () => {
    const none = new UnsecuredJWT({ sub: 'weighbridge', ...CUSTODIAN })
      .setIssuer(provider.issuer)
      .setAudience(AUDIENCE)
      .setExpirationTime('5m')
      .encode();
    const publicKey = createPublicKey(provider.signingKey).export({ type: 'spki', format: 'pem' }) as string;
    const hmac = await forged({}, { alg: 'HS256' }).sign(new TextEncoder().encode(publicKey));
    const [head, body] = (await forged().sign(provider.signingKey)).split('.');
    for (const token of [none, hmac, `${head}.${body}.`, `${head}.${body}.AAAA`]) {
      expect(detailOf(await ask(token))[0]).toBe(401);
    }
  });

  it('are verified by the issuer’s current keys, fetched once', async () => {
    const rotating = await IdentityProvider.start();
    const settings = { issuer: rotating.issuer, audience: AUDIENCE, tokenType: 'at+jwt' };
    const verifier = new TokenVerifier(settings, { keysCoolDown: 0, pauseAfterFailure: 200 });
    const old = await rotating.token(CUSTODIAN);
    const principal = { principal: expect.any(String), role: 'custodian', organisation: 'wombat' };
    for (let time = 0; time < 5; time++) expect(await verifier.verify(old)).toEqual(principal);
    expect(rotating.keyRequests).toBe(1);
    await rotating.close();
    rotating.rotate();
    expect(await verifier.verify(old)).toEqual(principal); // the verifier has its keys: it needs no issuer
    await rotating.open();
    const fresh = await rotating.token(CUSTODIAN);
    expect(await verifier.verify(fresh)).toEqual(principal);
    expect(rotating.keyRequests).toBe(2);
    await expect(verifier.verify(old)).rejects.toMatchObject({ code: 'unauthenticated' });
    await rotating.close();
  });

  it('wait for an issuer that is not responding, while API keys do not', async () => {
    const away = await IdentityProvider.start();
    const token = await away.token(CUSTODIAN);
    await away.close();
    const other = await RunningLedger.start({
      LODEBOOK_OIDC_ISSUER: away.issuer,
      LODEBOOK_OIDC_AUDIENCE: AUDIENCE,
    });
    const status = async (key: string) => {
      const answer = await other.request('GET', '/v1/programmes', undefined, bearer(key));
      return [answer.status, answer.headers.get('retry-after')];
    };
    expect(await status(token)).toEqual([503, '5']);
    expect(await status(ADMINISTRATOR_KEY)).toEqual([200, null]);
    await other.dispose();

    const settings = { issuer: away.issuer, audience: AUDIENCE, tokenType: 'at+jwt' };
    const verifier = new TokenVerifier(settings, { pauseAfterFailure: 50 });
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'overloaded' });
    await away.open();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await verifier.verify(token)).toMatchObject({ role: 'custodian' });
    await away.close();
  });

  it('of an issuer that claims to be another are refused', async () => {
    const settings = { issuer: `${provider.issuer}/`, audience: AUDIENCE, tokenType: 'at+jwt' };
    const token = await provider.token(CUSTODIAN);
    await expect(new TokenVerifier(settings).verify(token)).rejects.toMatchObject({ code: 'overloaded' });
  });
});
