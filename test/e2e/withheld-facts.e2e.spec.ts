import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { commit, encodeBase64Url } from '#transparency';
import { replay, storeSource } from '#audit';
import { openLedger, readConfiguration, serve } from '../../apps/server/src/index.js';
import { ADMINISTRATOR_KEY, RunningLedger, type Answer } from '../harness/running-ledger.js';
import { signatureFor, signingKeyOf } from '../harness/signing.js';
import { AT, extracted, openTwoSites, vouchForThePit } from '../harness/two-sites.js';

const UNTIL = '2099-01-01T00:00:00.000Z';
const basis = { legalBasis: 'security-exception', until: UNTIL };
const codeOf = ({ body }: Answer): string => (body['type'] as unknown as string).split(':').at(-1)!;
const linesOf = ({ body }: Answer): string[] =>
  ((body['errors'] ?? []) as unknown as { path: string; code: string }[]).map(({ path, code }) => `${path} ${code}`);
const eventIdOf = ({ body }: Answer): string => (body['events'] as unknown as { eventId: string }[])[0]!.eventId;

/** Values that occur nowhere else. */
const SECRETS = {
  transport: 'convoy-ZEBRA-7-via-Tanami',
  laboratory: 'Assayers-QUOKKA-and-Sons',
  label: 'https://id.example/01/WOBBEGONG-99',
  reason: 'informer-NUMBAT-says-so',
};

