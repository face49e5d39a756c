import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { keyFor, openHiddenChain, SECRET } from '../harness/hidden-chain.js';
import { operationsOf, type OpenApiDocument, type Operation } from '../harness/openapi-document.js';
import { ADMINISTRATOR_KEY, RunningLedger, type Json } from '../harness/running-ledger.js';
import { AT } from '../harness/two-sites.js';

/** An id as long as the hidden one: answers about hidden and unknown objects may differ in the id only, not in length. */
let absentees = 0;
const absent = (hidden: string): string => hidden.replace(SECRET, `z${String(absentees++).padStart(5, '0')}`);
const NO_EVENT = '00000000-0000-5000-8000-000000000000';
const PROGRAMME = 'us-japan-cma-2023';

/** Ids of hidden objects, by the name of the field or parameter that could refer to them. */
const HIDDEN: Readonly<Record<string, string>> = {
  batchId: `${SECRET}-ore`,
  shipmentId: `${SECRET}-shipment`,
  labelId: `${SECRET}-label`,
  transformationId: `${SECRET}-transformation`,
  attestationId: `${SECRET}-attestation`,
  concernId: `${SECRET}-concern`,
  siteId: `${SECRET}-pit`,
  consigneeSiteId: `${SECRET}-pit`,
  issuerOrganisationId: `${SECRET}-auditor`,
  organisationId: `${SECRET}-mining`,
  batch: `${SECRET}-ore`,
  site: `${SECRET}-pit`,
  organisation: `${SECRET}-mining`,
  attestation: `${SECRET}-attestation`,
  concern: `${SECRET}-concern`,
  q: `${SECRET}-ore`,
  plant: `${SECRET}-pit`,
};
/** Values for parameters that refer to no object. */
const PLAIN: Readonly<Record<string, readonly string[]>> = {
  programme: [PROGRAMME, SECRET],
  verdict: ['compliant', 'unproven'],
  material: ['ore', SECRET],
  status: ['in-transit', 'received'],
  direction: ['upstream', 'downstream', 'in', 'out'],
  depth: ['1', '40'],
  limit: ['1', '1000'],
  cursor: [SECRET],
  validAt: [AT(9), AT(1)],
  knownAt: ['0', '20', AT(9)],
  batteryCategory: ['ev', SECRET],
  rulesAt: [AT(9)],
  indicative: ['true'],
  restsOn: ['true'],
  reasons: ['false'],
  disclosures: ['true', 'false'],
  from: ['0', '10'],
  to: ['5', '20'],
  index: ['0', '10'],
  after: ['0', '10'],
  size: ['5', '20'],
  stream: [`batch-${SECRET}-ore`],
  until: ['10'],
  claim: [SECRET],
  mineral: ['lithium'],
  kind: ['batch', SECRET],
  plant: ['plant'],
  year: ['2026', '1999'],
};
/** The existence of a site is revealed by design (`docs/access.md`). */
const SITES: readonly string[] = ['consigneeSiteId', 'siteId'];

interface Asker {
  readonly name: string;
  readonly key: string;
  readonly site: string;
}

