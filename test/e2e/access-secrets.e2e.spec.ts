import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { AUDIENCE, IdentityProvider } from '../harness/identity-provider.js';
import { bearer, RunningLedger } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

const CUSTODIAN = { lodebook_organisation: 'wombat', lodebook_role: 'custodian' };

/** Every way to authenticate and every refusal, with the log kept at the most verbose level. */
describe('keys, tokens and their hashes', () => {
  const lines: string[] = [];
  const answers: string[] = [];
  const secrets = new Map<string, string>();
  let ledger: RunningLedger;
  let folder: string;

  const keep = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });

  beforeAll(async () => {
    const provider = await IdentityProvider.start();
    const log = pino({ level: 'trace' }, keep);
    const variables = {
      LODEBOOK_ADMIN_KEY: '',
      LODEBOOK_OIDC_ISSUER: provider.issuer,
      LODEBOOK_OIDC_AUDIENCE: AUDIENCE,
    };
    ledger = await RunningLedger.start(variables, undefined, log);
    ({ folder } = ledger);
    const administrator = ledger.ledger.access.administrator.made!;
    secrets.set('administrator', administrator).set('operator', ledger.key);
    await openTwoSites(ledger);
    const issue = async () => {
      const body = { label: 'Gate', role: 'custodian' };
      const { key, keyId } = (await ledger.post('organisations/wombat/api-keys', body, bearer(administrator)))
        .body as unknown as { key: string; keyId: string };
      return { key, keyId };
    };
    const [good, revoked] = [await issue(), await issue()];
    secrets
      .set('good', good.key)
      .set('revoked', revoked.key)
      .set('unknown', `lodebook_${'z'.repeat(43)}`);
    const revoke = (keyId: string) =>
      ledger.request('DELETE', `/v1/organisations/wombat/api-keys/${keyId}`, undefined, bearer(administrator));
    await revoke(revoked.keyId);
    secrets.set('token', await provider.token(CUSTODIAN));
    secrets.set('token without a role', await provider.token({}));
    secrets.set('token for others', await provider.token(CUSTODIAN, 'urn:other'));
    secrets.set('token that is forged', `${secrets.get('token')!.slice(0, -8)}AAAAAAAA`);

    for (const secret of [...secrets.values()]) {
      const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
        const { status } = await ledger.request(method, path, body, { ...bearer(secret), ...headers });
        answers.push(`${path.split(/[/?]/)[2]} ${status}`);
      };
      await send('GET', '/v1/sites/pit');
      await send('GET', '/v1/audit/checkpoint');
      await send('POST', '/v1/sites/pit/batches', extracted(`of-${answers.length}`));
      await send('POST', '/v1/sites/pit/batches', '{"unfinished');
      await send('POST', '/v1/sites/pit/commands', `{"command":"batches","body":{}}\n`, {
        'content-type': 'application/x-ndjson',
      });
      await send('GET', '/v1/batches?cursor=none');
      // Where keys do not belong, but where people put them.
      await send('GET', `/v1/batches/${secret}?key=${secret}`);
      await send('DELETE', `/v1/organisations/wombat/api-keys/${secret}`);
      await send('POST', '/v1/organisations/wombat/api-keys', { label: 'Gate', role: 'reader', key: secret });
      await send('GET', '/v1/sites/pit', undefined, { 'idempotency-key': secret, 'x-request-id': secret });
      await send('GET', '/v1/sites/pit', undefined, { authorization: `Basic ${secret}` });
    }
    // A failure of the server itself is logged with everything known about it.
    await provider.close();
    const away = await RunningLedger.start({ ...variables, LODEBOOK_OIDC_ISSUER: provider.issuer }, undefined, log);
    secrets.set('administrator of another', away.ledger.access.administrator.made!).set('its operator', away.key);
    const waits = await away.request('GET', '/v1/sites/pit', undefined, bearer(secrets.get('token')!));
    answers.push(`away ${waits.status}`);
    await away.dispose();
    await ledger.ledger.close();
    const failed = await ledger.request('GET', '/v1/sites/pit', undefined, bearer(good.key));
    answers.push(`closed ${failed.status}`);
  }, 120_000);
  afterAll(() => ledger.dispose());

  it('are not logged: each answer is logged with its principal, if known, and the client’s address', () => {
    const answered = lines
      .flatMap((line) => line.split('\n').filter(Boolean))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'answered');
    expect(answered.length).toBeGreaterThan(50);
    for (const line of answered) expect(line).toMatchObject({ reqId: expect.any(String), ip: '127.0.0.1' });
    const principalsOf = (status: number) =>
      new Set(answered.filter((line) => line['status'] === status).map(({ principal }) => principal));
    expect(principalsOf(401)).toEqual(new Set([undefined]));
    const known = [...principalsOf(200)].map((principal) => String(principal).replace(/-.*/, ''));
    for (const kind of ['administrator', 'operator', 'key', 'oidc']) expect(known).toContain(kind);
  });

  it('were sent in all these ways', () => {
    for (const way of [
      'sites 200',
      'sites 201',
      'sites 400',
      'sites 401',
      'sites 403',
      'audit 200',
      'organisations 404',
    ]) {
      expect(answers).toContain(way);
    }
    expect(answers.slice(-2)).toEqual(['away 503', expect.stringMatching(/^closed 50[03]$/)]);
    const answered = lines.filter((line) => line.includes('"answered"'));
    expect(answered.length).toBeGreaterThanOrEqual(answers.length - 1); // the last line may come after its answer
    expect(lines.some((line) => line.includes('"level":20'))).toBe(true);
    expect(lines.some((line) => line.includes('"level":50'))).toBe(true);
  });

  it('are never in the log', () => {
    const log = lines.join('');
    const told = [...secrets].flatMap(([name, secret]) =>
      traces(secret)
        .filter((trace) => log.includes(trace))
        .map(() => name),
    );
    expect(told).toEqual([]);
  });

  it('are in no file of the data folder: only the hashes of keys are, in the log', () => {
    const kept = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name)))
      .flatMap((bytes) => [...secrets].filter(([, secret]) => bytes.includes(secret)).map(([name]) => name));
    expect(kept).toEqual([]);
    const ledgerFile = readFileSync(join(folder, 'ledger.db'));
    expect(ledgerFile.includes(sha256(secrets.get('good')!).toString('hex'))).toBe(true);
  });
});

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A secret, the part that makes it unique, and its hash in the encodings in which hashes are written. */
function traces(secret: string): string[] {
  const hash = sha256(secret);
  return [secret, secret.slice(-24), hash.toString('hex'), hash.toString('base64'), hash.toString('base64url')];
}
