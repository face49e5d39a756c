import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningLedger } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

describe('a chain over HTTP', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
  });
  afterAll(() => ledger.dispose());

  it('answers a command with what was recorded, its revision and its position', async () => {
    const answer = await ledger.post('sites/pit/batches', extracted('b-answer'));
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      events: [
        {
          eventId: expect.any(String),
          type: 'BatchRegistered',
          stream: 'site-pit',
          revision: expect.stringMatching(/^\d+$/),
          position: expect.stringMatching(/^\d+$/),
        },
      ],
    });
    const [event] = answer.body['events'] as unknown as { revision: string; position: string }[];
    expect(answer.headers.get('etag')).toBe(`"${event!.revision}"`);
    expect(answer.headers.get('ledger-position')).toBe(event!.position);
  });

  it('follows a batch from the mine to the product', async () => {
    await ledger.record('sites/pit/batches', extracted('ore'));
    await ledger.record('sites/pit/labels', {
      batchId: 'ore',
      labelId: 'l-ore',
      standard: 'gs1-128',
      carrier: 'barcode',
      value: '(10)ore',
      occurredAt: AT(2, 9),
    });
    await ledger.record('sites/pit/splits', {
      batchId: 'ore',
      parts: [{ batchId: 'ore-a', grossGrams: 400_000 }],
      occurredAt: AT(3),
    });
    await ledger.record('sites/pit/dispatches', {
      shipmentId: 's-1',
      consigneeSiteId: 'works',
      batchIds: ['ore'],
      transport: 'sea',
      tradeTerms: { exportDuty: false, quantitativeRestriction: false },
      occurredAt: AT(4),
    });
    const inTransit = await ledger.get(
      'batches/ore',
      await ledger.record('sites/works/receipts', {
        shipmentId: 's-1',
        batches: [{ batchId: 'ore', grossGrams: 599_000, labels: [{ labelId: 'l-ore', condition: 'intact' }] }],
        occurredAt: AT(20),
      }),
    );
    expect(inTransit.body).toMatchObject({
      status: 'at-site',
      siteId: 'works',
      grossGrams: 599_000,
      contentGrams: { lithium: 16_772 },
      labels: [{ labelId: 'l-ore', standard: 'gs1-128', condition: 'intact' }],
    });
    expect(inTransit.body['composition']).toEqual({
      lithium: [{ country: 'AU', class: 'primary', milligrams: 16_772_000, grams: 16_772 }],
    });

    await ledger.record('sites/works/transformations', {
      transformationId: 't-1',
      process: 'conversion',
      chainOfCustody: 'segregated',
      inputs: [{ batchId: 'ore', grossGrams: 599_000 }],
      outputs: [
        {
          batchId: 'lioh',
          material: 'lithium-hydroxide-monohydrate',
          grossGrams: 90_000,
          contentGrams: { lithium: 14_800 },
        },
      ],
      reagentGrams: 100_000,
      occurredAt: AT(22),
    });
    const position = await ledger.record('sites/works/consumptions', {
      batchId: 'lioh',
      grossGrams: 40_000,
      productId: 'p-1',
      occurredAt: AT(23),
    });
    expect((await ledger.get('batches/lioh', position)).body).toMatchObject({
      grossGrams: 50_000,
      contentGrams: { lithium: 8_223 },
    });
    expect((await ledger.get('batches/ore', position)).body).toMatchObject({ status: 'spent', grossGrams: 0 });

    const provenance = (await ledger.get('batches/lioh/provenance?direction=upstream', position)).body as unknown as {
      batches: { batchId: string }[];
      hops: { shipmentId: string }[];
      truncated: boolean;
    };
    expect(provenance.batches.map(({ batchId }) => batchId).sort()).toEqual(['lioh', 'ore']);
    expect(provenance.hops.map(({ shipmentId }) => shipmentId)).toEqual(['s-1']);
    expect(provenance.truncated).toBe(false);

    const history = (await ledger.get('batches/lioh/history', position)).body as unknown as {
      items: { logIndex: number; leafHash: string; record: { type: string } }[];
    };
    expect(history.items.map(({ record }) => record.type)).toEqual(['BatchesTransformed', 'BatchConsumed']);
    expect(history.items[0]!.leafHash).toMatch(/^[0-9a-f]{64}$/);

    const holdings = (await ledger.get('sites/works/holdings', position)).body as unknown as {
      items: { batchId: string }[];
    };
    expect(holdings.items.map(({ batchId }) => batchId)).toEqual(['lioh']);
    const shipments = (await ledger.get('sites/pit/shipments?direction=out&status=received', position))
      .body as unknown as { items: { shipmentId: string }[] };
    expect(shipments.items.map(({ shipmentId }) => shipmentId)).toEqual(['s-1']);
  });

  it('lets the receiver refuse and only then the sender take back', async () => {
    await ledger.record('sites/pit/batches', extracted('refused-ore'));
    await ledger.record('sites/pit/dispatches', {
      shipmentId: 's-refused',
      consigneeSiteId: 'works',
      batchIds: ['refused-ore'],
      occurredAt: AT(4),
    });
    expect((await ledger.post('sites/pit/returns', { shipmentId: 's-refused', occurredAt: AT(5) })).status).toBe(422);
    await ledger.record('sites/works/refusals', { shipmentId: 's-refused', reason: 'wet', occurredAt: AT(6) });
    expect(
      (
        await ledger.post('sites/works/receipts', {
          shipmentId: 's-refused',
          batches: [{ batchId: 'refused-ore', grossGrams: 1_000_000 }],
          occurredAt: AT(7),
        })
      ).body['type'],
    ).toBe('urn:lodebook:problem:already-received');
    const position = await ledger.record('sites/pit/returns', { shipmentId: 's-refused', occurredAt: AT(8) });
    expect((await ledger.get('batches/refused-ore', position)).body).toMatchObject({
      status: 'at-site',
      siteId: 'pit',
    });
    const again = await ledger.post('sites/pit/returns', { shipmentId: 's-refused', occurredAt: AT(9) });
    expect(again.status).toBe(422);
  });

  it('holds, releases, assays, disposes, declares and corrects', async () => {
    await ledger.record('sites/pit/batches', extracted('kept'));
    await ledger.record('sites/pit/holds', { batchId: 'kept', reason: 'customs', occurredAt: AT(3) });
    expect(
      (await ledger.post('sites/pit/disposals', { batchId: 'kept', grossGrams: 1, reason: 'spill', occurredAt: AT(4) }))
        .body['type'],
    ).toBe('urn:lodebook:problem:batch-held');
    await ledger.record('sites/pit/releases', { batchId: 'kept', occurredAt: AT(5) });
    await ledger.record('sites/pit/assays', {
      batchId: 'kept',
      contentGrams: { lithium: 27_500 },
      method: 'ICP-OES',
      occurredAt: AT(6),
    });
    await ledger.record('sites/pit/declarations', {
      batchId: 'kept',
      mineral: 'lithium',
      share: '0.05',
      occurredAt: AT(6),
    });
    const disposed = await ledger.record('sites/pit/disposals', {
      batchId: 'kept',
      grossGrams: 100_000,
      reason: 'spill',
      occurredAt: AT(7),
    });
    const history = (await ledger.get('batches/kept/history', disposed)).body as unknown as {
      items: { record: { id: string; type: string; data: object } }[];
    };
    const registration = history.items.find(({ record }) => record.type === 'BatchRegistered')!.record;
    const position = await ledger.record('sites/pit/corrections', {
      eventId: registration.id,
      reason: 'weighbridge ticket misread',
      replacement: { ...registration.data, grossGrams: 1_100_000 },
    });
    expect((await ledger.get('batches/kept', position)).body).toMatchObject({ grossGrams: 1_000_000 });
    await ledger.record('sites/pit/disposals', {
      batchId: 'kept',
      grossGrams: 1_000_000,
      reason: 'all of it',
      occurredAt: AT(8),
    });
  });
});