describe('withheld facts', () => {
  let ledger: RunningLedger;
  let own: string;
  let other: string;
  let regulator: string;
  const events: Record<string, string> = {};
  let position: string;

  const as = (key: string, method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ledger.request(method, `/v1/${path}`, undefined, { authorization: `Bearer ${key}`, ...headers });
  const read = (key: string, path: string): Promise<Answer> => as(key, 'GET', path, { 'ledger-position': position });

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
    await vouchForThePit(ledger);
    const keyOf = async (organisation: string, role: string): Promise<string> => {
      const answer = await ledger.post(`organisations/${organisation}/api-keys`, { label: role, role });
      return answer.body['key'] as unknown as string;
    };
    await ledger.record('organisations', {
      organisationId: 'ministry',
      name: 'M',
      country: 'JP',
      roles: ['regulator'],
    });
    own = await keyOf('wombat', 'custodian');
    other = await keyOf('hokuto', 'custodian');
    regulator = await keyOf('ministry', 'regulator');
    await ledger.record('sites/pit/batches', {
      ...extracted('ore'),
      withheld: [{ path: '/origin/country', ...basis }],
    });
    const dispatch = {
      shipmentId: 's-1',
      consigneeSiteId: 'works',
      batchIds: ['ore'],
      transport: SECRETS.transport,
      tradeTerms: { exportDuty: false, quantitativeRestriction: false },
      occurredAt: AT(4),
    };
    const label = { batchId: 'ore', labelId: 'l-1', standard: 'gs1-128', carrier: 'print', occurredAt: AT(3) };
    events['label'] = eventIdOf(
      await ledger.post('sites/pit/labels', {
        ...label,
        value: SECRETS.label,
        withheld: [{ path: '/value', ...basis }],
      }),
    );
    const assay = { batchId: 'ore', contentGrams: { lithium: 28_000 }, method: 'ICP-OES', occurredAt: AT(3) };
    events['assay'] = eventIdOf(
      await ledger.post('sites/pit/assays', {
        ...assay,
        laboratory: SECRETS.laboratory,
        withheld: [{ path: '/laboratory', legalBasis: 'trade-secret', until: '2020-01-01T00:00:00.000Z' }],
      }),
    );
    const sent = await ledger.post('sites/pit/dispatches', {
      ...dispatch,
      withheld: [
        { path: '/transport', ...basis },
        { path: '/tradeTerms', ...basis },
      ],
    });
    events['dispatch'] = eventIdOf(sent);
    position = await ledger.record('sites/works/receipts', {
      shipmentId: 's-1',
      batches: [{ batchId: 'ore', grossGrams: 1_000_000, labels: [{ labelId: 'l-1', condition: 'intact' }] }],
      occurredAt: AT(20),
    });
  });
  afterAll(() => ledger.dispose());

  it('are recorded as salted commitments', async () => {
    const { body } = await read(regulator, 'batches/ore/history');
    const records = (body['items'] as unknown as { record: { id: string; data: Record<string, unknown> } }[]).map(
      ({ record }) => record,
    );
    const { data } = records.find(({ id }) => id === events['dispatch'])!;
    expect(data['transport']).toEqual({ commitment: expect.stringMatching(/^[0-9a-f]{64}$/), ...basis });
    expect('withheld' in data).toBe(false);
  });

  it('are disclosed to their organisation and a regulator, matching their commitments, and to nobody else', async () => {
    const path = `disclosures/${events['dispatch']!}`;
    for (const key of [own, regulator]) {
      const { status, body } = await read(key, path);
      expect(status).toBe(200);
      const [tradeTerms, transport] = body['disclosures'] as unknown as Record<string, string>[];
      expect([tradeTerms!['path'], transport!['value']]).toEqual(['/tradeTerms', SECRETS.transport]);
      const opened = commit(transport!['value'], Buffer.from(transport!['salt']!, 'base64url'));
      expect(Buffer.from(opened).toString('hex')).toBe(transport!['commitment']);
    }
    const refused = await read(other, path);
    const absent = await read(other, 'disclosures/00000000-0000-4000-8000-000000000000');
    expect([refused.status, codeOf(refused)]).toEqual([404, 'not-found']);
    expect(refused.body['title']).toEqual(absent.body['title']);
  });

  it('are shown to whoever may see the record once the withholding has expired', async () => {
    const { items } = (await read(other, 'batches/ore/history')).body as unknown as {
      items: { record: { id: string }; disclosures?: object[] }[];
    };
    const entry = items.find(({ record }) => record.id === events['assay'])!;
    expect(entry.disclosures).toMatchObject([{ path: '/laboratory', value: SECRETS.laboratory }]);
    expect((await read(other, `disclosures/${events['assay']!}`)).status).toBe(404);
  });

  it('appear in the answers to those who may see them', async () => {
    const labelOf = async (key: string): Promise<unknown> =>
      ((await read(key, 'batches/ore')).body['labels'] as unknown as { value: unknown }[])[0]!.value;
    expect(await labelOf(own)).toBe(SECRETS.label);
    expect(await labelOf(other)).toMatchObject({ legalBasis: 'security-exception' });
    const history = (await read(own, 'batches/ore/history')).body['items'] as unknown as object[];
    expect(JSON.stringify(history)).toContain(SECRETS.transport);
    expect(JSON.stringify((await read(other, 'batches/ore/history')).body)).not.toContain(SECRETS.transport);
  });

  it('leave a claim that needs them unproven, except for those who may see them', async () => {
    const old = { ...extracted('old-ore'), occurredAt: '2025-06-01T00:00:00.000Z' };
    await ledger.record('sites/pit/batches', { ...old, withheld: [{ path: '/origin/country', ...basis }] });
    const dispatch = { shipmentId: 's-2', consigneeSiteId: 'works', batchIds: ['old-ore'], occurredAt: AT(4) };
    await ledger.record('sites/pit/dispatches', dispatch);
    const batches = [{ batchId: 'old-ore', grossGrams: 1_000_000, labels: [] }];
    position = await ledger.record('sites/works/receipts', { shipmentId: 's-2', batches, occurredAt: AT(20) });
    const originOf = async (key: string): Promise<unknown[]> => {
      const path = 'batches/old-ore/claims?programme=us-ira-30d&validAt=2026-06-01T00:00:00.000Z';
      const { claims, reasons } = (await read(key, path)).body as unknown as Record<string, Record<string, string>[]>;
      return [claims!.map(({ verdict }) => verdict), reasons!.map(({ because }) => because)];
    };
    expect(await originOf(regulator)).toEqual([['holds', 'holds'], []]);
    expect(await originOf(own)).toEqual([['holds', 'holds'], []]);
    expect(await originOf(other)).toEqual([['unproven', 'holds'], ['withheld']]);
  });

  it('are accepted where custody does not need the value, and nowhere else', async () => {
    const of = (path: string): object => ({ withheld: [{ path, ...basis }] });
    const refused = await ledger.post('sites/pit/batches', { ...extracted('x'), ...of('/grossGrams') });
    expect([codeOf(refused), linesOf(refused)]).toEqual(['invalid-request', ['withheld[0].path not-withholdable']]);
    for (const path of [
      '/batchId',
      '/material',
      '/contentGrams',
      '/origin/kind',
      '/origin',
      '/withheld',
      '/constructor',
    ]) {
      const answer = await ledger.post('sites/pit/batches', { ...extracted('x'), ...of(path) });
      expect(linesOf(answer)).toEqual(['withheld[0].path not-withholdable']);
    }
    const absent = await ledger.post('sites/pit/batches', { ...extracted('x'), ...of('/origin/feedstock') });
    expect(linesOf(absent)).toEqual(['withheld[0].path malformed']);
    const wrong = await ledger.post('sites/pit/labels', {
      batchId: 'x',
      labelId: 'y',
      standard: 'z',
      carrier: 'qr',
      value: 7,
      ...of('/value'),
    });
    expect(linesOf(wrong)).toEqual(['value not-a-text']);
  });

  it('of a refused command leave no trace', async () => {
    const disposal = {
      batchId: 'nowhere',
      grossGrams: 1,
      reason: SECRETS.reason,
      withheld: [{ path: '/reason', ...basis }],
    };
    expect(codeOf(await ledger.post('sites/pit/disposals', disposal))).toBe('batch-not-here');
    expect(readFileSync(join(ledger.folder, 'disclosures.db')).includes(SECRETS.reason)).toBe(false);
  });

  it('are signed as commitments that the client makes', async () => {
    const seed = randomBytes(32);
    await ledger.record('organisations/wombat/signing-keys', signingKeyOf(ledger, 'wombat', 'w', seed));
    const salt = randomBytes(16);
    const commitment = Buffer.from(commit('ferry-BILBY', salt)).toString('hex');
    const entry = { path: '/value', ...basis };
    const label = { batchId: 'ore-2', labelId: 'l-2', standard: 'gs1-128', carrier: 'print' };
    await ledger.record('sites/pit/batches', extracted('ore-2'));
    const signed = { ...label, value: { commitment }, withheld: [entry] };
    const command = { command: 'labels', site: 'pit', body: signed };
    const jws = signatureFor(ledger, 'wombat', command, { keyId: 'w', seed });
    const body = { ...signed, withheld: [{ ...entry, salt: encodeBase64Url(salt), value: 'ferry-BILBY' }] };
    const plain = await ledger.post(
      'sites/pit/labels',
      { ...label, value: 'ferry-BILBY', withheld: [entry] },
      { 'lodebook-signature': jws },
    );
    expect(linesOf(plain)).toEqual(['withheld[0].salt commitment-malformed']);
    const other = { ...signed, withheld: [{ ...entry, salt: encodeBase64Url(salt), value: 'ferry-DUNNART' }] };
    expect(linesOf(await ledger.post('sites/pit/labels', other, { 'lodebook-signature': jws }))).toEqual([
      'withheld[0].salt commitment-mismatch',
    ]);
    const answer = await ledger.post('sites/pit/labels', body, { 'lodebook-signature': jws });
    expect(answer.status).toBe(201);
    const request = { library: ledger.ledger.programmes, now: new Date().toISOString() };
    const report = await replay(await storeSource(ledger.ledger.store, undefined, undefined), request);
    expect(report.signatures).toEqual({ verified: 1, counts: {}, findings: [] });
  });

  it('are in no file but those of the disclosures, in no answer to others and in no log line', async () => {
    const files = readdirSync(ledger.folder).filter((file) => !file.startsWith('disclosures'));
    expect(files).toEqual(expect.arrayContaining(['ledger.db', 'views.db']));
    for (const secret of Object.values(SECRETS)) {
      const holding = files.filter((file) => readFileSync(join(ledger.folder, file)).includes(secret));
      expect(holding).toEqual([]);
    }
    const paths = ['batches/ore', 'batches/ore/provenance', 'batches', 'sites/works/holdings', 'sites/works/shipments'];
    for (const path of paths) {
      const { status, body } = await read(other, path);
      expect(status).toBe(200);
      for (const secret of [SECRETS.transport, SECRETS.label]) expect(JSON.stringify(body)).not.toContain(secret);
    }
  });

  it('can be erased by their organisation, and every proof and digest stays the same', async () => {
    const request = { library: ledger.ledger.programmes, now: new Date().toISOString() };
    const until = String(ledger.ledger.projector.logSize - 1);
    const digest = async (): Promise<string> =>
      (await replay(await storeSource(ledger.ledger.store, undefined, undefined), { ...request, until })).digest;
    const before = await digest();
    const path = `disclosures/${events['dispatch']!}`;
    expect((await as(other, 'DELETE', path)).status).toBe(404);
    const erased = await as(own, 'DELETE', path);
    expect(erased.status).toBe(200);
    expect((erased.body['events'] as unknown as object[])[0]).toMatchObject({ type: 'DisclosuresErased' });
    expect((await read(regulator, path)).status).toBe(404);
    expect((await as(own, 'DELETE', path)).status).toBe(404);
    for (const file of readdirSync(ledger.folder)) {
      expect([file, readFileSync(join(ledger.folder, file)).includes(SECRETS.transport)]).toEqual([file, false]);
    }
    expect(await digest()).toBe(before);
    const proof = await ledger.get(
      `audit/proofs/inclusion?eventId=${events['dispatch']!}`,
      String(await ledger.ledger.store.head()),
    );
    expect(proof.status).toBe(200);
  });
});

