import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { operationsOf, type OpenApiDocument } from '../harness/openapi-document.js';
import { ADMINISTRATOR_KEY, RunningLedger, type Json } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

interface ProblemBody {
  type: string;
  status: number;
  title: string;
  detail: string;
  errors?: { path: string; code: string; message: string }[];
}
const problem = (body: Json): ProblemBody => body as unknown as ProblemBody;

describe('bad input', () => {
  let ledger: RunningLedger;
  let before: { evidence: string[]; position: string };
  const evidence = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { id } of ledger.ledger.store.readAll({ categories: EVIDENCE_CATEGORIES })) ids.push(id);
    return ids;
  };
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
    await ledger.record('sites/pit/batches', extracted('there'));
    await ledger.ledger.projector.waitFor((await ledger.ledger.store.head())!, 5_000);
    await ledger.ledger.audit.signedSize(BigInt(ledger.ledger.projector.logSize)); // no checkpoint is signed after this
    before = { evidence: await evidence(), position: String(await ledger.ledger.store.head()) };
  });
  afterAll(async () => {
    expect(await evidence()).toEqual(before.evidence); // none of this was recorded
    await ledger.record('sites/pit/batches', extracted('next-request-works'));
    await ledger.dispose();
  });

  const whole = extracted('bad');
  it.each<[string, Record<string, unknown>, string, string]>([
    ['a float', { ...whole, grossGrams: 1.5 }, 'grossGrams', 'not-whole-grams'],
    ['a number beyond 2^53', { ...whole, grossGrams: 2 ** 53 + 2 }, 'grossGrams', 'not-whole-grams'],
    ['a negative mass', { ...whole, contentGrams: { lithium: -1 } }, 'contentGrams.lithium', 'not-whole-grams'],
    ['a mass as text', { ...whole, grossGrams: '1000' }, 'grossGrams', 'not-whole-grams'],
    ['an unknown mineral', { ...whole, contentGrams: { unobtainium: 1 } }, 'contentGrams.unobtainium', 'unknown-field'],
    ['an unknown field', { ...whole, colour: 'grey' }, 'colour', 'unknown-field'],
    ['an id with a space', { ...whole, batchId: 'a b' }, 'batchId', 'not-an-id'],
    ['an id with a control character', { ...whole, batchId: 'a\u0000b' }, 'batchId', 'not-an-id'],
    ['an id with a lone surrogate', { ...whole, batchId: 'a\ud800' }, 'batchId', 'not-an-id'],
    ['an id of 129 characters', { ...whole, batchId: 'x'.repeat(129) }, 'batchId', 'not-an-id'],
    ['an invalid date', { ...whole, occurredAt: '2026-02-30T00:00:00.000Z' }, 'occurredAt', 'not-an-instant'],
    ['a date without its time', { ...whole, occurredAt: '2026-02-03' }, 'occurredAt', 'not-an-instant'],
    ['no origin', { ...whole, origin: undefined }, 'origin', 'not-an-object'],
    [
      'an invalid country',
      { ...whole, origin: { kind: 'extracted', country: 'XX' } },
      'origin.country',
      'not-a-country',
    ],
    ['null in place of a field', { ...whole, occurredAt: null }, 'occurredAt', 'not-an-instant'],
    [
      'a document without its hash',
      { ...whole, documents: [{ uri: 'https://example.org' }] },
      'documents[0].sha256',
      'malformed',
    ],
  ])('%s is named with its path', async (_, body, path, code) => {
    const answer = await ledger.post('sites/pit/batches', body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const { type, errors } = problem(answer.body);
    expect(type).toBe('urn:lodebook:problem:invalid-request');
    expect(errors).toContainEqual(expect.objectContaining({ path, code }));
  });

  it('lists every problem', async () => {
    const answer = await ledger.post('sites/pit/transformations', {
      transformationId: '',
      process: 'refining',
      chainOfCustody: 'trust-me',
      inputs: [],
      outputs: [{ batchId: 'o', material: 'polymetallic-concentrate', grossGrams: 0.5, contentGrams: {}, extra: 1 }],
    });
    expect(
      problem(answer.body)
        .errors!.map(({ path }) => path)
        .sort(),
    ).toEqual(['chainOfCustody', 'inputs', 'outputs[0].extra', 'outputs[0].grossGrams', 'transformationId']);
  });

  it.each([
    ['malformed JSON', '{"batchId": "x"', 400],
    ['an empty body', '', 400],
    ['a list', '[]', 400],
    ['a string', '"batch"', 400],
    ['10 MB', `{"batchId": "${'x'.repeat(10_000_000)}"}`, 413],
    ['a poisoned prototype', '{"__proto__": {"admin": true}, "batchId": "x"}', 400],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
  ])('%s is refused', async (_, body, status) => {
    const answer = await ledger.post('sites/pit/batches', body);
    expect(answer.status).toBe(status);
    expect(problem(answer.body).type).toMatch(/^urn:lodebook:problem:(invalid-request|too-large)$/);
  });

  it('nested deeper than any stack is named with its path, on every route', async () => {
    const deep = '['.repeat(3_000) + ']'.repeat(3_000);
    const document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as OpenApiDocument;
    const sent: unknown[] = [];
    for (const { method, path, requestBody } of operationsOf(document)) {
      if (!requestBody) continue;
      const isStream = 'application/x-ndjson' in requestBody.content;
      const answer = await ledger.request(
        method.toUpperCase(),
        path.replaceAll(/\{[^}]+\}/g, 'x'),
        isStream ? `{"command":"batches","body":${deep}}\n` : `{"roles":${deep}}`,
        isStream ? { 'content-type': 'application/x-ndjson' } : {},
      );
      const told = isStream ? (JSON.parse(answer.body['text'] as unknown as string) as Json) : answer.body;
      const at = `${isStream ? 'body' : 'roles'}${'[0]'.repeat(31)}`;
      sent.push(path);
      expect([path, told]).toMatchObject([path, { status: 400, errors: [{ path: at, code: 'too-deep' }] }]);
    }
    expect(sent.length).toBeGreaterThan(35);
  });

  it.each([
    ['an unknown site', 'sites/nowhere/batches', whole, 404, 'not-found'],
    [
      'a dispatch to an unknown site',
      'sites/pit/dispatches',
      { shipmentId: 's', consigneeSiteId: 'nowhere', batchIds: ['there'], occurredAt: AT(3) },
      422,
      'not-addressed-here',
    ],
    [
      'a dispatch to oneself',
      'sites/pit/dispatches',
      { shipmentId: 's', consigneeSiteId: 'pit', batchIds: ['there'], occurredAt: AT(3) },
      422,
      'not-addressed-here',
    ],
    [
      'a batch that is not here',
      'sites/works/labels',
      { batchId: 'there', labelId: 'l', standard: 's', carrier: 'qr', value: 'v', occurredAt: AT(3) },
      422,
      'batch-not-here',
    ],
    [
      'more than there is',
      'sites/pit/consumptions',
      { batchId: 'there', grossGrams: 1_000_001, productId: 'p', occurredAt: AT(3) },
      422,
      'not-enough-left',
    ],
    [
      'an id that is taken',
      'sites/works/batches',
      { ...whole, batchId: 'there', origin: { kind: 'undocumented' } },
      409,
      'id-taken',
    ],
    ['mining at a refinery', 'sites/works/batches', whole, 422, 'activity-mismatch'],
    [
      'the future',
      'sites/pit/batches',
      { ...whole, occurredAt: '2999-01-01T00:00:00.000Z' },
      422,
      'occurred-out-of-order',
    ],
    [
      'use before arrival',
      'sites/pit/consumptions',
      { batchId: 'there', grossGrams: 1, productId: 'p', occurredAt: AT(1) },
      422,
      'occurred-out-of-order',
    ],
    [
      'more content than mass',
      'sites/pit/batches',
      { ...whole, contentGrams: { lithium: 600_000, nickel: 600_000 } },
      422,
      'content-over-gross',
    ],
    [
      'metal from nowhere',
      'sites/pit/transformations',
      {
        transformationId: 't',
        process: 'refining',
        chainOfCustody: 'segregated',
        inputs: [{ batchId: 'there', grossGrams: 1000 }],
        outputs: [
          { batchId: 'gold', material: 'polymetallic-concentrate', grossGrams: 900, contentGrams: { lithium: 29 } },
        ],
        occurredAt: AT(3),
      },
      422,
      'mass-not-conserved',
    ],
    [
      'a receipt of nothing',
      'sites/works/receipts',
      { shipmentId: 'never', batches: [{ batchId: 'there', grossGrams: 1 }], occurredAt: AT(3) },
      422,
      'not-addressed-here',
    ],
    [
      'a correction of an unknown event',
      'sites/pit/corrections',
      { eventId: '00000000-0000-4000-8000-000000000000', replacement: {}, reason: 'r' },
      404,
      'not-found',
    ],
    [
      'an attestation by nobody',
      'attestations',
      {
        attestationId: 'a',
        scheme: 'rmap',
        siteId: 'pit',
        rights: ['forced-labour'],
        validFrom: AT(1),
        validUntil: AT(9),
        issuerOrganisationId: 'nobody',
        documentSha256: 'a'.repeat(64),
      },
      422,
      'not-accredited',
    ],
  ])('%s is refused with its code', async (_, path, body, status, code) => {
    const answer = await ledger.post(path, body);
    expect([answer.status, problem(answer.body).type]).toEqual([status, `urn:lodebook:problem:${code}`]);
  });

  it('a correction of another shape or identity is refused', async () => {
    const history = (await ledger.get('batches/there/history', before.position)).body as unknown as {
      items: { record: { id: string; data: object } }[];
    };
    const { id, data } = history.items[0]!.record;
    const shape = await ledger.post('sites/pit/corrections', {
      eventId: id,
      reason: 'r',
      replacement: { ...data, grossGrams: 1.5, colour: 'grey' },
    });
    expect(
      problem(shape.body)
        .errors!.map(({ path }) => path)
        .sort(),
    ).toEqual(['replacement.colour', 'replacement.grossGrams']);
    const identity = await ledger.post('sites/pit/corrections', {
      eventId: id,
      reason: 'r',
      replacement: { ...data, batchId: 'other' },
    });
    expect([identity.status, problem(identity.body).errors![0]!.path]).toEqual([400, 'replacement.batchId']);
  });

  it.each([
    ['no key', {}, 'GET', '/v1/batches/there', 401],
    ['a wrong key', { authorization: 'Bearer wrong' }, 'GET', '/v1/batches/there', 401],
    ['another scheme', { authorization: `Basic ${ADMINISTRATOR_KEY}` }, 'GET', '/v1/batches/there', 401],
    ['no key for metrics', {}, 'GET', '/metrics', 401],
    ['no key for a command', {}, 'POST', '/v1/organisations', 401],
    ['health needs none', {}, 'GET', '/health/live', 200],
    ['readiness needs none', {}, 'GET', '/health/ready', 200],
    ['the document needs none', {}, 'GET', '/openapi.json', 200],
    ['the reference page needs none', {}, 'GET', '/docs', 200],
  ])('%s', async (_, headers, method, path, status) => {
    expect((await fetch(ledger.url + path, { method, headers })).status).toBe(status);
  });

  it.each([
    ['an unknown address', 'nothing/here', 404],
    ['an unknown batch', 'batches/unheard-of', 404],
    ['an unknown parameter', 'batches?colour=grey', 400],
    ['a limit of 0', 'batches?limit=0', 400],
    ['a limit that is not a number', 'batches?limit=many', 400],
    ['a forged cursor', 'batches?cursor=AAAA', 400],
    ['an unknown direction', 'batches/there/provenance?direction=sideways', 400],
  ])('%s is reported', async (_, path, status) => {
    expect((await ledger.get(path)).status).toBe(status);
  });

  it('a malformed header is named', async () => {
    expect((await ledger.get('batches/there', 'soon')).status).toBe(400);
    expect((await ledger.post('sites/pit/batches', whole, { 'if-match': 'W/"x"' })).status).toBe(400);
    expect((await ledger.post('sites/pit/batches', whole, { 'content-type': 'text/plain' })).status).toBe(415);
  });
});
