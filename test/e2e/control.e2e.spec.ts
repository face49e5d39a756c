import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bearer, RunningLedger } from '../harness/running-ledger.js';

const RULE = 'programme=us-ira-30d&validAt=2026-06-01T00:00:00.000Z';

interface Control {
  readonly verdict: string;
  readonly because: string[];
}

/** Who controls the miner decides whether a foreign entity of concern extracted the ore (26 U.S.C. § 30D(d)(7)). */
describe('control of an organisation', () => {
  let ledger: RunningLedger;
  let position: string;

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    const occurredAt = '2025-01-01T00:00:00.000Z';
    for (const [organisationId, country, role] of [
      ['mining', 'CL', 'miner'],
      ['inspectorate', 'CL', 'attestor'],
    ])
      await ledger.record('organisations', {
        organisationId,
        name: organisationId,
        country,
        roles: [role],
        occurredAt,
      });
    const pit = { siteId: 'pit', name: 'Pit', country: 'CL', activities: ['mining'], occurredAt };
    await ledger.record('organisations/mining/sites', pit);
    const accredited = { scheme: 'state-inspection', from: occurredAt, occurredAt };
    await ledger.record('organisations/inspectorate/accreditations', accredited);
    position = await ledger.record('sites/pit/batches', {
      ...{ batchId: 'ore', material: 'lithium-brine', grossGrams: 1_000_000, contentGrams: { lithium: 1_000 } },
      ...{ origin: { kind: 'extracted' }, occurredAt: '2026-01-02T00:00:00.000Z' },
    });
  });
  afterAll(() => ledger.dispose());

  const control = async (): Promise<Control> => {
    const { status, body } = await ledger.get(`batches/ore/claims?${RULE}`, position);
    expect(status).toBe(200);
    const lines = body['claims'] as unknown as { claim: string; verdict: string }[];
    const reasons = body['reasons'] as unknown as { claim: string; because: string }[];
    return {
      verdict: lines.find(({ claim }) => claim === 'control')!.verdict,
      because: reasons.filter(({ claim }) => claim === 'control').map(({ because }) => because),
    };
  };
  const declare = async (share: string, from: string): Promise<void> => {
    const tie = { kind: 'ownership', country: 'CN', share, from };
    position = await ledger.record('organisations/mining/control', tie);
  };

  it('is unproven while nobody attests to it', async () => {
    expect(await control()).toEqual({ verdict: 'unproven', because: ['not-vouched'] });
  });

  it('proves that the rule holds once it is declared and attested to', async () => {
    await declare('0.2', '2025-01-01T00:00:00.000Z');
    expect(await control()).toEqual({ verdict: 'unproven', because: ['not-vouched'] });
    position = await ledger.record('attestations', {
      ...{ attestationId: 'a', scheme: 'state-inspection', siteId: 'pit', rights: ['control'] },
      ...{ validFrom: '2026-01-01', validUntil: '2026-06-30', issuerOrganisationId: 'inspectorate' },
      ...{ documentSha256: 'd'.repeat(64), occurredAt: '2026-01-01T00:00:00.000Z' },
    });
    expect(await control()).toEqual({ verdict: 'holds', because: [] });
  });

  it('breaks the rule once control of a quarter or more by a listed country is declared, from the time declared', async () => {
    await declare('0.25', '2026-01-03T00:00:00.000Z');
    expect(await control()).toEqual({ verdict: 'holds', because: [] });
    await declare('0.25', '2026-01-01T00:00:00.000Z');
    expect(await control()).toEqual({ verdict: 'broken', because: ['entity-of-concern'] });
  });

  it('is not remedied by declaring less afterwards', async () => {
    await declare('0.24', '2026-01-01T00:00:00.000Z');
    expect(await control()).toEqual({ verdict: 'unproven', because: ['correction-unconfirmed'] });
  });

  it('can be declared by nobody else', async () => {
    const stranger = await ledger.issueKey('inspectorate', 'reader');
    const tie = { kind: 'ownership', country: 'CN', share: '1' };
    const refused = await ledger.post('organisations/mining/control', tie, bearer(stranger));
    expect([403, 404]).toContain(refused.status);
  });
});