describe('what is hidden', () => {
  let ledger: RunningLedger;
  let operations: Operation[];
  let askers: Asker[];
  let hiddenEvent: string;
  let position: string;
  const lines: string[] = [];
  const keep = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });

  beforeAll(async () => {
    ledger = await RunningLedger.start({}, undefined, pino({ level: 'trace' }, keep));
    position = await openHiddenChain(ledger);
    const history = await ledger.get(`batches/${SECRET}-ore/history`, position);
    hiddenEvent = (history.body['items'] as unknown as { record: { id: string } }[])[0]!.record.id;
    askers = await Promise.all(
      (['custodian', 'reader', 'attestor'] as const).flatMap((role) =>
        [
          ['maker', 'plant'],
          ['stranger', 'yard'],
        ].map(async ([organisation, site]) => ({
          name: `${role} of ${organisation}`,
          key: await keyFor(ledger, organisation!, role),
          site: site!,
        })),
      ),
    );
    const document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as OpenApiDocument;
    operations = operationsOf(document);
  });
  afterAll(() => ledger.dispose());

  /** The whole answer (status, headers, body), without the id that was asked for. */
  async function ask(key: string, method: string, path: string, id: string, body?: unknown): Promise<string> {
    const answer = await fetch(ledger.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const headers = [...answer.headers].filter(([name]) => name !== 'date');
    return `${answer.status} ${JSON.stringify(headers)} ${await answer.text()}`.replaceAll(id, '·');
  }

  it('in the path of a command gets exactly the refusal of an unknown id', async () => {
    const different: unknown[] = [];
    let asked = 0;
    for (const { method, path, requestBody } of operations) {
      const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
      const id = HIDDEN[names[0] ?? ''];
      if (method === 'get' || id === undefined) continue;
      const body = exampleOf(requestBody);
      for (const { name, key } of askers) {
        const filled = (one: string): string =>
          path.replaceAll(/\{([^}]+)\}/g, (_, each: string) => (each === names[0] ? one : 'some'));
        const hidden = await ask(key, method.toUpperCase(), filled(id), id, body);
        const other = absent(id);
        const nothing = await ask(key, method.toUpperCase(), filled(other), other, body);
        if (hidden !== nothing || hidden.includes(SECRET)) different.push([name, method, path, hidden, nothing]);
        asked++;
      }
    }
    expect(different).toEqual([]);
    expect(asked).toBeGreaterThan(150);
  });

  it('is not revealed by any query parameter', async () => {
    const different: unknown[] = [];
    const unknown = new Set<string>();
    let asked = 0;
    for (const { method, path, parameters = [] } of operations) {
      if (method !== 'get') continue;
      const queries = parameters.filter((one) => one.in === 'query');
      const required = queries.filter(({ required: is }) => is).map(({ name }) => `${name}=${PLAIN[name]?.[0] ?? 'x'}`);
      for (const { name, key, site } of askers) {
        const own = {
          batch: site === 'yard' ? 'own' : 'cathode',
          product: site === 'yard' ? 'first-pack' : 'pack',
          model: site === 'yard' ? 'first-pack-model' : 'pack-model',
          site,
          organisation: site === 'yard' ? 'stranger' : 'maker',
        };
        const address = path.replaceAll(/\{([^}]+)\}/g, (_, each: keyof typeof own) => own[each] ?? PROGRAMME);
        for (const query of queries) {
          const id = query.name === 'eventId' ? hiddenEvent : HIDDEN[query.name];
          const search = (value: string): string =>
            `${address}?${[...required.filter((one) => !one.startsWith(`${query.name}=`)), `${query.name}=${encodeURIComponent(value)}`].join('&')}`;
          if (id !== undefined) {
            const other = query.name === 'eventId' ? NO_EVENT : absent(id);
            const hidden = await ask(key, 'GET', search(id), id);
            const nothing = await ask(key, 'GET', search(other), other);
            asked++;
            if (hidden !== nothing || hidden.includes(SECRET))
              different.push([name, path, query.name, hidden, nothing]);
            continue;
          }
          if (PLAIN[query.name] === undefined) unknown.add(query.name);
          for (const value of PLAIN[query.name] ?? []) {
            const told = await ask(key, 'GET', search(value), value === SECRET ? SECRET : '\u0000');
            asked++;
            if (told.includes(SECRET) || told.includes('-23.4321'))
              different.push([name, path, query.name, value, told]);
          }
        }
      }
    }
    expect([...unknown]).toEqual([]);
    expect(different).toEqual([]);
    expect(asked).toBeGreaterThan(200);
  });

  it('is hidden from attestors at the other end of the chain too', async () => {
    const auditor = await keyFor(ledger, `${SECRET}-auditor`, 'attestor');
    const told: unknown[] = [];
    for (const path of ['attestations', `sites/${SECRET}-pit`, `attestations?site=${SECRET}-pit`, 'concerns']) {
      const { status, body } = await ledger.request('GET', `/v1/${path}`, undefined, {
        authorization: `Bearer ${auditor}`,
      });
      told.push([path, status]);
      expect(JSON.stringify(body)).not.toMatch(/maker|trader|stranger|plant|works|yard|salt/);
    }
    expect(told.map((each) => (each as unknown[])[1])).toEqual([200, 200, 200, 200]);
    for (const path of ['sites/plant', 'sites/works', 'organisations/maker', 'batches/cathode']) {
      const { status } = await ledger.request('GET', `/v1/${path}`, undefined, { authorization: `Bearer ${auditor}` });
      expect([path, status >= 403]).toEqual([path, true]);
    }
  });

  // After the other tests: what this one records names the hidden site, in the asker's own words, which the asker may read.
  it('in the body of a command gets the refusal of an unknown id, except where commands reveal it by design', async () => {
    const different: unknown[] = [];
    let asked = 0;
    for (const { path, method, requestBody } of operations) {
      const body = exampleOf(requestBody);
      if (method !== 'post' || typeof body !== 'object') continue;
      for (const place of placesOfIds(body)) {
        const id = place.name === 'eventId' ? hiddenEvent : HIDDEN[place.name]!;
        for (const { name, key, site } of askers) {
          const address = path.replace('{site}', site).replaceAll(/\{[^}]+\}/g, site === 'yard' ? 'stranger' : 'maker');
          const other = place.name === 'eventId' ? NO_EVENT : absent(id);
          const nothing = await ask(key, 'POST', address, other, place.filled(other));
          const hidden = await ask(key, 'POST', address, id, place.filled(id));
          asked++;
          if (hidden.includes(SECRET)) different.push([name, path, place.name, hidden]);
          if (hidden === nothing || (isRecorded(hidden) && isRecorded(nothing))) continue;
          const byDesign = codeOf(hidden) === 'id-taken' || (SITES.includes(place.name) && isOfSite(codeOf(nothing)));
          if (!byDesign) different.push([name, path, place.name, hidden, nothing]);
        }
      }
    }
    expect(different).toEqual([]);
    expect(asked).toBeGreaterThan(150);
  });

  it('is in no metric, for any reader', async () => {
    const answer = await fetch(`${ledger.url}/metrics`, { headers: { authorization: `Bearer ${ADMINISTRATOR_KEY}` } });
    const text = await answer.text();
    expect(text).toContain('lodebook_http_request_seconds');
    expect(text.toLowerCase()).not.toContain(SECRET);
  });

  it('is in no line of the server’s most verbose log, even when the server fails', async () => {
    await ledger.ledger.close();
    const failed: number[] = [];
    for (const path of [`batches/${SECRET}-ore`, `sites/${SECRET}-pit/holdings`]) {
      failed.push((await ledger.get(path)).status);
    }
    const body = { batchId: `${SECRET}-ore`, labelId: `${SECRET}-l`, standard: 's', carrier: 'qr', value: SECRET };
    failed.push((await ledger.post(`sites/${SECRET}-pit/labels`, body)).status);
    expect(failed.every((status) => status >= 500)).toBe(true);
    const telling = lines.filter((line) => line.toLowerCase().includes(SECRET) || line.includes(ADMINISTRATOR_KEY));
    expect(telling).toEqual([]);
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.some((line) => line.includes('"level":50'))).toBe(true);
  });
});

