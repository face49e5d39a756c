import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningLedger, type Answer } from '../harness/running-ledger.js';

const RUN = 10_000;
/** The most that one dispatch accepts. */
const SHIPMENT = 1_000;
const YEAR = 'models/P-60/recycled-content?plant=plant&year=2026';

/** A plant makes ten thousand packs on one day and ships them on the next. */
describe('the recycled content of a model of which ten thousand left in one day', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    const maker = { organisationId: 'maker', name: 'Maker', country: 'DE', roles: ['battery-maker', 'trader'] };
    await ledger.record('organisations', maker);
    for (const [siteId, activities] of [
      ['plant', ['battery', 'cathode']],
      ['yard', ['storage']],
    ])
      await ledger.record('organisations/maker/sites', { siteId, name: siteId, country: 'DE', activities });
    await ledger.record('sites/plant/batches', {
      ...{ occurredAt: '2026-01-04T08:00:00.000Z', batchId: 'cells', material: 'cells', grossGrams: 20_000_000 },
      ...{ contentGrams: { cobalt: 1_600_000, lithium: 800_000 }, origin: { kind: 'undocumented' } },
    });
  });
  afterAll(() => ledger.dispose());

  it('counts them all', async () => {
    const productIds = Array.from({ length: RUN }, (_, index) => `q-${index}`);
    let position = await ledger.record('sites/plant/product-runs', {
      ...{ occurredAt: '2026-02-10T08:00:00.000Z', runId: 'many', productIds, kind: 'battery', model: 'P-60' },
      ...{ category: 'ev', capacityWh: 60_000, inputs: [{ batchId: 'cells', grossGrams: 1_000_000 }] },
    });
    for (let from = 0; from < RUN; from += SHIPMENT) {
      position = await ledger.record('sites/plant/dispatches', {
        ...{ occurredAt: '2026-02-11T08:00:00.000Z', shipmentId: `load-${from}`, consigneeSiteId: 'yard' },
        batchIds: productIds.slice(from, from + SHIPMENT),
      });
    }
    let answer: Answer = await ledger.get(YEAR, position);
    for (let tries = 0; answer.status === 503 && tries < 10; tries++) answer = await ledger.get(YEAR, position);
    expect(answer.body).toMatchObject({ products: RUN, parts: [{ products: RUN, notPlaced: RUN }] });
    // 1,000 of 20,000 kg, which contain 1,600 kg of cobalt and 800 kg of lithium.
    expect(answer.body['shares']).toMatchObject([
      { mineral: 'cobalt', milligrams: 80_000_000 },
      { mineral: 'lithium', milligrams: 40_000_000 },
    ]);
  });
});
