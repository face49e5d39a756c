import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { startEventStoreDbDouble } from '../eventstoredb-double/index.js';
import { ADMINISTRATOR_KEY, bearer, RunningLedger, type Answer } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

const codeOf = ({ body, status }: Answer): [number, string] => [
  status,
  (typeof body['type'] === 'string' ? body['type'] : '').replace('urn:lodebook:problem:', ''),
];

/** Two organisations with sites, an attestor and an inspectorate, and a key of each role. */
async function openWithKeys(ledger: RunningLedger) {
  await openTwoSites(ledger);
  for (const [organisationId, role] of [
    ['auditor', 'attestor'],
    ['rival-auditor', 'attestor'],
    ['inspectorate', 'regulator'],
  ]) {
    const body = { organisationId, name: organisationId, country: 'JP', roles: [role], occurredAt: AT(1) };
    await ledger.record('organisations', body, bearer(ADMINISTRATOR_KEY));
  }
  for (const organisation of ['auditor', 'rival-auditor']) {
    const body = { scheme: 'sa8000', from: AT(1), occurredAt: AT(1) };
    await ledger.record(`organisations/${organisation}/accreditations`, body, bearer(ADMINISTRATOR_KEY));
  }
  return {
    custodian: await ledger.issueKey('wombat', 'custodian'),
    other: await ledger.issueKey('hokuto', 'custodian'),
    reader: await ledger.issueKey('wombat', 'reader'),
    attestor: await ledger.issueKey('auditor', 'attestor'),
    rival: await ledger.issueKey('rival-auditor', 'attestor'),
    regulator: await ledger.issueKey('inspectorate', 'regulator'),
    registrar: await ledger.issueKey('inspectorate', 'administrator'),
    administrator: ADMINISTRATOR_KEY,
  };
}