const isRecorded = (answer: string): boolean => answer.startsWith('201 ');
const isOfSite = (code: string): boolean => code === 'not-addressed-here' || code === 'not-found';

function codeOf(answer: string): string {
  return /urn:lodebook:problem:([\w-]+)/.exec(answer)?.[1] ?? '';
}

function exampleOf(requestBody: Operation['requestBody']): unknown {
  const media = requestBody?.content['application/json'];
  return Object.values(media?.examples ?? {})[0]?.value ?? (media && {});
}

interface Place {
  readonly name: string;
  /** The body with this id at the place. */
  filled(id: string): unknown;
}

/** Every place in a body that could hold the id of a hidden object. */
function placesOfIds(body: unknown, put: (value: unknown) => unknown = (value) => value): Place[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, member]: [string, Json]) => {
    const within = (value: unknown): unknown =>
      put(Array.isArray(body) ? body.with(Number(name), value) : { ...body, [name]: value });
    const called = name === 'batchIds' ? 'batchId' : name;
    if (typeof member === 'string' && (HIDDEN[called] !== undefined || called === 'eventId')) {
      return [{ name: called, filled: within }];
    }
    if (name === 'batchIds') return [{ name: called, filled: (id: string) => within([id]) }];
    return placesOfIds(member, within);
  });
}