describe('a ledger that withholds', () => {
  it('writes nothing withheld to its log, whatever goes wrong', async () => {
    const first = await RunningLedger.start();
    await openTwoSites(first);
    await first.stop();
    let log = '';
    const configuration = readConfiguration({ LODEBOOK_DATA: first.folder, LODEBOOK_ADMIN_KEY: ADMINISTRATOR_KEY });
    const ledger = await openLedger(
      configuration,
      pino({ level: 'trace' }, { write: (line: string) => void (log += line) }),
    );
    const server = await serve(ledger, { host: '127.0.0.1', port: 0 });
    const post = async (body: object): Promise<string> =>
      (
        await fetch(`${server.url}/v1/sites/pit/labels`, {
          method: 'POST',
          headers: { authorization: `Bearer ${server.operatorToken}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).text();
    const label = {
      batchId: 'none',
      labelId: 'l',
      standard: 's',
      carrier: 'qr',
      value: SECRETS.label,
      withheld: [{ path: '/value', ...basis }],
    };
    const answers = [
      await post(label),
      await post({ ...label, carrier: 'pigeon' }),
      await post({ ...label, value: [SECRETS.label] }),
    ];
    await server.close();
    await ledger.close();
    expect(answers.map((answer) => answer.includes('urn:lodebook:problem'))).toEqual([true, true, true]);
    expect(`${answers.join('')}${log}`).not.toContain('WOBBEGONG');
    expect(log).toContain('answered');
    await rm(first.folder, { recursive: true, force: true });
  });
});