describe('keys', () => {
  let ledger: RunningLedger;
  let keys: Awaited<ReturnType<typeof openWithKeys>>;
  const post = (key: keyof typeof keys, path: string, body: unknown, headers: Record<string, string> = {}) =>
    ledger.post(path, body, { ...headers, ...bearer(keys[key]) });
  const attestation = (attestationId: string) => ({
    attestationId,
    scheme: 'sa8000',
    siteId: 'pit',
    rights: ['child-labour'],
    validFrom: AT(1),
    validUntil: AT(20),
    issuerOrganisationId: 'auditor',
    documentSha256: 'a'.repeat(64),
    occurredAt: AT(2),
  });
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    keys = await openWithKeys(ledger);
  });
  afterAll(() => ledger.dispose());

  it('are shown only once, listed with their last use, and revoked immediately', async () => {
    const answer = await post('administrator', 'organisations/wombat/api-keys', { label: 'Gate', role: 'reader' });
    const { keyId, key } = answer.body as unknown as { keyId: string; key: string };
    expect([answer.status, answer.headers.get('cache-control'), key]).toEqual([
      201,
      'private, no-store',
      expect.stringMatching(/^lodebook_[\w-]{43}$/),
    ]);
    const listed = async () => {
      const list = await ledger.request(
        'GET',
        '/v1/organisations/wombat/api-keys',
        undefined,
        bearer(ADMINISTRATOR_KEY),
      );
      expect(JSON.stringify(list.body)).not.toMatch(/lodebook_|sha256/);
      return (list.body['items'] as unknown as { keyId: string }[]).find((item) => item.keyId === keyId);
    };
    expect(await listed()).toEqual({ keyId, label: 'Gate', role: 'reader', issuedAt: expect.any(String) });
    const ask = () => ledger.request('GET', '/v1/sites/pit', undefined, bearer(key));
    expect((await ask()).status).toBe(200);
    expect(await listed()).toMatchObject({ lastUsedAt: expect.any(String) });
    const revoke = () =>
      ledger.request('DELETE', `/v1/organisations/wombat/api-keys/${keyId}`, undefined, bearer(ADMINISTRATOR_KEY));
    expect((await revoke()).status).toBe(204);
    expect(codeOf(await ask())).toEqual([401, 'unauthenticated']);
    const { revokedAt } = (await listed()) as { revokedAt?: string };
    expect((await revoke()).status).toBe(204); // revoked a second time: nothing changes
    expect(await listed()).toMatchObject({ revokedAt });
    expect(readFileSync(join(ledger.folder, 'ledger.db')).includes(key)).toBe(false);
  });

  it('are issued once per Idempotency-Key, and not shown again', async () => {
    const body = { label: 'Scales', role: 'custodian' };
    const send = (label: string) =>
      post('administrator', 'organisations/wombat/api-keys', { ...body, label }, { 'idempotency-key': 'k-1' });
    const first = await send('Scales');
    const second = await send('Scales');
    expect([second.status, second.headers.get('idempotent-replayed'), second.body]).toEqual([
      201,
      'true',
      { keyId: first.body['keyId'] },
    ]);
    expect(codeOf(await send('Other'))).toEqual([422, 'idempotency-key-reused']);
  });

  it('must match the role of an organisation that exists', async () => {
    const issue = (organisation: string, role: string) =>
      post('administrator', `organisations/${organisation}/api-keys`, { label: 'x', role });
    expect(codeOf(await issue('wombat', 'regulator'))).toEqual([400, 'invalid-request']);
    expect(codeOf(await issue('wombat', 'operator'))).toEqual([400, 'invalid-request']);
    expect(codeOf(await issue('nobody', 'reader'))).toEqual([404, 'not-found']);
    const list = await ledger.request('GET', '/v1/organisations/nobody/api-keys', undefined, bearer(ADMINISTRATOR_KEY));
    expect(codeOf(list)).toEqual([404, 'not-found']);
    const revoke = await ledger.request(
      'DELETE',
      '/v1/organisations/wombat/api-keys/none',
      undefined,
      bearer(ADMINISTRATOR_KEY),
    );
    expect(codeOf(revoke)).toEqual([404, 'not-found']);
  });

  it('of a custodian record at its own sites; another site is answered like an unknown one', async () => {
    const recorded = await post('custodian', 'sites/pit/batches', extracted('own'));
    expect(recorded.status).toBe(201);
    const foreign = await post('custodian', 'sites/works/batches', extracted('foreign'));
    const absent = await post('custodian', 'sites/nowhere/batches', extracted('foreign'));
    expect(codeOf(foreign)).toEqual([404, 'not-found']);
    expect(JSON.stringify(foreign.body).replace('works', 'nowhere')).toBe(JSON.stringify(absent.body));
    const stale = await post('custodian', 'sites/works/batches', extracted('foreign'), { 'if-match': '"77"' });
    expect(stale.body).toEqual(foreign.body);
    for await (const event of ledger.ledger.store.readStream('site-pit', { direction: 'backwards', limit: 1 })) {
      const actor = { principal: expect.stringMatching(/^key-[0-9a-f-]{36}$/), organisation: 'wombat' };
      expect(event.metadata['actor']).toEqual(actor);
    }
  });

  it('of a custodian open sites only for its own organisation, and choose its visibility', async () => {
    const site = { siteId: 'pit-2', name: 'Pit 2', country: 'AU', activities: ['mining'] };
    expect((await post('custodian', 'organisations/wombat/sites', site)).status).toBe(201);
    const foreign = { ...site, siteId: 'works-2' };
    expect(codeOf(await post('custodian', 'organisations/hokuto/sites', foreign))).toEqual([404, 'not-found']);
    const open = { visibility: 'open' };
    expect((await post('custodian', 'organisations/wombat/visibility', open)).status).toBe(201);
    const answers = [
      await post('custodian', 'organisations/hokuto/visibility', open, { 'if-match': '"77"' }),
      await post('custodian', 'organisations/nobody/visibility', open, { 'if-match': '"77"' }),
    ];
    expect(answers.map(codeOf)).toEqual([
      [404, 'not-found'],
      [404, 'not-found'],
    ]);
    expect(answers[0]!.body).toEqual(answers[1]!.body);
    expect(codeOf(await post('administrator', 'organisations/wombat/visibility', open))).toEqual([403, 'forbidden']);
  });

  it('of an attestor attest in its own name, and change only its own attestations', async () => {
    expect((await post('attestor', 'attestations', attestation('a-1'))).status).toBe(201);
    expect(codeOf(await post('rival', 'attestations', attestation('a-2')))).toEqual([422, 'not-accredited']);
    const change = { from: AT(3), reason: 'r', occurredAt: AT(3) };
    const foreign = await post('rival', 'attestations/a-1/revocations', change, { 'if-match': '"9"' });
    const absent = await post('rival', 'attestations/a-9/revocations', change, { 'if-match': '"9"' });
    expect([codeOf(foreign), foreign.body]).toEqual([[404, 'not-found'], absent.body]);
    expect((await post('attestor', 'attestations/a-1/revocations', change)).status).toBe(201);
  });

  it('of a regulator place holds at any site; custodians cannot, and cannot correct them', async () => {
    await post('custodian', 'sites/pit/batches', extracted('held'));
    const hold = { batchId: 'held', reason: 'papers', occurredAt: AT(3) };
    expect(codeOf(await post('custodian', 'sites/pit/holds', hold))).toEqual([403, 'forbidden']);
    const held = await post('regulator', 'sites/pit/holds', hold);
    expect(held.status).toBe(201);
    const [{ eventId }] = held.body['events'] as unknown as [{ eventId: string }];
    const replacement = { batchId: 'held', authority: 'inspectorate', reason: 'none' };
    const correction = { eventId, reason: 'r', replacement, occurredAt: AT(4) };
    expect(codeOf(await post('custodian', 'sites/pit/corrections', correction))).toEqual([403, 'forbidden']);
    expect((await post('regulator', 'sites/pit/corrections', correction)).status).toBe(201);
    const own = await post('custodian', 'sites/pit/batches', extracted('not-the-regulators'));
    const [{ eventId: registered }] = own.body['events'] as unknown as [{ eventId: string }];
    const other = { eventId: registered, reason: 'r', replacement: { ...extracted('x') }, occurredAt: AT(4) };
    expect(codeOf(await post('regulator', 'sites/pit/corrections', other))).toEqual([403, 'forbidden']);
  });

  it('of an administrator maintain the registry, and neither record nor read custody', async () => {
    for (const key of ['administrator', 'registrar'] as const) {
      const tries: [string, string, unknown][] = [
        ['POST', 'sites/pit/batches', extracted('by-administrator')],
        ['POST', 'sites/pit/holds', { batchId: 'own', reason: 'r' }],
        ['POST', 'attestations', attestation('a-3')],
        ['POST', 'concerns/c-1/findings', {}],
        ['POST', 'sites/pit/commands', '{}'],
        ['GET', 'batches', undefined],
        ['GET', 'batches/own/evidence', undefined],
        ['GET', 'sites/pit/holdings', undefined],
        ['GET', 'attestations', undefined],
        ['GET', 'audit/events', undefined],
        ['GET', 'audit/tile/entries/000', undefined],
        ['POST', 'audit/replays', {}],
      ];
      for (const [method, path, body] of tries) {
        const type: Record<string, string> = path.endsWith('commands')
          ? { 'content-type': 'application/x-ndjson' }
          : {};
        const answer = await ledger.request(method, `/v1/${path}`, body, { ...type, ...bearer(keys[key]) });
        expect([path, ...codeOf(answer)]).toEqual([path, 403, 'forbidden']);
      }
      expect((await ledger.request('GET', '/v1/sites/pit', undefined, bearer(keys[key]))).status).toBe(200);
    }
  });

  it('of every role raise concerns; those of a reader record nothing else', async () => {
    for (const key of Object.keys(keys) as (keyof typeof keys)[]) {
      const concern = { concernId: `c-${key}`, siteId: 'pit', rights: ['child-labour'], source: 'worker' };
      expect([key, (await post(key, 'concerns', concern)).status]).toEqual([key, 201]);
    }
    const investigation = { by: 'Bureau' };
    expect((await post('regulator', 'concerns/c-reader/investigations', investigation)).status).toBe(201);
    for (const path of ['sites/pit/batches', 'attestations', 'organisations', 'concerns/c-reader/closure']) {
      expect([path, ...codeOf(await post('reader', path, {}))]).toEqual([path, 403, 'forbidden']);
    }
  });

  it('are checked line by line in a stream too', async () => {
    const lines = [
      { command: 'batches', body: extracted('streamed') },
      { command: 'holds', body: { batchId: 'streamed', reason: 'r', occurredAt: AT(3) } },
    ];
    const stream = async (key: string, site: string) => {
      const headers = { 'content-type': 'application/x-ndjson', ...bearer(key) };
      const body = lines.map((line) => JSON.stringify(line)).join('\n');
      const answer = await ledger.request('POST', `/v1/sites/${site}/commands`, body, headers);
      return (answer.body['text'] as unknown as string)
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { status?: number }).status ?? 201);
    };
    expect(await stream(keys.custodian, 'pit')).toEqual([201, 403]);
    expect(await stream(keys.custodian, 'works')).toEqual([404, 403]);
    expect(await stream(keys.regulator, 'pit')).toEqual([403, 201]);
  });

  it('have idempotency keys of their own', async () => {
    const batch = (id: string) => ({
      ...extracted(id),
      material: 'end-of-life-batteries',
      origin: { kind: 'end-of-life' },
    });
    const one = await post('custodian', 'sites/pit/batches', extracted('i-1'), { 'idempotency-key': 'same' });
    const two = await post('other', 'sites/works/batches', batch('i-2'), { 'idempotency-key': 'same' });
    expect([one.status, two.status, two.headers.get('idempotent-replayed')]).toEqual([201, 201, null]);
  });
});

