import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsck } from '#audit';
import { ENTRY, run } from '../harness/cli.js';
import { bearer, RunningLedger, type Answer, type Json } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

/** Latin and Cyrillic; they look the same. */
const LATIN = 'scope-a';
const CYRILLIC = '\u0455\u0441\u043e\u0440\u0435-\u0430';

const scrap = (batchId: string): Record<string, unknown> => ({
  ...extracted(batchId),
  material: 'end-of-life-batteries',
  origin: { kind: 'end-of-life' },
});

describe('an id that looks like another organisation’s', () => {
  let ledger: RunningLedger;
  let custodian: string;
  let position: string | null;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
    custodian = await ledger.issueKey('hokuto', 'custodian');
    await caughtUpWith(await ledger.record('sites/pit/batches', extracted(LATIN)));
  });
  afterAll(() => ledger.dispose());

  async function caughtUpWith(at: string | null): Promise<void> {
    position = at;
    expect((await ledger.get('audit/confusable-ids', at)).status).toBe(200);
  }
  /** Posts, and waits for the read model, so that the answer to the next command takes it into account. */
  async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await ledger.post(path, body, headers);
    expect([path, answer.status]).toEqual([path, 201]);
    await caughtUpWith(answer.headers.get('ledger-position'));
    return answer;
  }
  const warned = (path: string, kind: string): object[] => [
    { code: 'confusable-id', path, message: `looks like the ${kind} id of another organisation` },
  ];
  async function pairs(query = ''): Promise<Json> {
    return (await ledger.get(`audit/confusable-ids${query}`, position)).body;
  }

  it('is recorded all the same, and the answer warns without naming the other id', async () => {
    const answer = await post('sites/works/batches', scrap(CYRILLIC), bearer(custodian));
    expect(answer.body['warnings']).toEqual(warned('batchId', 'batch'));
    expect(JSON.stringify(answer.body)).not.toContain(LATIN);
    expect(JSON.stringify(answer.body)).not.toContain('wombat');
    expect((await ledger.get(`batches/${encodeURIComponent(CYRILLIC)}`, position)).status).toBe(200);
  });

  it('is warned of again when the command is sent again', async () => {
    const headers = { ...bearer(custodian), 'idempotency-key': 'again' };
    const first = await post('sites/works/batches', scrap('\u0455cope-a'), headers);
    const again = await post('sites/works/batches', scrap('\u0455cope-a'), headers);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  it('causes no warning within one organisation, between ids of different kinds, or when nothing looks alike', async () => {
    for (const batchId of ['same-a', 'same-\u0430', 'plain', 'wornbat']) {
      expect((await post('sites/pit/batches', extracted(batchId))).body).toEqual({ events: [expect.anything()] });
    }
  });

  it('is found for every kind of id, at its place in the body', async () => {
    const organisation = { name: 'X', country: 'JP', roles: ['refiner', 'attestor'] };
    const registered = await post('organisations', { organisationId: 'h\u043ekuto', ...organisation });
    expect(registered.body['warnings']).toEqual(warned('organisationId', 'organisation'));
    const site = { siteId: 'w\u043erks', name: 'X', country: 'JP', activities: ['refining'] };
    expect((await post('organisations/h\u043ekuto/sites', site)).body['warnings']).toEqual(warned('siteId', 'site'));
    const transformed = await post('sites/works/transformations', {
      transformationId: 't-1',
      process: 'leaching',
      chainOfCustody: 'segregated',
      inputs: [{ batchId: CYRILLIC, grossGrams: 1_000_000 }],
      outputs: [
        { batchId: 'unlike', material: 'polymetallic-concentrate', grossGrams: 9, contentGrams: { lithium: 1 } },
        { batchId: 'p1ain', material: 'polymetallic-concentrate', grossGrams: 9, contentGrams: { lithium: 1 } },
      ],
      occurredAt: AT(4),
    });
    expect(transformed.body['warnings']).toEqual(warned('outputs[1].batchId', 'batch'));
    const dispatch = (shipmentId: string, batchId: string, consigneeSiteId: string): object => ({
      shipmentId,
      batchIds: [batchId],
      consigneeSiteId,
      occurredAt: AT(5),
    });
    await post('sites/works/dispatches', dispatch('ship', 'unlike', 'pit'));
    const shipped = await post('sites/pit/dispatches', dispatch('sh\u0456p', LATIN, 'works'));
    expect(shipped.body['warnings']).toEqual(warned('shipmentId', 'shipment'));
    const received = {
      shipmentId: 'sh\u0456p',
      batches: [{ batchId: LATIN, grossGrams: 1_000_000 }],
      occurredAt: AT(6),
    };
    expect((await post('sites/works/receipts', received)).body['warnings']).toBeUndefined();
    const concern = { siteId: 'pit', rights: ['child-labour'], source: 'worker', occurredAt: AT(7) };
    await post('concerns', { concernId: 'case', ...concern }, bearer(custodian));
    const raised = await post('concerns', { concernId: 'c\u0430se', ...concern });
    expect(raised.body['warnings']).toEqual(warned('concernId', 'concern'));
    for (const [issuer, attestationId] of [
      ['hokuto2', 'att'],
      ['h\u043ekuto', '\u0430tt'],
    ] as const) {
      if (issuer === 'hokuto2') await post('organisations', { organisationId: issuer, ...organisation });
      await post(`organisations/${encodeURIComponent(issuer)}/accreditations`, { scheme: 'rmap', from: AT(1) });
      const validity = { validFrom: AT(1), validUntil: AT(9), documentSha256: 'e'.repeat(64), occurredAt: AT(9) };
      const attestation = { attestationId, scheme: 'rmap', siteId: 'pit', rights: ['child-labour'], ...validity };
      const answer = await post('attestations', { ...attestation, issuerOrganisationId: issuer });
      const expected = attestationId === 'att' ? undefined : warned('attestationId', 'attestation');
      expect(answer.body['warnings']).toEqual(expected);
    }
  });

  it('is warned of on the lines of a stream and of an import', async () => {
    const line = (batchId: string): string => JSON.stringify({ command: 'batches', body: scrap(batchId) });
    const answer = await fetch(`${ledger.url}/v1/sites/works/commands`, {
      method: 'POST',
      headers: { ...bearer(custodian), 'content-type': 'application/x-ndjson' },
      body: [line('other'), line('sc\u043epe-a')].join('\n'),
    });
    const [first, second] = (await answer.text())
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as object);
    expect(first).toEqual({ events: [expect.anything()] });
    expect(second).toEqual({ events: [expect.anything()], warnings: warned('batchId', 'batch') });
    const file = join(ledger.folder, 'lines.ndjson');
    const lines = ['unlike-2', 'sco\u0440e-a'].map((batchId) =>
      JSON.stringify({ site: 'works', command: 'batches', body: scrap(batchId) }),
    );
    writeFileSync(file, lines.join('\n'));
    const imported = await run(['import', file, '--url', ledger.url, '--key', custodian, '--json'], {}, ENTRY);
    const outcome = {
      recorded: 2,
      thereAlready: 0,
      refused: [],
      warned: [{ line: 2, warnings: warned('batchId', 'batch') }],
    };
    expect([imported.code, JSON.parse(imported.stdout)]).toEqual([0, outcome]);
    expect(imported.stderr).toContain('line 2: recorded, but batchId looks like the batch id of another organisation');
  });

  it('is listed with the id that it resembles, for regulators only', async () => {
    const { items } = await pairs('?limit=1000');
    const listed = items as unknown as { kind: string; id: string; logIndex: number }[];
    expect(listed).toContainEqual({
      kind: 'batch',
      id: CYRILLIC,
      organisationId: 'hokuto',
      logIndex: expect.any(Number),
      looksLike: { id: LATIN, organisationId: 'wombat', logIndex: expect.any(Number) },
    });
    const kinds = ['attestation', 'batch', 'concern', 'organisation', 'shipment', 'site'];
    expect([...new Set(listed.map(({ kind }) => kind))].sort()).toEqual(kinds);
    expect(listed.map(({ logIndex }) => logIndex)).toEqual(
      listed.map(({ logIndex }) => logIndex).sort((a, b) => b - a),
    );
    const found: string[] = [];
    for (let query: string | undefined = '?limit=2'; query !== undefined;) {
      const page: Json = await pairs(query);
      found.push(...(page['items'] as unknown as { id: string }[]).map(({ id }) => id));
      const next = page['next'] as unknown as string | null;
      query = next === null ? undefined : `?limit=2&cursor=${next}`;
    }
    expect(found).toEqual(listed.map(({ id }) => id));
    expect((await ledger.request('GET', '/v1/audit/confusable-ids', undefined, bearer(custodian))).status).toBe(403);
  });

  it('is in tables that can be rebuilt from the log', async () => {
    await ledger.ledger.audit.signedSize(BigInt(ledger.ledger.projector.logSize));
    const report = await fsck({
      configuration: { eventStoreUrl: 'sqlite:', dataFolder: ledger.folder },
      library: ledger.ledger.programmes,
      now: new Date().toISOString(),
    });
    expect(report.findings).toEqual([]);
  });
});
