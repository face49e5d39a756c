import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { keyFor, openHiddenChain, SECRET } from '../harness/hidden-chain.js';
import { operationsOf, type OpenApiDocument } from '../harness/openapi-document.js';
import { RunningLedger, type Answer, type Json } from '../harness/running-ledger.js';
import { AT } from '../harness/two-sites.js';

const PROGRAMME = 'us-japan-cma-2023';

describe('what an organisation sees', () => {
  let ledger: RunningLedger;
  let position: string;
  let maker: string;
  let stranger: string;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    position = await openHiddenChain(ledger);
    maker = await keyFor(ledger, 'maker', 'custodian');
    stranger = await keyFor(ledger, 'stranger', 'reader');
  });
  afterAll(() => ledger.dispose());

  const get = (key: string, path: string): Promise<Answer> =>
    ledger.request('GET', `/v1/${path}`, undefined, { authorization: `Bearer ${key}`, 'ledger-position': position });
  const batchesOf = (answer: Answer): string[] =>
    (answer.body['batches'] as unknown as Json[]).map((batch) => batch['batchId'] as unknown as string);

  it('is the chain of what it holds, with those it deals with by name and everybody else under pseudonyms', async () => {
    const answer = await get(maker, 'batches/cathode/provenance');
    const [cathode, salt, ore] = batchesOf(answer);
    expect([cathode, salt]).toEqual(['cathode', 'salt']);
    expect(ore).toMatch(/^batch~[a-z2-7]{26}$/);
    const [make, refine] = answer.body['transformations'] as unknown as Json[];
    expect(make).toMatchObject({ transformationId: 'make', siteId: 'plant' });
    expect(refine).toMatchObject({ transformationId: 'refine', siteId: 'works', inputs: [{ batchId: ore }] });
    // The other outputs went to others.
    expect((refine!['outputs'] as unknown as Json[]).map((each) => each['batchId'])).toEqual(['salt']);
    const hops = answer.body['hops'] as unknown as Json[];
    expect(hops.map((hop) => hop['shipmentId'])).toEqual(['delivery', expect.stringMatching(/^shipment~/)]);
    expect(hops[1]).toMatchObject({ consignorSiteId: expect.stringMatching(/^site~/), consigneeSiteId: 'works' });
  });

  it('can be followed by its pseudonyms, which are the same in every answer and work for nobody else', async () => {
    const ore = batchesOf(await get(maker, 'batches/cathode/provenance'))[2]!;
    const batch = await get(maker, `batches/${ore}`);
    expect(batch.body).toMatchObject({
      batchId: ore,
      material: 'polymetallic-ore',
      status: 'spent',
      composition: {},
      labels: [],
    });
    const history = await get(maker, `batches/${ore}/history`);
    const [registered, labelled, assayed, dispatched] = (history.body['items'] as unknown as Json[]).map(
      (item) => item['record']!,
    );
    const site = (registered!['stream'] as unknown as string).slice('site-'.length);
    expect(registered).toMatchObject({
      id: expect.stringMatching(/^event~/),
      type: 'BatchRegistered',
      data: { batchId: ore, grossGrams: 1_000_000, origin: { kind: 'extracted', country: 'CL' } },
    });
    expect(registered!['revision']).toBe('~');
    expect(Object.keys(registered!['metadata']!).sort()).toEqual([
      'actor',
      'occurredAt',
      'recordedAt',
      'schemaVersion',
    ]);
    expect(registered!['metadata']!['actor' as never]).toEqual({});
    expect(labelled!['data']).toMatchObject({ value: '~', labelId: expect.stringMatching(/^label~/) });
    expect(assayed!['data']).toEqual({ batchId: ore, contentGrams: { lithium: 30_000 }, method: '~' });
    expect(dispatched!['data']).toMatchObject({
      consigneeSiteId: 'works',
      shipmentId: expect.stringMatching(/^shipment~/),
    });
    expect((await get(maker, `sites/${site}`)).body).toMatchObject({ siteId: site, name: '~', country: 'CL' });
    expect((await get(maker, `batches/${ore}/claims?programme=${PROGRAMME}`)).body['batchId']).toBe(ore);
    expect((await get(stranger, `batches/${ore}`)).status).toBe(404);
    expect((await get(stranger, `sites/${site}`)).status).toBe(404);
  });

  it('does not include a batch, site or organisation whose name it guessed', async () => {
    for (const path of [
      `batches/${SECRET}-ore`,
      `batches/${SECRET}-ore/history`,
      `batches/${SECRET}-ore/provenance`,
      `batches/${SECRET}-ore/evidence`,
      `batches/${SECRET}-ore/claims?programme=${PROGRAMME}`,
      `sites/${SECRET}-pit`,
      `sites/${SECRET}-pit/holdings`,
      `sites/${SECRET}-pit/shipments`,
      `organisations/${SECRET}-mining`,
      'batches/kept',
      'batches/own',
    ]) {
      const answer = await get(maker, path);
      const absent = await get(maker, path.replace(/[^/]+(?=$|\/(history|prov|evid|claims|hold|ship))/, 'absent'));
      expect([path, answer.status]).toEqual([path, 404]);
      expect(Object.keys(answer.body)).toEqual(Object.keys(absent.body));
    }
  });

  it('is all that counts and lists include', async () => {
    const list = await get(maker, 'batches');
    expect((list.body['items'] as unknown as Json[]).map((each) => each['material']).toSorted()).toEqual([
      'battery',
      'polymetallic-concentrate',
      'polymetallic-concentrate',
      'polymetallic-ore',
    ]);
    const one = await get(maker, 'batches?limit=1');
    expect(Buffer.from(one.body['next'] as unknown as string, 'base64url').toString()).not.toContain(SECRET);
    const { body } = await get(maker, `programmes/${PROGRAMME}/overview`);
    expect(Object.values(body['verdicts']!).reduce((sum, count) => sum + Number(count), 0)).toBe(4);
    const judged = await get(maker, `batches?programme=${PROGRAMME}`);
    expect(judged.body['items']).toHaveLength(4);
    const own = (await get(stranger, 'batches')).body['items'] as unknown as { batchId: string }[];
    expect(own.map(({ batchId }) => batchId).toSorted()).toEqual(['first-pack', 'own']);
    expect((await get(maker, 'sites/works/shipments')).body['items']).toMatchObject([{ shipmentId: 'delivery' }]);
    expect((await get(maker, 'sites/works/holdings')).body['items']).toEqual([]);
  });

  it('reveals nothing hidden in any answer, header, problem or metric', async () => {
    const document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as OpenApiDocument;
    const ore = batchesOf(await get(maker, 'batches/cathode/provenance'))[2]!;
    const hidden = batchesOf(await ledger.get('batches/cathode/provenance'))[2]!;
    const { body: told } = await ledger.get(`batches/${hidden}/history`);
    const hiddenEvents = (told['items'] as unknown as { record: { id: string } }[]).map(({ record }) => record.id);
    expect(hiddenEvents.length).toBeGreaterThan(0);
    const { body: docket } = await ledger.get('docket');
    const [entry] = docket['items'] as unknown as Json[];
    expect(entry).toMatchObject({
      country: 'CL',
      siteId: expect.stringMatching(/^site~/),
      summary: 'Seen underground',
    });
    const values: Record<string, string[]> = {
      event: [...hiddenEvents, '00000000-0000-5000-8000-000000000000'],
      batch: ['cathode', 'salt', ore, 'kept', 'own', 'absent'],
      product: ['cathode', ore, 'own', 'absent'],
      model: ['first-pack-model', 'pack-model', 'absent'],
      site: ['plant', 'works', 'yard', 'absent'],
      organisation: ['maker', 'trader', 'stranger', 'absent'],
      programme: [PROGRAMME, 'absent'],
      scheme: ['rmap'],
      id: ['absent'],
      keyId: ['absent'],
      path: ['0/000.p/8'],
      entry: [entry!['concernId'] as unknown as string, 'absent'],
    };
    const queries: Record<string, string> = {
      programme: PROGRAMME,
      from: '1',
      index: '3',
      plant: 'yard',
      year: '2026',
    };
    let asked = 0;
    for (const { method, path, parameters = [] } of operationsOf(document)) {
      if (method !== 'get') continue;
      const required = parameters.filter((one) => one.in === 'query' && one.required).map(({ name }) => name);
      const search = new URLSearchParams(
        required.map((name): [string, string] => [name, queries[name] ?? 'x']),
      ).toString();
      const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
      const [first = '', ...others] = names;
      expect(others).toEqual([]);
      const fillings = first === '' ? [path] : (values[first] ?? []).map((value) => path.replace(`{${first}}`, value));
      expect([path, fillings.length > 0]).toEqual([path, true]);
      for (const filled of fillings) {
        for (const key of [maker, stranger]) {
          const answer = await fetch(`${ledger.url}${filled}${search === '' ? '' : `?${search}`}`, {
            headers: { authorization: `Bearer ${key}` },
          });
          const told = JSON.stringify([...answer.headers]) + (await answer.text());
          expect([filled, told.toLowerCase().includes(SECRET), told.includes('-23.4321')]).toEqual([
            filled,
            false,
            false,
          ]);
          asked++;
        }
      }
    }
    expect(asked).toBeGreaterThan(60);
  });

  it('does not grow by a correction that names a batch which was never at its site', async () => {
    const outputs = [
      { batchId: 'smelt', material: 'polymetallic-concentrate', grossGrams: 900, contentGrams: { lithium: 9 } },
    ];
    const body = { transformationId: 'smelting', process: 'refining', chainOfCustody: 'segregated', outputs };
    const made = await ledger.post('sites/yard/transformations', {
      ...body,
      inputs: [{ batchId: 'own', grossGrams: 1_000 }],
    });
    const [{ eventId }] = made.body['events'] as unknown as [{ eventId: string }];
    const refused = await ledger.post('sites/yard/corrections', {
      eventId,
      reason: 'curiosity',
      replacement: { ...body, inputs: [{ batchId: `${SECRET}-ore`, grossGrams: 1_000 }] },
    });
    expect(refused.body).toMatchObject({ status: 422, type: 'urn:lodebook:problem:batch-not-here' });
  });

  it('changes when an organisation chooses to be open', async () => {
    const opened = await ledger.record(`organisations/${SECRET}-mining/visibility`, { visibility: 'open' });
    position = opened;
    expect(batchesOf(await get(maker, 'batches/cathode/provenance'))[2]).toBe(`${SECRET}-ore`);
    expect((await get(maker, `sites/${SECRET}-pit`)).body).toMatchObject({ name: `The ${SECRET}-pit` });
    position = await ledger.record(`organisations/${SECRET}-mining/visibility`, { visibility: 'pseudonymous' });
    expect(batchesOf(await get(maker, 'batches/cathode/provenance'))[2]).toMatch(/^batch~/);
  });

  it('does not confirm a guess through its own commands', async () => {
    const bearer = { authorization: `Bearer ${maker}` };
    const sent = { shipmentId: 'bait', consigneeSiteId: `${SECRET}-pit`, batchIds: ['cathode'], occurredAt: AT(10) };
    await ledger.record('sites/plant/dispatches', sent, bearer);
    const concern = { concernId: 'suspicion', siteId: `${SECRET}-pit`, rights: ['child-labour'], source: 'worker' };
    position = await ledger.record('concerns', concern, bearer);
    expect((await get(maker, `sites/${SECRET}-pit`)).status).toBe(404);
    expect((await get(maker, `batches/${SECRET}-ore`)).status).toBe(404);
    const hidden = (await get(maker, 'batches/cathode/provenance')).body['hops'] as unknown as Json[];
    const pseudonym = hidden
      .map((hop) => hop['consignorSiteId'] as unknown as string)
      .find((id) => id.startsWith('site~'))!;
    expect(pseudonym).toMatch(/^site~[a-z2-7]{26}$/);
    // It reads the names that it used itself as it wrote them, with nothing that would link a name to a pseudonym.
    const own = await Promise.all(
      ['sites/plant/shipments', 'batches/cathode/history', 'concerns'].map((path) => get(maker, path)),
    );
    for (const { body } of own) {
      expect(JSON.stringify(body)).toContain(`${SECRET}-pit`);
      expect(JSON.stringify(body)).not.toContain(pseudonym);
    }
    // The organisation it sent something to knows it.
    const miner = await keyFor(ledger, `${SECRET}-mining`, 'reader');
    expect((await get(miner, 'sites/plant')).status).toBe(200);
    // An organisation that responds under its name becomes known by it.
    position = await ledger.record(`sites/${SECRET}-pit/refusals`, {
      shipmentId: 'bait',
      reason: 'not ordered',
      occurredAt: AT(11),
    });
    expect((await get(maker, `sites/${SECRET}-pit`)).body['siteId']).toBe(`${SECRET}-pit`);
  });

  it('depends on a secret in a file that only its owner can read', () => {
    const file = join(ledger.folder, 'pseudonym-key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });
});
