import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bearer, RunningLedger } from '../harness/running-ledger.js';

const GTIN = '09521234543213';
const PACK = `https://id.gs1.org/01/${GTIN}/21/PK-1`;
const VIN = '1GBPK60E0TB000001';
const RUN = 10_000;

describe('products', () => {
  let ledger: RunningLedger;
  let position: string;
  const keys = new Map<string, string>();

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    for (const [organisationId, role] of [
      ['maker', 'battery-maker'],
      ['works', 'recycler'],
      ['stranger', 'trader'],
    ]) {
      await ledger.record('organisations', { organisationId, name: organisationId, country: 'DE', roles: [role] });
      keys.set(organisationId!, await ledger.issueKey(organisationId!, 'custodian'));
    }
    const open = (organisation: string, siteId: string, activities: string[]): Promise<string> =>
      ledger.record(`organisations/${organisation}/sites`, { siteId, name: siteId, country: 'DE', activities });
    await open('maker', 'plant', ['battery']);
    await open('works', 'shredder', ['recycling']);
    await at('maker', 'sites/plant/batches', {
      occurredAt: '2026-01-01T08:00:00.000Z',
      batchId: 'cells',
      material: 'cells',
      grossGrams: 10_000_000,
      contentGrams: { cobalt: 400_000, lithium: 200_000 },
      origin: { kind: 'undocumented' },
    });
    const pack = { kind: 'battery', model: 'P-60', category: 'ev', capacityWh: 60_000 };
    await at('maker', 'sites/plant/product-runs', {
      occurredAt: '2026-01-30T08:00:00.000Z',
      runId: 'run',
      productIds: [PACK, VIN],
      ...pack,
      grossGrams: 300_000,
      inputs: [{ batchId: 'cells', grossGrams: 200_000 }],
    });
    await at('maker', 'sites/plant/placements', { productId: VIN, date: '2026-01-31', country: 'FR', by: 'Maker SA' });
    position = await at('works', 'sites/shredder/takebacks', { productId: VIN, reason: 'crash' });
  });
  afterAll(() => ledger.dispose());

  const at = (who: string, path: string, body: object): Promise<string> =>
    ledger.record(path, body, bearer(keys.get(who)!));
  const get = (who: string, path: string): ReturnType<RunningLedger['request']> =>
    ledger.request('GET', path, undefined, { ...bearer(keys.get(who)!), 'ledger-position': position });
  const product = (who: string, id: string): ReturnType<RunningLedger['request']> =>
    get(who, `/v1/products/${encodeURIComponent(id)}`);

  it.each([PACK, `01/${GTIN}/21/PK-1`, `https://maker.example/p/01/${GTIN}/21/PK-1?x=1`, `(01)${GTIN}(21)PK-1`])(
    'are found by every form of their id: %s',
    async (form) => {
      const { status, body } = await product('maker', form);
      expect([status, body['batchId'], body['status']]).toEqual([200, PACK, 'at-site']);
    },
  );

  it('show what they are, what is in them, where they were placed on the market and that they came back', async () => {
    const { status, body } = await product('works', VIN);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      batchId: VIN,
      material: 'battery',
      status: 'at-site',
      siteId: 'shredder',
      grossGrams: 300_000,
      contentGrams: { cobalt: 4_000, lithium: 2_000 },
      product: {
        kind: 'battery',
        category: 'ev',
        capacityWh: 60_000,
        placedOnMarket: { date: '2026-01-31', country: 'FR' },
      },
    });
    expect((await product('maker', VIN)).body).toMatchObject({
      product: { model: 'P-60', plantSiteId: 'plant', placedOnMarket: { by: 'Maker SA', siteId: 'plant' } },
    });
  });

  it('are shown to those who have or had them, and to nobody else; a batch is no product', async () => {
    const hidden = await product('stranger', VIN);
    const absent = await product('stranger', '1GBPK60E0TB999999');
    expect([hidden.status, absent.status]).toEqual([404, 404]);
    expect(JSON.stringify(hidden.body)).toBe(JSON.stringify(absent.body).replaceAll('1GBPK60E0TB999999', VIN));
    expect((await product('works', PACK)).status).toBe(404);
    expect((await product('maker', 'cells')).status).toBe(404);
  });

  it('show the company that takes them back no name of the maker, which it does not deal with', async () => {
    const { body } = await product('works', VIN);
    const text = JSON.stringify(body);
    for (const secret of ['P-60', 'Maker SA', 'plant"']) expect(text).not.toContain(secret);
  });

  it('are found by part of a VIN or a GTIN', async () => {
    for (const [part, id] of [
      ['0TB0000', VIN],
      ['9521234543213', PACK],
    ] as const) {
      const { body } = await get('maker', `/v1/search?q=${part}`);
      expect((body['items'] as unknown as { id: string }[]).map((item) => item.id)).toEqual([id]);
    }
  });

  it('have provenance, claims, evidence and history, as batches do, by every form of their id', async () => {
    const canonical = encodeURIComponent(PACK);
    const printed = encodeURIComponent(`(01)${GTIN}(21)PK-1`);
    const history = await get('maker', `/v1/batches/${canonical}/history`);
    const [{ logIndex }] = history.body['items'] as unknown as [{ logIndex: number }];
    for (const door of [
      'provenance?depth=3',
      `provenance?direction=downstream&knownAt=${logIndex}`,
      'claims?programme=us-japan-cma-2023&validAt=2026-02-01T00:00:00.000Z&restsOn=true',
      'claims?programme=eu-battery-2023-1542&validAt=2026-02-01T00:00:00.000Z',
    ]) {
      const ofProduct = await get('maker', `/v1/products/${printed}/${door}`);
      expect([door, ofProduct.status]).toEqual([door, 200]);
      expect(ofProduct.body).toEqual((await get('maker', `/v1/batches/${canonical}/${door}`)).body);
    }
    const evidence = await fetch(`${ledger.url}/v1/products/${printed}/evidence?programme=us-japan-cma-2023`, {
      headers: { ...bearer(keys.get('maker')!), 'ledger-position': position },
    });
    expect([evidence.status, evidence.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    const [head] = (await evidence.text()).split('\n');
    expect(head).toContain(PACK);
  });

  it('are judged under the law of the day on which they were placed on the market', async () => {
    const { body } = await get('maker', `/v1/products/${VIN}/claims?programme=eu-battery-2023-1542`);
    expect(body).toMatchObject({ batchId: VIN, rulesAt: '2026-01-31T00:00:00.000Z' });
    expect(body).not.toHaveProperty('whatIf');
  });

  it('have another category or market day only as a hypothesis that the answer marks', async () => {
    const eu = 'claims?programme=eu-battery-2023-1542';
    const passport = async (path: string) => {
      const { body } = await get('maker', path);
      const lines = body['claims'] as unknown as { document?: string; verdict: string; indicative?: true }[];
      return [body['whatIf'], lines.filter(({ document }) => document === 'battery-passport')];
    };
    const later = '2027-03-01T00:00:00.000Z';
    expect(await passport(`/v1/products/${VIN}/${eu}&rulesAt=${later}`)).toMatchObject([
      { rulesAt: later },
      [{ verdict: 'unproven', indicative: true }],
    ]);
    expect(await passport(`/v1/products/${VIN}/${eu}&batteryCategory=portable`)).toMatchObject([
      { batteryCategory: 'portable' },
      [{ verdict: 'not-in-force' }],
    ]);
    expect(await passport(`/v1/products/${VIN}/${eu}&batteryCategory=ev`)).toMatchObject([
      undefined,
      [{ verdict: 'not-in-force' }],
    ]);
    const asBattery = `/v1/batches/cells/${eu}&batteryCategory=ev&rulesAt=2031-09-01T00:00:00.000Z`;
    for (const [path, line] of [
      [asBattery, { verdict: 'out-of-scope' }],
      [`${asBattery}&indicative=true`, { verdict: 'unproven', indicative: true }],
    ] as const) {
      const { body } = await get('maker', path);
      expect(body['whatIf']).toEqual({ batteryCategory: 'ev' });
      const lines = body['claims'] as unknown as { claim: string; mineral?: string }[];
      expect(lines.find((each) => each.claim === 'recycled-content' && each.mineral === 'cobalt')).toMatchObject(line);
    }
  });

  it.each(['claims?programme=us-japan-cma-2023', 'provenance', 'evidence'])(
    'are not found by strangers, before they were made, or by the id of a batch: %s',
    async (door) => {
      const path = (id: string): string => `/v1/products/${encodeURIComponent(id)}/${door}`;
      const hidden = await get('stranger', path(VIN));
      const absent = await get('stranger', path('1GBPK60E0TB999999'));
      expect([hidden.status, absent.status]).toEqual([404, 404]);
      expect(JSON.stringify(hidden.body)).toBe(JSON.stringify(absent.body).replaceAll('1GBPK60E0TB999999', VIN));
      for (const id of ['cells', `01/09521234543210/21/PK-1`]) {
        expect([id, (await get('maker', path(id))).status]).toEqual([id, 404]);
      }
      const earlier = `${path(VIN)}${door.includes('?') ? '&' : '?'}validAt=2025-01-01T00:00:00.000Z`;
      expect((await get('maker', earlier)).status).toBe(404);
      const wrong = await get('maker', `${path(VIN)}${door.includes('?') ? '&' : '?'}marketDate=2026-01-01`);
      expect([wrong.status, wrong.body['type']]).toEqual([400, 'urn:lodebook:problem:invalid-request']);
    },
  );

  describe('have a passport', () => {
    interface Section {
      readonly basis: string;
      readonly annex: string;
      readonly eventIds?: string[];
      readonly claims?: { claim: string; citation: string; verdict: string }[];
    }
    type Passport = Record<string, Section>;
    const passport = (who: string, id: string, more = ''): ReturnType<RunningLedger['request']> =>
      get(who, `/v1/products/${encodeURIComponent(id)}/passport${more}`);

    it('with what was recorded, computed and declared, each with its events, and what is not known', async () => {
      const { status, body } = await passport('maker', VIN);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        productId: VIN,
        programme: 'eu-battery-2023-1542@1',
        rulesAt: '2026-01-31T00:00:00.000Z',
        identity: {
          ...{ basis: 'recorded', material: 'battery', grossGrams: 300_000, status: 'original', onMarket: false },
          product: { model: 'P-60', category: 'ev', plantSiteId: 'plant', capacityWh: 60_000 },
        },
        composition: {
          ...{ basis: 'computed', contentKnown: true, contentGrams: { cobalt: 4_000, lithium: 2_000 } },
          composition: { cobalt: [{ country: 'ZZ', class: 'undeclared', milligrams: 4_000_000 }] },
        },
        recycledContent: {
          basis: 'computed',
          judgedIn: '/v1/models/P-60/recycled-content?plant=plant&year=2026',
          shares: [
            { mineral: 'cobalt', lower: '0.000000', upper: '1.000000', classes: [{ class: 'undeclared' }] },
            { mineral: 'lithium', lower: '0.000000', upper: '1.000000' },
          ],
        },
        declaredRecycledContent: { basis: 'not-known', shares: [] },
        carbonFootprint: { basis: 'not-known', documents: [] },
        marks: { basis: 'recorded', labels: [] },
      });
      const sections = body as unknown as Passport;
      expect(sections['identity']!.eventIds).toHaveLength(3);
      for (const eventId of sections['identity']!.eventIds!)
        expect((await get('maker', `/v1/events/${eventId}`)).status).toBe(200);
      expect(sections['marks']!.claims!.map(({ citation }) => citation).join()).toContain('Art. 13(4)');
      expect(sections['responsibleSourcing']!.claims!.length).toBeGreaterThan(10);
      const notKnown = body['notKnown'] as unknown as { annex: string }[];
      expect(notKnown.map(({ annex }) => annex)).toContain('Annex XIII, 1(g)');
      expect((await get('maker', sections['recycledContent']!['judgedIn' as 'annex'])).status).toBe(200);
    });

    it('in which a declared share is shown as that and changes no computed one', async () => {
      const declared = { batchId: PACK, mineral: 'cobalt', share: '0.9', occurredAt: '2026-02-10T08:00:00.000Z' };
      const documents = [{ sha256: 'e'.repeat(64), kind: 'carbon-footprint' }];
      position = await at('maker', 'sites/plant/declarations', { ...declared, documents });
      const { body } = await passport('maker', PACK);
      expect(body).toMatchObject({
        declaredRecycledContent: { basis: 'declared', shares: [{ mineral: 'cobalt', share: '0.9' }] },
        recycledContent: { shares: [{ mineral: 'cobalt', lower: '0.000000', upper: '1.000000' }, {}] },
        carbonFootprint: { basis: 'declared', documents: [{ kind: 'carbon-footprint' }] },
      });
      expect(body['recycledContent'] as unknown as object).not.toHaveProperty('judgedIn');
      const before = await passport('maker', PACK, '?validAt=2026-02-01T00:00:00.000Z');
      expect(before.body).toMatchObject({ declaredRecycledContent: { basis: 'not-known' } });
    });

    it('that shows the company that takes them back no name of the maker, and strangers nothing', async () => {
      const { status, body } = await passport('works', VIN);
      expect(status).toBe(200);
      const text = JSON.stringify(body);
      for (const secret of ['P-60', 'Maker SA', '"plant"']) expect(text).not.toContain(secret);
      expect((await passport('stranger', VIN)).status).toBe(404);
      expect((await passport('maker', 'cells')).status).toBe(404);
      expect((await passport('maker', VIN, '?validAt=2025-01-01T00:00:00.000Z')).status).toBe(404);
      expect((await passport('maker', VIN, '?validAt=soon')).status).toBe(400);
      expect((await passport('maker', VIN, '?programme=eu')).status).toBe(400);
    });
  });

  it('of a run of ten thousand are recorded by one command', async () => {
    const productIds = Array.from({ length: RUN }, (_, index) => `2GBPK60E0TB${String(index).padStart(6, '0')}`);
    const inputs = [{ batchId: 'cells', grossGrams: 5_000_000 }];
    const run = { runId: 'many', productIds, kind: 'cell', model: 'C-1', inputs };
    const refused = await ledger.post('sites/plant/product-runs', run, bearer(keys.get('maker')!));
    expect([refused.status, refused.body['type']]).toEqual([422, 'urn:lodebook:problem:activity-mismatch']);
    position = await at('maker', 'sites/plant/product-runs', { ...run, kind: 'module' });
    const last = (): ReturnType<RunningLedger['request']> => product('maker', productIds[RUN - 1]!);
    let found = await last();
    for (let tries = 0; found.status === 503 && tries < 10; tries++) found = await last();
    expect(found.body).toMatchObject({ grossGrams: 500, contentGrams: { cobalt: 20, lithium: 10 } });
    const longer = { ...run, runId: 'more', productIds: [...productIds, 'x'] };
    const long = await ledger.post('sites/plant/product-runs', longer, bearer(keys.get('maker')!));
    expect([long.status, long.body['type']]).toEqual([400, 'urn:lodebook:problem:invalid-request']);
  });
});
