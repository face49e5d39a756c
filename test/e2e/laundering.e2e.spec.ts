import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AT } from '../harness/two-sites.js';
import { RunningLedger, type Answer } from '../harness/running-ledger.js';

interface Claim {
  readonly claim: string;
  readonly mineral?: string;
  readonly verdict: string;
}
interface Claims {
  readonly claims: readonly Claim[];
  readonly reasons: readonly { because: string; claim: string }[];
}

const FREE = { exportDuty: false, quantitativeRestriction: false };
const DUTY = { exportDuty: true, quantitativeRestriction: false };
const FACTS = ['site-facts', 'recovered-origin'];
const DOCUMENT = 'a'.repeat(64);
const VALID = { validFrom: AT(1), validUntil: '2027-01-01T00:00:00.000Z' };

/** Ways to obtain a better verdict than the goods deserve, and how each ends: refused with its code, or judged correctly. */
describe('laundering', () => {
  let ledger: RunningLedger;
  let position: string;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    const organisations = { miner: 'AU', maker: 'US', trader: 'KR', refiner: 'JP', auditor: 'CH', lapsed: 'CH' };
    for (const [organisationId, country] of Object.entries(organisations))
      await record('organisations', { organisationId, name: organisationId, country, roles: ['trader'] }, 1);
    const sites = [
      ['miner', 'pit', 'AU', ['mining']],
      ['miner', 'quarry', 'AU', ['mining']],
      ['maker', 'warehouse', 'US', ['storage']],
      ['maker', 'cells', 'US', ['cell', 'cathode', 'recycling']],
      ['trader', 'entrepot', 'KR', ['trading']],
      ['refiner', 'works', 'JP', ['refining']],
    ] as const;
    for (const [organisation, siteId, country, activities] of sites)
      await record(`organisations/${organisation}/sites`, { siteId, name: siteId, country, activities }, 1);
    for (const organisation of ['auditor', 'lapsed', 'miner'])
      for (const scheme of ['cera-4in1', 'sa8000'])
        await record(`organisations/${organisation}/accreditations`, { scheme, from: '2025-01-01T00:00:00.000Z' }, 1);
    const withdrawn = { from: AT(1, 10), reason: 'sold certificates' };
    await record('organisations/lapsed/accreditations/cera-4in1/withdrawal', withdrawn, 1, 11);
    for (const siteId of ['pit', 'cells', 'works', 'warehouse', 'entrepot']) await attest({ siteId, rights: FACTS });
  });
  afterAll(() => ledger.dispose());

  const record = async (path: string, body: object, day: number, hour = 8): Promise<void> => {
    position = await ledger.record(path, { occurredAt: AT(day, hour), ...body });
  };
  const attestation = (more: object): object => ({
    attestationId: `a-${Math.random()}`,
    scheme: 'cera-4in1',
    issuerOrganisationId: 'auditor',
    documentSha256: DOCUMENT,
    occurredAt: AT(1, 12),
    ...VALID,
    ...more,
  });
  const attest = async (more: object): Promise<void> => void (await ledger.record('attestations', attestation(more)));
  const codeOf = ({ status, body }: Answer): [number, string | undefined] => [
    status,
    (body['type'] as unknown as string).replace('urn:lodebook:problem:', ''),
  ];
  const mine = (batchId: string, siteId = 'pit', more: object = {}): Promise<void> =>
    record(
      `sites/${siteId}/batches`,
      {
        batchId,
        material: 'cobalt-ore',
        grossGrams: 1000,
        contentGrams: { cobalt: 100 },
        origin: { kind: 'extracted' },
        ...more,
      },
      2,
    );
  const transform = (more: object): object => ({
    transformationId: `t-${Math.random()}`,
    process: 'refining',
    chainOfCustody: 'controlled-blending',
    occurredAt: AT(5),
    ...more,
  });
  const send = async (batchId: string, from: string, to: string, day: number, tradeTerms: object): Promise<void> => {
    const shipmentId = `${batchId}-${to}`;
    await record(`sites/${from}/dispatches`, { shipmentId, consigneeSiteId: to, batchIds: [batchId], tradeTerms }, day);
    const batches = [{ batchId, grossGrams: 1000, labels: [] }];
    await record(`sites/${to}/receipts`, { shipmentId, batches }, day, 12);
  };
  const judged = async (batchId: string, claim: string, programme: string, more = ''): Promise<[string, string[]]> => {
    const answer = await ledger.get(`batches/${batchId}/claims?programme=${programme}${more}`, position);
    const { claims, reasons } = answer.body as unknown as Claims;
    const of = claims.filter((line) => line.claim === claim);
    const because = reasons.filter((reason) => reason.claim === claim);
    return [of.map(({ verdict }) => verdict).join(), because.map((reason) => reason.because).sort()];
  };

  it.each<[string, string, () => Promise<Answer>]>([
    [
      'recycling in a warehouse',
      'activity-mismatch',
      async () => {
        await mine('for-the-warehouse');
        await send('for-the-warehouse', 'pit', 'warehouse', 3, FREE);
        return ledger.post(
          'sites/warehouse/transformations',
          transform({
            process: 'recycling',
            inputs: [{ batchId: 'for-the-warehouse', grossGrams: 1000 }],
            outputs: [{ batchId: 'recycled', material: 'black-mass', grossGrams: 900, contentGrams: { cobalt: 90 } }],
          }),
        );
      },
    ],
    [
      'calling mined ore collected waste',
      'activity-mismatch',
      () =>
        ledger.post('sites/pit/batches', {
          batchId: 'collected',
          material: 'black-mass',
          grossGrams: 1000,
          contentGrams: { cobalt: 100 },
          origin: { kind: 'end-of-life' },
        }),
    ],
    [
      'calling a product scrap',
      'not-waste',
      async () => {
        await mine('for-scrap');
        await send('for-scrap', 'pit', 'cells', 3, FREE);
        return ledger.post(
          'sites/cells/transformations',
          transform({
            process: 'cathode',
            inputs: [{ batchId: 'for-scrap', grossGrams: 1000 }],
            outputs: [
              {
                batchId: 'good',
                material: 'nmc-cathode-material',
                grossGrams: 900,
                contentGrams: { cobalt: 90 },
                scrap: true,
              },
            ],
          }),
        );
      },
    ],
    [
      'spelling a process differently',
      'invalid-request',
      async () => {
        await mine('for-spelling');
        const outputs = [{ batchId: 'spelt', material: 'cobalt-metal', grossGrams: 90, contentGrams: { cobalt: 90 } }];
        const inputs = [{ batchId: 'for-spelling', grossGrams: 1000 }];
        return ledger.post('sites/pit/transformations', transform({ process: 'Cathode', inputs, outputs }));
      },
    ],
    [
      'attesting one’s own mine',
      'not-independent',
      () => ledger.post('attestations', attestation({ siteId: 'pit', rights: FACTS, issuerOrganisationId: 'miner' })),
    ],
    [
      'attesting for a hundred years',
      'validity-too-long',
      () =>
        ledger.post(
          'attestations',
          attestation({ siteId: 'quarry', rights: FACTS, validUntil: '2126-01-01T00:00:00.000Z' }),
        ),
    ],
    [
      'attesting what the scheme does not cover',
      'not-covered-by-scheme',
      () => ledger.post('attestations', attestation({ siteId: 'quarry', rights: FACTS, scheme: 'sa8000' })),
    ],
    [
      'attesting under an accreditation that was withdrawn',
      'not-accredited',
      () =>
        ledger.post('attestations', attestation({ siteId: 'quarry', rights: FACTS, issuerOrganisationId: 'lapsed' })),
    ],
  ])('%s is refused: %s', async (_, code, attack) => {
    const answer = await attack();
    expect(codeOf(answer)).toEqual([code === 'invalid-request' ? 400 : 422, code]);
  });

  it('an assay that finds more cobalt than the inputs had breaks mass-balance', async () => {
    await mine('poor');
    await record(
      'sites/pit/transformations',
      {
        transformationId: 'crush',
        process: 'comminution',
        chainOfCustody: 'controlled-blending',
        inputs: [{ batchId: 'poor', grossGrams: 1000 }],
        outputs: [{ batchId: 'rich', material: 'cobalt-ore', grossGrams: 1000, contentGrams: { cobalt: 100 } }],
      },
      3,
    );
    expect(await judged('rich', 'mass-balance', 'us-japan-cma-2023')).toEqual(['holds', []]);
    await record('sites/pit/assays', { batchId: 'rich', contentGrams: { cobalt: 400 }, method: 'ICP-OES' }, 4);
    expect(await judged('rich', 'mass-balance', 'us-japan-cma-2023')).toEqual(['broken', ['mass-not-conserved']]);
  });

  it('a mine that nobody attests to proves no origin; an honest one does', async () => {
    await mine('honest');
    await mine('claimed', 'quarry');
    expect(await judged('honest', 'origin', 'us-ira-30d')).toEqual(['holds', []]);
    expect(await judged('claimed', 'origin', 'us-ira-30d')).toEqual(['unproven', ['not-vouched']]);
  });

  it('routing goods through a third country hides no duty, and an honest route still holds', async () => {
    for (const [batchId, first, second] of [
      ['smuggled', DUTY, DUTY],
      ['sent', FREE, FREE],
    ] as const) {
      await record(
        'sites/cells/batches',
        {
          batchId,
          material: 'black-mass',
          grossGrams: 1000,
          contentGrams: { cobalt: 100 },
          origin: { kind: 'end-of-life' },
        },
        2,
      );
      await send(batchId, 'cells', 'entrepot', 4, first);
      await send(batchId, 'entrepot', 'works', 6, second);
    }
    expect(await judged('smuggled', 'trade-terms', 'us-japan-cma-2023')).toEqual(['broken', ['export-duty']]);
    expect(await judged('sent', 'trade-terms', 'us-japan-cma-2023')).toEqual(['holds', []]);
  });

  it('one mark does not count for another', async () => {
    await mine('for-a-battery');
    await send('for-a-battery', 'pit', 'cells', 3, FREE);
    const inputs = [{ batchId: 'for-a-battery', grossGrams: 1000 }];
    const outputs = [{ batchId: 'battery', material: 'battery', grossGrams: 900, contentGrams: { cobalt: 90 } }];
    const label = {
      batchId: 'battery',
      standard: 'eu-2023-1542-art-13-6',
      carrier: 'qr',
      value: 'https://id.example/1',
    };
    await record('sites/cells/transformations', transform({ process: 'battery', inputs, outputs }), 5);
    await record('sites/cells/labels', { ...label, labelId: 'qr' }, 6);
    const asked = '&indicative=true&rulesAt=2027-03-01T00:00:00.000Z';
    const [verdicts] = await judged('battery', 'labelling', 'eu-battery-2023-1542', asked);
    // Art. 13(1) and (2) await their act; (4) is not met; (5) is about lead; (6) is met.
    expect(verdicts).toBe('undetermined,undetermined,broken,out-of-scope,holds');
  });
});
