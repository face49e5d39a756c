import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyFor } from '../harness/hidden-chain.js';
import { bearer, RunningLedger, type Answer } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

const codeOf = ({ body }: Answer): string => (body['type'] as unknown as string).split(':').at(-1)!;

/** Laboratories report, and papers are found, long after the goods have left. */
describe('labels and assays that are recorded late', () => {
  let ledger: RunningLedger;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
    keys['mine'] = await keyFor(ledger, 'wombat', 'custodian');
    keys['refinery'] = await keyFor(ledger, 'hokuto', 'custodian');
  });
  afterAll(() => ledger.dispose());

  const by = (who: string): Record<string, string> => bearer(keys[who]!);
  const post = (path: string, body: object, who = 'mine'): Promise<Answer> => ledger.post(path, body, by(who));
  async function done(path: string, body: object, who = 'mine'): Promise<void> {
    const answer = await post(path, body, who);
    expect([path, answer.status, answer.body]).toEqual([path, 201, expect.anything()]);
  }
  const label = (batchId: string, day: number, labelId = `l-${batchId}`) =>
    post('sites/pit/labels', {
      ...{ batchId, labelId, standard: 'gs1-128', carrier: 'print', value: labelId },
      occurredAt: AT(day),
    });
  const assay = (batchId: string, day: number, lithium: number, site = 'pit', who = 'mine') =>
    post(`sites/${site}/assays`, { batchId, contentGrams: { lithium }, method: 'ICP-OES', occurredAt: AT(day) }, who);
  /** Registered on day 2 without content, dispatched on day 4. */
  async function sent(batchId: string): Promise<void> {
    await done('sites/pit/batches', { ...extracted(batchId), contentGrams: {} });
    const shipment = { shipmentId: `s-${batchId}`, consigneeSiteId: 'works', batchIds: [batchId] };
    await done('sites/pit/dispatches', { ...shipment, occurredAt: AT(4) });
  }
  const receive = (batchId: string, grossGrams = 1_000_000, labels: object[] = []) =>
    post(
      'sites/works/receipts',
      { shipmentId: `s-${batchId}`, batches: [{ batchId, grossGrams, labels }], occurredAt: AT(6) },
      'refinery',
    );
  async function read(path: string, who = 'refinery'): Promise<Record<string, unknown>> {
    const position = String(await ledger.ledger.store.head());
    const { status, body } = await ledger.request('GET', `/v1/${path}`, undefined, {
      ...by(who),
      'ledger-position': position,
    });
    expect([path, status]).toEqual([path, 200]);
    return body;
  }
  /** The verdict, the sites where something is missing, and the log index up to which the answer knows the log. */
  async function labelling(batchId: string, query = ''): Promise<{ verdict: string; sites: string[]; upTo: number }> {
    const path = `batches/${batchId}/claims?programme=us-japan-cma-2023&validAt=${AT(20)}${query}`;
    const answer = (await read(path)) as unknown as {
      claims: { claim: string; verdict: string }[];
      reasons: { claim: string; siteId?: string }[];
      knownAt: { logIndex: number };
    };
    const sites = answer.reasons.flatMap(({ claim, siteId }) => (claim === 'labelling' ? [siteId ?? ''] : []));
    const { verdict } = answer.claims.find(({ claim }) => claim === 'labelling')!;
    return { verdict, sites, upTo: answer.knownAt.logIndex };
  }

  it('are known to the receiver, who then says what is left of them', async () => {
    await sent('a');
    expect((await label('a', 3)).status).toBe(201);
    expect((await assay('a', 3, 28_000)).status).toBe(201);
    expect((await labelling('a')).verdict).toBe('holds');
    expect((await receive('a', 500_000, [{ labelId: 'l-a', condition: 'intact' }])).status).toBe(201);
    expect(await read('batches/a')).toMatchObject({
      contentGrams: { lithium: 14_000 },
      labels: [{ labelId: 'l-a', condition: 'intact' }],
    });
    expect((await labelling('a')).verdict).toBe('holds');
    // The receiver's account has them too: no more metal can be made from the batch than it contains.
    const made = {
      batchId: 'a-made',
      material: 'lithium-carbonate',
      grossGrams: 100_000,
      contentGrams: { lithium: 14_100 },
    };
    const making = { transformationId: 't-a', process: 'refining', chainOfCustody: 'segregated', outputs: [made] };
    const refused = await post(
      'sites/works/transformations',
      { ...making, inputs: [{ batchId: 'a', grossGrams: 500_000 }], occurredAt: AT(7) },
      'refinery',
    );
    expect([refused.status, codeOf(refused)]).toEqual([422, 'mass-not-conserved']);
  });

  it('make up for the label missing at dispatch but not at receipt, are visible to the consignee, and unknown before they were recorded', async () => {
    await sent('b');
    expect((await receive('b')).status).toBe(201);
    const before = await labelling('b');
    expect((await label('b', 3)).status).toBe(201);
    const after = await labelling('b');
    expect([before.verdict, after.verdict]).toEqual(['unproven', 'unproven']);
    expect([...new Set(after.sites)]).toEqual(['works']);
    expect(await labelling('b', `&knownAt=${before.upTo}`)).toEqual(before);
    expect(JSON.stringify(await read('batches/b/history'))).toContain('BatchLabelled');
  });

  it('are applied to the content that arrived, unless it was used or assayed since', async () => {
    await sent('c');
    expect((await receive('c', 999_000)).status).toBe(201);
    expect((await assay('c', 3, 28_000)).status).toBe(201);
    expect(await read('batches/c')).toMatchObject({ contentGrams: { lithium: 27_972 }, contentKnown: true });
    expect((await assay('c', 8, 27_000, 'works', 'refinery')).status).toBe(201);
    expect((await assay('c', 3, 28_500)).status).toBe(201);
    expect(await read('batches/c')).toMatchObject({ contentGrams: { lithium: 27_000 } });
  });

  it('are refused when they come too late, or when the batch was not there at their date', async () => {
    await sent('d');
    for (const [answer, code] of [
      [await label('d', 5), 'batch-not-here'],
      [await assay('d', 5, 28_000), 'batch-not-here'],
      [await assay('d', 3, 1_000_001), 'content-over-gross'],
    ] as const)
      expect([answer.status, codeOf(answer)]).toEqual([422, code]);
    await done('sites/pit/batches', extracted('e'));
    await done('sites/pit/disposals', { batchId: 'e', grossGrams: 1, reason: 'dust', occurredAt: AT(4) });
    const late = await assay('e', 3, 28_000);
    expect([late.status, codeOf(late)]).toEqual([422, 'occurred-out-of-order']);
    expect((await label('e', 3)).status).toBe(201);
  });
});