describe('keys outlast their server', () => {
  it('and are known again after a restart, with their last use', async () => {
    const first = await RunningLedger.start();
    await openTwoSites(first);
    const key = await first.issueKey('wombat', 'custodian');
    await first.request('GET', '/v1/sites/pit', undefined, bearer(key));
    await first.stop();
    const second = await RunningLedger.start({}, first.folder);
    const list = await second.request('GET', '/v1/organisations/wombat/api-keys', undefined, bearer(ADMINISTRATOR_KEY));
    expect(list.body['items']).toMatchObject([{ role: 'custodian', lastUsedAt: expect.any(String) }]);
    expect((await second.post('sites/pit/batches', extracted('again'), bearer(key))).status).toBe(201);
    expect(codeOf(await second.get('sites/pit', null))).toEqual([200, '']);
    const old = await fetch(`${second.url}/v1/sites/pit`, { headers: bearer(first.key) });
    expect(old.status).toBe(401); // each start makes a new operator's token
    await second.dispose();
  });

  it('and one server honours the keys that another on the same log issues and revokes', async () => {
    const double = await startEventStoreDbDouble();
    // All servers of a log have the same signing key, which signs the keys they issue: docs/operations.md.
    const seed = randomBytes(32).toString('base64');
    const variables = { LODEBOOK_EVENTSTORE_URL: double.url, LODEBOOK_SIGNING_KEY: seed };
    const [one, two] = await Promise.all([RunningLedger.start(variables), RunningLedger.start(variables)]);
    await openTwoSites(one);
    const key = await one.issueKey('wombat', 'custodian');
    const keyId = [...one.ledger.access.directory.keysOf('wombat').keys()][0]!;
    const status = async () => (await two.request('GET', '/v1/programmes', undefined, bearer(key))).status;
    const becomes = async (wanted: number) => {
      for (let time = 0; time < 100 && (await status()) !== wanted; time++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(await status()).toBe(wanted);
    };
    await becomes(200);
    await one.request('DELETE', `/v1/organisations/wombat/api-keys/${keyId}`, undefined, bearer(ADMINISTRATOR_KEY));
    await becomes(401);
    await Promise.all([one.dispose(), two.dispose()]);
    await double.stop();
  }, 60_000);

  it('and the administrator key of a ledger without other keys remains valid', async () => {
    const variables = { LODEBOOK_ADMIN_KEY: '' };
    const first = await RunningLedger.start(variables);
    const { made } = first.ledger.access.administrator;
    const stored: object[] = [];
    for await (const event of first.ledger.store.readStream('administrator-key')) stored.push(event.data);
    expect(stored).toEqual([{ role: 'administrator', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    await first.stop();
    const second = await RunningLedger.start(variables, first.folder);
    expect(second.ledger.access.administrator.made).toBeUndefined();
    const answer = await second.request('GET', '/v1/organisations/o', undefined, bearer(made!));
    expect(codeOf(answer)).toEqual([404, 'not-found']);
    await second.dispose();
  });
});