describe('a command sent again', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
  });
  afterAll(() => ledger.dispose());

  it('is answered as before and recorded once, after a restart too', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await ledger.post('sites/pit/batches', extracted('once'), headers);
    const second = await ledger.post('sites/pit/batches', extracted('once'), headers);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    await ledger.stop();
    ledger = await RunningLedger.start({}, ledger.folder);
    expect((await ledger.post('sites/pit/batches', extracted('once'), headers)).body).toEqual(first.body);
  });

  it('with another body is refused', async () => {
    const headers = { 'idempotency-key': 'two-bodies' };
    await ledger.record('sites/pit/batches', extracted('body-1'), headers);
    const other = await ledger.post('sites/pit/batches', extracted('body-2'), headers);
    expect(other.status).toBe(422);
    expect(other.body['type']).toBe('urn:lodebook:problem:idempotency-key-reused');
  });

  it('many times at once is recorded once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        ledger.post('sites/pit/batches', extracted('burst'), { 'idempotency-key': 'burst' }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('honours If-Match', async () => {
    const first = await ledger.post('sites/pit/batches', extracted('match-1'));
    const fresh = await ledger.post('sites/pit/batches', extracted('match-2'), {
      'if-match': first.headers.get('etag')!,
    });
    expect(fresh.status).toBe(201);
    const stale = await ledger.post('sites/pit/batches', extracted('match-3'), {
      'if-match': first.headers.get('etag')!,
    });
    expect(stale.status).toBe(412);
    expect(stale.body['type']).toBe('urn:lodebook:problem:revision-conflict');
  });

  it('gives an id to one of many commands, at two sites, that claim it at the same moment', async () => {
    const wishes = Array.from({ length: 10 }, (_, index) =>
      index % 2 === 0
        ? ledger.post('sites/pit/batches', extracted('wanted'))
        : ledger.post('sites/works/batches', {
            ...extracted('wanted'),
            material: 'end-of-life-batteries',
            origin: { kind: 'end-of-life' },
          }),
    );
    const statuses = (await Promise.all(wishes)).map(({ status }) => status).sort();
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(9);
  });
});
