import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MINERALS } from '#custody';
import { COUNTRIES } from '#vocabulary';
import { RunningLedger, type Answer } from '../harness/running-ledger.js';
import { AT } from '../harness/two-sites.js';

/** Mines, each in a different country: a blend of their ore has this many origins of each mineral. */
const MINES = 60;
const OUTPUTS = 1_000;
const GROSS = 100_000_000;
const GRAMS = 1_000_000;

/** The same mass of every mineral. */
const contentOf = (grams: number): object => Object.fromEntries(MINERALS.map((mineral) => [mineral, grams]));

describe('matter of many origins, made into many batches', () => {
  let ledger: RunningLedger;
  const ores = [...COUNTRIES].slice(0, MINES).map((country) => ({ country, siteId: `mine-${country}` }));
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    const organisation = {
      organisationId: 'everywhere',
      name: 'Everywhere',
      country: 'JP',
      roles: ['miner', 'refiner'],
    };
    await ledger.record('organisations', { ...organisation, occurredAt: AT(1) });
    const open = (siteId: string, country: string): Promise<string> =>
      ledger.record('organisations/everywhere/sites', {
        siteId,
        name: siteId,
        country,
        activities: ['mining', 'refining'],
        occurredAt: AT(1),
      });
    await open('works', 'JP');
    await Promise.all(
      ores.map(async ({ country, siteId }) => {
        await open(siteId, country);
        const ore = { batchId: `ore-${country}`, material: 'polymetallic-ore', grossGrams: GROSS };
        const origin = { kind: 'extracted', country };
        await ledger.record(`sites/${siteId}/batches`, {
          ...ore,
          contentGrams: contentOf(GRAMS),
          origin,
          occurredAt: AT(2),
        });
        const shipment = { shipmentId: `to-works-${country}`, consigneeSiteId: 'works' };
        await ledger.record(`sites/${siteId}/dispatches`, {
          ...shipment,
          batchIds: [ore.batchId],
          occurredAt: AT(3),
        });
        await ledger.record('sites/works/receipts', {
          shipmentId: shipment.shipmentId,
          batches: [{ batchId: ore.batchId, grossGrams: GROSS, labels: [] }],
          occurredAt: AT(4),
        });
      }),
    );
  }, 120_000);
  afterAll(() => ledger.dispose());

  const blend = (transformationId: string, outputs: number): Promise<Answer> =>
    ledger.post('sites/works/transformations', {
      transformationId,
      process: 'blending',
      chainOfCustody: 'controlled-blending',
      inputs: ores.map(({ country }) => ({ batchId: `ore-${country}`, grossGrams: GROSS / 10 })),
      outputs: Array.from({ length: outputs }, (_, index) => ({
        batchId: `${transformationId}-${index}`,
        material: 'polymetallic-ore',
        grossGrams: (MINES * GROSS) / 10 / OUTPUTS,
        contentGrams: contentOf((MINES * GRAMS) / 10 / OUTPUTS),
      })),
      occurredAt: AT(5),
    });

  it('are refused where keys times outputs exceed what one command may cost, and nothing is recorded', async () => {
    const answer = await blend('all', OUTPUTS);
    expect([answer.status, answer.body['type']]).toEqual([422, 'urn:lodebook:problem:composition-too-wide']);
    expect((await ledger.get('batches/all-0')).status).toBe(404);
  });

  it('are recorded by a command with half as many outputs, and derived to the milligram', async () => {
    const answer = await blend('some', OUTPUTS / 2);
    expect(answer.status).toBe(201);
    const batch = await ledger.get('batches/some-0', answer.headers.get('ledger-position'));
    const entries = batch.body['composition']!['cobalt'] as unknown as { country: string; milligrams: number }[];
    expect(new Set(entries.map(({ country }) => country))).toEqual(new Set(ores.map(({ country }) => country)));
    expect(entries.reduce((sum, { milligrams }) => sum + milligrams, 0)).toBe(((MINES * GRAMS) / 10 / OUTPUTS) * 1_000);
  });

  it('are refused in a stream as well, while the lines after them are recorded', async () => {
    const parts = Array.from({ length: OUTPUTS }, (_, index) => ({ batchId: `part-${index}`, grossGrams: 1 }));
    const lines = [
      { command: 'splits', body: { batchId: 'some-1', parts, occurredAt: AT(6) } },
      { command: 'splits', body: { batchId: 'some-1', parts: parts.slice(0, 2), occurredAt: AT(6) } },
    ];
    const answer = await ledger.request(
      'POST',
      '/v1/sites/works/commands',
      lines.map((line) => JSON.stringify(line)).join('\n'),
      { 'content-type': 'application/x-ndjson' },
    );
    const answers = (answer.body['text'] as unknown as string).trim().split('\n');
    expect(answers.map((each) => (JSON.parse(each) as { status?: number }).status)).toEqual([422, undefined]);
  });
});
