import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bearer, RunningLedger, type Json } from '../harness/running-ledger.js';

const SECOND_LAW = '2031-09-01T00:00:00.000Z';

interface Part {
  readonly category?: string;
  readonly products: number;
  readonly notPlaced: number;
  readonly rulesAt: string;
  readonly verdict: string;
  readonly placed?: Json;
  readonly claims: { claim: string; mineral?: string; verdict: string; act?: string; lower?: string }[];
  readonly reasons: { because: string; batchId?: string; eventIds: string[] }[];
  readonly explanations: { sentence: string }[];
}
interface ModelYear {
  readonly products: number;
  readonly complete: boolean;
  readonly verdict?: string;
  readonly whatIf?: Json;
  readonly shares: { mineral: string; lower: string; upper: string; milligrams: number; classes: Json[] }[];
  readonly parts?: Part[];
}

/** A recycler recovers cobalt from collected waste; a plant mixes it with cobalt of unknown origin and makes packs of a model. */
describe('the recycled content of a model', () => {
  let ledger: RunningLedger;
  let position: string;
  const keys = new Map<string, string>();

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    for (const [organisationId, role] of [
      ['maker', 'battery-maker'],
      ['works', 'recycler'],
      ['customer', 'trader'],
      ['stranger', 'trader'],
      ['office', 'regulator'],
    ]) {
      await ledger.record('organisations', { organisationId, name: organisationId, country: 'DE', roles: [role] });
      keys.set(
        organisationId!,
        await ledger.issueKey(organisationId!, role === 'regulator' ? 'regulator' : 'custodian'),
      );
    }
    for (const [organisation, siteId, activities] of [
      ['maker', 'plant', ['battery', 'cathode']],
      ['works', 'shredder', ['recycling']],
      ['customer', 'yard', ['storage']],
    ] as const) {
      const site = { siteId, name: siteId, country: 'DE', activities };
      await ledger.record(`organisations/${organisation}/sites`, site);
    }
    await at('works', 'sites/shredder/batches', {
      ...{
        occurredAt: '2026-01-01T08:00:00.000Z',
        batchId: 'old',
        material: 'end-of-life-batteries',
        grossGrams: 10_000_000,
      },
      ...{ contentGrams: { cobalt: 400_000 }, origin: { kind: 'end-of-life' } },
    });
    await at('works', 'sites/shredder/transformations', {
      ...{ occurredAt: '2026-01-02T08:00:00.000Z', transformationId: 'recover', process: 'recycling' },
      ...{ chainOfCustody: 'controlled-blending', inputs: [{ batchId: 'old', grossGrams: 10_000_000 }] },
      outputs: [
        {
          batchId: 'salt',
          material: 'cobalt-sulphate-heptahydrate',
          grossGrams: 2_000_000,
          contentGrams: { cobalt: 400_000 },
        },
      ],
    });
    await at('works', 'sites/shredder/dispatches', {
      ...{ occurredAt: '2026-01-03T08:00:00.000Z', shipmentId: 'salt-1', consigneeSiteId: 'plant', batchIds: ['salt'] },
    });
    await at('maker', 'sites/plant/receipts', {
      ...{ occurredAt: '2026-01-04T08:00:00.000Z', shipmentId: 'salt-1' },
      batches: [{ batchId: 'salt', grossGrams: 2_000_000, labels: [] }],
    });
    await at('maker', 'sites/plant/batches', {
      ...{ occurredAt: '2026-01-04T08:00:00.000Z', batchId: 'bought', material: 'cells', grossGrams: 20_000_000 },
      ...{ contentGrams: { cobalt: 1_600_000, lithium: 800_000 }, origin: { kind: 'undocumented' } },
    });
    await run('first', ['p-1', 'p-2', 'p-3', 'p-4'], 200_000, '2026-01-10T08:00:00.000Z');
    for (const [productId, date] of [
      ['p-1', '2026-01-31'],
      ['p-2', '2026-02-01'],
    ])
      await at('maker', 'sites/plant/placements', { productId, date, country: 'FR' });
    await at('maker', 'sites/plant/dispatches', {
      ...{ occurredAt: '2026-02-02T08:00:00.000Z', shipmentId: 'sold', consigneeSiteId: 'yard', batchIds: ['p-3'] },
    });
    position = await at('customer', 'sites/yard/receipts', {
      ...{ occurredAt: '2026-02-03T08:00:00.000Z', shipmentId: 'sold' },
      batches: [{ batchId: 'p-3', grossGrams: 100_000, labels: [] }],
    });
  });
  afterAll(() => ledger.dispose());

  const at = (who: string, path: string, body: object): Promise<string> =>
    ledger.record(path, body, bearer(keys.get(who)!));
  const run = (runId: string, productIds: string[], grams: number, occurredAt: string): Promise<string> =>
    at('maker', 'sites/plant/product-runs', {
      ...{ occurredAt, runId, productIds, kind: 'battery', model: 'P 60/x', category: 'ev', capacityWh: 60_000 },
      inputs: ['salt', 'bought'].map((batchId) => ({ batchId, grossGrams: grams })),
    });
  const get = (who: string, query: string, model = 'P 60/x'): ReturnType<RunningLedger['request']> =>
    ledger.request('GET', `/v1/models/${encodeURIComponent(model)}/recycled-content?${query}`, undefined, {
      ...bearer(keys.get(who)!),
      'ledger-position': position,
    });
  const asked = async (who: string, query: string): Promise<ModelYear> => {
    const { status, body } = await get(who, query);
    expect([query, status]).toEqual([query, 200]);
    return body as unknown as ModelYear;
  };

  it('covers all that left the plant in the year, with two bounds for each class', async () => {
    for (const who of ['maker', 'office']) {
      const { products, complete, shares, ...rest } = await asked(who, 'plant=plant&year=2026');
      expect([products, complete]).toEqual([3, true]);
      const [cobalt, lithium] = shares;
      // 200 kg of each go into four packs: 40 kg of cobalt recovered, 16 kg of unknown origin.
      expect(cobalt).toMatchObject({ mineral: 'cobalt', milligrams: 42_000_000, lower: '0.000000', upper: '1.000000' });
      expect(cobalt!.classes).toEqual([
        { class: 'post-consumer', lower: '0.000000', upper: '0.714286', milligrams: 30_000_000 },
        { class: 'undeclared', lower: '0.000000', upper: '0.285714', milligrams: 12_000_000 },
      ]);
      expect(lithium).toMatchObject({ mineral: 'lithium', lower: '0.000000', upper: '1.000000' });
      expect(rest).toMatchObject({ model: 'P 60/x', plantSiteId: 'plant', year: 2026 });
    }
  });

  it('is judged under the law of the day of placing on the market, which awaits an act', async () => {
    const { verdict, parts, whatIf } = await asked('maker', 'plant=plant&year=2026');
    expect([verdict, whatIf]).toEqual(['not-in-force', undefined]);
    expect(parts).toMatchObject([
      {
        ...{ category: 'ev', products: 3, notPlaced: 1, rulesAt: '2026-01-31T00:00:00.000Z', verdict: 'not-in-force' },
        placed: { first: '2026-01-31', last: '2026-02-01' },
      },
    ]);
  });

  it('is judged under another law as a hypothesis, which the answer marks', async () => {
    const { verdict, parts, whatIf } = await asked('office', `plant=plant&year=2026&rulesAt=${SECOND_LAW}`);
    expect([verdict, whatIf]).toEqual(['unproven', { rulesAt: SECOND_LAW }]);
    const [part] = parts!;
    const lines = part!.claims.filter(({ claim }) => claim === 'recycled-content');
    expect(lines).toMatchObject([
      { mineral: 'cobalt', verdict: 'unproven', threshold: '0.160000', recycledGrams: 0, totalGrams: 42_000 },
      { mineral: 'lithium', verdict: 'unproven', threshold: '0.060000' },
      ...[{ mineral: 'nickel' }, { mineral: 'graphite' }, { mineral: 'manganese' }, { mineral: 'lead' }].map(
        (each) => ({
          ...each,
          verdict: 'out-of-scope',
        }),
      ),
    ]);
    const documented = part!.claims.find(({ claim }) => claim === 'documented');
    expect(documented).toMatchObject({ verdict: 'undetermined', act: expect.stringContaining('Art. 8(1)') });
    expect(part!.reasons.map(({ because }) => because)).toContain('not-vouched');
    expect(JSON.stringify(part)).not.toContain('model-year"');
    expect(part!.explanations.length).toBeGreaterThan(0);
  });

  it('is proven as far as an attestation covers the recycler', async () => {
    await ledger.record('organisations', { organisationId: 'auditor', name: 'A', country: 'DE', roles: ['attestor'] });
    const scheme = { scheme: 'iso-59014', from: '2025-01-01T00:00:00.000Z', occurredAt: '2025-01-01T00:00:00.000Z' };
    const schemes = await ledger.get('attestation-schemes');
    const covering = (schemes.body['items'] as unknown as { id: string; covers: string[]; assurance: string }[]).find(
      ({ covers, assurance }) =>
        covers.includes('site-facts') && covers.includes('recovered-origin') && assurance === 'third-party',
    )!;
    await ledger.record('organisations/auditor/accreditations', { ...scheme, scheme: covering.id });
    position = await ledger.record('attestations', {
      ...{ attestationId: 'a', scheme: covering.id, siteId: 'shredder', rights: ['site-facts', 'recovered-origin'] },
      ...{ validFrom: '2026-01-01', validUntil: '2026-06-30', issuerOrganisationId: 'auditor' },
      ...{ documentSha256: 'd'.repeat(64), occurredAt: '2026-01-01T00:00:00.000Z' },
    });
    const { shares, parts } = await asked('maker', `plant=plant&year=2026&rulesAt=${SECOND_LAW}`);
    expect(shares[0]).toMatchObject({ mineral: 'cobalt', lower: '0.714286', upper: '1.000000' });
    const cobalt = parts![0]!.claims.find(({ claim, mineral }) => claim === 'recycled-content' && mineral === 'cobalt');
    expect(cobalt).toMatchObject({ verdict: 'holds', lower: '0.714286' });
  });

  it('covers for a customer the products that it sees, without a verdict', async () => {
    const answer = await asked('customer', 'plant=plant&year=2026');
    expect(answer).toMatchObject({ products: 1, complete: false });
    expect(answer).not.toHaveProperty('verdict');
    expect(answer).not.toHaveProperty('parts');
    expect(answer.shares[0]).toMatchObject({ mineral: 'cobalt', milligrams: 14_000_000 });
  });

  it('is not found by those who do not know the plant, or for other models and sites, and is empty in other years', async () => {
    const hidden = await get('stranger', 'plant=plant&year=2026');
    const absent = await get('stranger', 'plant=plant&year=2026', 'P 60/y');
    expect([hidden.status, absent.status]).toEqual([404, 404]);
    expect(JSON.stringify(hidden.body)).toBe(JSON.stringify(absent.body).replaceAll('P 60/y', 'P 60/x'));
    expect((await get('works', 'plant=plant&year=2026')).status).toBe(404);
    expect((await get('office', 'plant=yard&year=2026')).status).toBe(404);
    const none = { products: 0, shares: [], verdict: 'out-of-scope', parts: [] };
    expect(await asked('maker', 'plant=plant&year=2025')).toMatchObject(none);
  });

  it.each([
    ['year=2026', 'plant'],
    ['plant=plant', 'year'],
    ['plant=plant&year=26', 'year'],
    ['plant=plant&year=2026&rulesAt=soon', 'rulesAt'],
    ['plant=plant&year=2026&category=ev', 'category'],
  ])('refuses %s', async (query, path) => {
    const { status, body } = await get('maker', query);
    expect([status, body['type']]).toEqual([400, 'urn:lodebook:problem:invalid-request']);
    expect(body['errors']).toMatchObject([{ path: expect.stringContaining(path) }]);
  });
});
