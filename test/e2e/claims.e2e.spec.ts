import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RIGHTS, openAgreementChain } from '../harness/agreement-chain.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { AT } from '../harness/two-sites.js';

interface Claims {
  validAt: string;
  rulesAt: string;
  verdict: string;
  programme: string;
  knownAt: { logIndex: number };
  claims: {
    claim: string;
    mineral?: string;
    right?: string;
    verdict: string;
    lower?: string;
    upper?: string;
    threshold?: string;
    citation: string;
  }[];
  reasons: { claim: string; right?: string; because: string; eventIds: string[] }[];
  explanations: {
    about: { claim: string; right?: string }[];
    because: string;
    sentence: string;
    batchId?: string;
    siteId?: string;
    from?: string;
    until?: string;
    eventIds: string[];
  }[];
}

const PROGRAMME = 'us-japan-cma-2023';

describe('claims over HTTP', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openAgreementChain(ledger);
    await ledger.record('organisations/auditor/accreditations', { scheme: 'ul-2809', from: AT(1), occurredAt: AT(1) });
    const yard = { siteId: 'auditors-yard', name: 'Yard', country: 'JP', activities: ['storage'], occurredAt: AT(1) };
    await ledger.record('organisations/auditor/sites', yard);
  });
  afterAll(() => ledger.dispose());

  const text = async (query: string, batch = 'cell'): Promise<string> => {
    const position = String(await ledger.ledger.store.head());
    const answer = await fetch(`${ledger.url}/v1/batches/${batch}/claims?${query}`, {
      headers: { authorization: `Bearer ${ledger.key}`, 'ledger-position': position },
    });
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.text();
  };
  const claims = async (query: string, batch?: string): Promise<Claims> =>
    JSON.parse(await text(query, batch)) as Claims;
  const status = async (path: string): Promise<number> =>
    (await ledger.get(path, String(await ledger.ledger.store.head()))).status;
  const VALID = `validAt=${AT(20)}`;

  it('are answered without their reasons on request, but otherwise the same, now and as of any moment', async () => {
    const now = async (query: string, batch: string): Promise<Record<string, unknown>> => {
      const { validAt: _, rulesAt: __, ...answer } = await claims(`programme=${PROGRAMME}${query}`, batch);
      return answer;
    };
    for (const batch of ['cell', 'mass']) {
      const { reasons, explanations, ...whole } = await now('', batch);
      expect(await now('&reasons=false', batch)).toEqual(whole);
      expect(await now('&reasons=true', batch)).toEqual({ ...whole, reasons, explanations });
    }
    // Attestations have expired by then.
    const later = `programme=${PROGRAMME}&validAt=2027-06-01T00:00:00.000Z`;
    const { reasons, explanations, ...rest } = await claims(later);
    expect(reasons.length).toBeGreaterThan(0);
    expect(explanations.length).toBeGreaterThan(0);
    expect(await claims(`${later}&reasons=false`)).toEqual(rest);
    expect(await status(`batches/cell/claims?programme=${PROGRAMME}&reasons=no`)).toBe(400);
    expect(await status(`batches/none/claims?programme=${PROGRAMME}&reasons=false`)).toBe(404);
  });

  it('hold along a clean chain, each with its citation', async () => {
    const answer = await claims(`programme=${PROGRAMME}&${VALID}`);
    expect(answer.verdict).toBe('holds');
    expect(answer.reasons).toEqual([]);
    expect(answer.programme).toMatch(/^us-japan-cma-2023@/);
    expect(
      answer.claims
        .filter(({ claim }) => claim === 'labour')
        .map(({ right }) => right)
        .sort(),
    ).toEqual([...RIGHTS].sort());
    for (const { citation } of answer.claims) expect(citation).not.toBe('');
  });

  it('compare the recycled share with the thresholds of the day', async () => {
    const day = async (validAt: string): Promise<Claims['claims'][number]> =>
      (await claims(`programme=eu-battery-2023-1542&indicative=true&validAt=${validAt}T00:00:00.000Z`)).claims.find(
        ({ claim, mineral, threshold }) =>
          claim === 'recycled-content' && mineral === 'cobalt' && threshold !== undefined,
      )!;
    expect(await day('2031-08-18')).toMatchObject({
      verdict: 'holds',
      lower: '1.000000',
      upper: '1.000000',
      threshold: '0.160000',
    });
    expect((await day('2036-08-17')).threshold).toBe('0.160000');
    expect((await day('2036-08-18')).threshold).toBe('0.260000');
  });

  it('a back-dated revocation breaks what it affects and nothing else, once it is recorded', async () => {
    const before = await claims(`programme=${PROGRAMME}&${VALID}`);
    const asBefore = await text(`programme=${PROGRAMME}&${VALID}&knownAt=${before.knownAt.logIndex}`);
    const revocation = await ledger.post('attestations/att-recycler/revocations', {
      from: AT(2, 12),
      reason: 'forged wage slips',
      occurredAt: AT(19),
    });
    const [{ eventId }] = revocation.body['events'] as unknown as [{ eventId: string }];
    const after = await claims(`programme=${PROGRAMME}&${VALID}`);
    expect(after.verdict).toBe('broken');
    // One reason for each line that does not hold.
    const labour = after.reasons.filter(({ claim }) => claim === 'labour');
    expect(labour.map(({ right, because }) => [right, because])).toEqual(
      RIGHTS.map((right) => [right, 'attestation-revoked']),
    );
    // One revocation gives one explanation, however many lines it explains.
    expect(after.explanations).toEqual([
      {
        about: expect.arrayContaining(RIGHTS.map((right) => ({ claim: 'labour', right }))),
        verdict: 'broken',
        because: 'attestation-revoked',
        sentence: expect.stringMatching(
          /^The attestation of .* is revoked that covered batch mass, which was at recycler from .* to .*\. Attestation att-recycler was revoked, from .* on .*: “forged wage slips”\.$/,
        ),
        batchId: 'mass',
        siteId: 'recycler',
        from: AT(2, 12),
        until: AT(3),
        eventIds: expect.arrayContaining([eventId]),
      },
    ]);
    expect((await claims(`programme=${PROGRAMME}&${VALID}`, 'apart')).verdict).toBe('holds');
    expect(await text(`programme=${PROGRAMME}&${VALID}&knownAt=${before.knownAt.logIndex}`)).toBe(asBefore);
    // It applies at every moment of validity from its own `from` on; only an earlier `knownAt` leaves it out.
    expect((await claims(`programme=${PROGRAMME}&validAt=${AT(18)}`)).verdict).toBe('broken');
  });

  it('a concern is investigated, substantiated and remedied', async () => {
    const verdict = async (): Promise<string> =>
      (await claims(`programme=${PROGRAMME}&${VALID}`, 'apart')).claims.find(
        ({ claim, right }) => claim === 'labour' && right === 'child-labour',
      )!.verdict;
    await ledger.record('concerns', {
      concernId: 'c',
      siteId: 'elsewhere',
      rights: ['child-labour'],
      source: 'worker',
      occurredAt: AT(13),
    });
    expect(await verdict()).toBe('holds');
    await ledger.record('concerns/c/investigations', { by: 'inspectorate', occurredAt: AT(14) });
    expect(await verdict()).toBe('unproven');
    await ledger.record('concerns/c/findings', {
      substantiated: true,
      rights: ['child-labour'],
      from: AT(12),
      until: AT(15),
      occurredAt: AT(16),
    });
    expect(await verdict()).toBe('broken');
    await ledger.record('concerns/c/remediations', { occurredAt: AT(17) });
    await ledger.record('concerns/c/closure', { outcome: 'remedied', occurredAt: AT(18) });
    expect(await verdict()).toBe('broken'); // the finding remains
  });

  it('a correction changes the verdicts downstream of it', async () => {
    const history = (await ledger.get('batches/mass/history', String(await ledger.ledger.store.head())))
      .body as unknown as {
      items: { record: { id: string; type: string; data: object } }[];
    };
    const { id, data } = history.items.find(({ record }) => record.type === 'BatchRegistered')!.record;
    const before = await claims(`programme=${PROGRAMME}&${VALID}`);
    await ledger.record('sites/recycler/corrections', {
      eventId: id,
      reason: 'not end-of-life after all',
      replacement: { ...data, origin: { kind: 'undocumented' } },
    });
    const position = String(await ledger.ledger.store.head());
    expect((await ledger.get('batches/cell', position)).body).toMatchObject({
      composition: { cobalt: [{ country: 'ZZ', class: 'undeclared', grams: 19_000 }] },
    });
    expect((await claims(`programme=${PROGRAMME}&${VALID}`)).reasons.map(({ because }) => because)).toContain(
      'origin-undocumented',
    );
    const old = (
      await ledger.get(`batches/cell/claims?programme=${PROGRAMME}&${VALID}&knownAt=${before.knownAt.logIndex}`)
    ).body as unknown as Claims;
    expect(old.reasons.map(({ because }) => because)).not.toContain('origin-undocumented');
  });

  it('lists batches by verdict, and counts them', async () => {
    const position = String(await ledger.ledger.store.head());
    const broken = (await ledger.get(`batches?programme=${PROGRAMME}&verdict=broken`, position)).body as unknown as {
      items: { batchId: string }[];
    };
    expect(broken.items.map(({ batchId }) => batchId)).toContain('apart');
    const overview = (await ledger.get(`programmes/${PROGRAMME}/overview`, position)).body as unknown as {
      verdicts: Record<string, number>;
      claims: { claim: string; right?: string; verdicts: Record<string, number> }[];
    };
    expect(overview.verdicts).toEqual({ broken: 3 });
    expect(
      overview.claims.find(({ claim, right }) => claim === 'labour' && right === 'gender-equality')!.verdicts,
    ).toEqual({ broken: 2, holds: 1 });
    expect(await status(`batches?verdict=broken`)).toBe(400);
  });

  it('invalid requests are refused', async () => {
    expect(await status('batches/cell/claims')).toBe(400);
    expect(await status('batches/cell/claims?programme=nobody')).toBe(404);
    expect(await status(`batches/nobody/claims?programme=${PROGRAMME}`)).toBe(404);
    expect(await status(`batches/cell/claims?programme=${PROGRAMME}&validAt=yesterday`)).toBe(400);
    expect(await status(`batches/cell/claims?programme=${PROGRAMME}&validAt=2020-01-01T00:00:00.000Z`)).toBe(404);
    expect(await status(`batches/cell/claims?programme=${PROGRAMME}&knownAt=2020-01-01T00:00:00.000Z`)).toBe(404);
    expect(await status(`batches/cell/claims?programme=${PROGRAMME}&knownAt=999999`)).toBe(400);
    expect(await status(`batches/cell/claims?programme=${PROGRAMME}&batteryCategory=toy`)).toBe(400);
  });

  it('attestation schemes are data: what they cover, who may attest, and for how long', async () => {
    const { body } = await ledger.get('attestation-schemes');
    const schemes = body['items'] as unknown as { id: string; source: string; covers: string[]; assurance: string }[];
    expect(schemes.map(({ id, assurance }) => [id, assurance])).toEqual([
      ['cera-4in1', 'third-party'],
      ['irma', 'third-party'],
      ['rmap', 'third-party'],
      ['sa8000', 'third-party'],
      ['self-declaration', 'self'],
      ['state-inspection', 'third-party'],
      ['supplier-audit', 'second-party'],
      ['ul-2809', 'third-party'],
    ]);
    for (const { source, covers } of schemes) {
      expect(source).toMatch(/^https:/);
      expect(covers.length).toBeGreaterThan(0);
    }
    expect(await status('attestation-schemes?site=mine')).toBe(400);
  });

  it.each([
    ['unknown site', { siteId: 'nowhere' }, 404, 'not-found'],
    ['unknown scheme', { scheme: 'handshake' }, 404, 'not-found'],
    ['unaccredited issuer', { issuerOrganisationId: 'mesa' }, 422, 'not-accredited'],
    ['issued when the accreditation had ended', { occurredAt: '2020-01-01T00:00:00.000Z' }, 422, 'not-accredited'],
    ['own site', { siteId: 'auditors-yard' }, 422, 'not-independent'],
    ['outside its scheme', { scheme: 'ul-2809', rights: ['recovered-origin', 'water'] }, 422, 'not-covered-by-scheme'],
    ['for a hundred years', { validUntil: '2126-03-01' }, 422, 'validity-too-long'],
    ['beginning long before its issue', { validFrom: '2024-01-01', validUntil: '2025-01-01' }, 422, 'begins-too-early'],
    ['inverted interval', { validFrom: AT(9), validUntil: AT(8) }, 400, 'invalid-request'],
    ['empty interval', { validFrom: AT(9), validUntil: AT(9) }, 400, 'invalid-request'],
    ['no valid date', { validUntil: '2026-02-30' }, 400, 'invalid-request'],
    ['an assurance level of its own', { assurance: 'third-party' }, 400, 'invalid-request'],
    ['twice', { attestationId: 'att-cells' }, 409, 'id-taken'],
  ])('an attestation: %s', async (_, change, code, type) => {
    const answer = await ledger.post('attestations', {
      attestationId: 'att-bad',
      scheme: 'state-inspection',
      siteId: 'cells',
      rights: ['forced-labour'],
      validFrom: AT(1),
      validUntil: AT(20),
      issuerOrganisationId: 'auditor',
      documentSha256: 'b'.repeat(64),
      occurredAt: AT(2),
      ...change,
    });
    expect([answer.status, answer.body['type']]).toEqual([code, `urn:lodebook:problem:${type}`]);
  });

  it('an attestation under an accreditation that was withdrawn since is refused', async () => {
    await ledger.record('organisations/auditor/accreditations', {
      scheme: 'irma',
      from: '2026-01-01',
      occurredAt: AT(1),
    });
    const attestation = {
      attestationId: 'att-water',
      scheme: 'irma',
      siteId: 'cells',
      rights: ['water'],
      validFrom: '2026-03-02',
      validUntil: '2026-12-31',
      issuerOrganisationId: 'auditor',
      documentSha256: 'b'.repeat(64),
      occurredAt: AT(2),
    };
    await ledger.record('organisations/auditor/accreditations/irma/withdrawal', {
      from: AT(5),
      reason: 'Not independent',
    });
    const refused = await ledger.post('attestations', attestation);
    expect([refused.status, refused.body['type']]).toEqual([422, 'urn:lodebook:problem:not-accredited']);
    await ledger.record('organisations/auditor/accreditations', { scheme: 'irma', from: AT(6) });
    const position = await ledger.record('attestations', attestation);
    const { body } = await ledger.get('attestations?site=cells', position);
    expect(body['items']).toContainEqual(
      expect.objectContaining({ attestationId: 'att-water', assurance: 'third-party', validUntil: '2026-12-31' }),
    );
  });

  it('an attestation revoked before it was issued is refused', async () => {
    expect((await ledger.post('attestations/never/revocations', { from: AT(1), reason: 'r' })).status).toBe(404);
    expect(
      (await ledger.post('attestations/att-cells/revocations', { from: '2020-01-01T00:00:00.000Z', reason: 'r' }))
        .status,
    ).toBe(400);
  });
});
