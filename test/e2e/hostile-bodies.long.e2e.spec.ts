import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Client } from '../endurance/harness/client.js';
import { LedgerProcess, lodebook } from '../endurance/harness/ledger-process.js';
import { openSites } from '../endurance/harness/workload.js';
import { temporaryFolder } from '../harness/cli.js';
import { operationsOf, type OpenApiDocument } from '../harness/openapi-document.js';

const SITE = 'endurance-site-0';
const BATCHES = `/v1/sites/${SITE}/batches`;
const STREAM = `/v1/sites/${SITE}/commands`;
const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';

/** Against a server in a process of its own: a crash of it must not end the test. */
describe('a malformed body', () => {
  let server: LedgerProcess;
  let client: Client;
  let folder: string;
  let gone = false;
  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await LedgerProcess.start(folder);
    void server.ended.then(() => (gone = true));
    client = new Client(server.url, server.key);
    await openSites(client);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Sends raw bytes, closes, and reads the answer. @returns the status, or 0 without an answer */
  async function send(path: string, headers: Record<string, string>, body: Uint8Array): Promise<number> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    const fields = Object.entries({ host: 'x', connection: 'close', ...headers });
    socket.write(`POST ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    socket.end(body);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    await once(socket, 'close');
    return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
  }

  async function stillThere(): Promise<void> {
    expect((await client.get('/health/live')).status).toBe(200);
    expect(gone).toBe(false);
  }

  const sound = Buffer.from(JSON.stringify({ batchId: 'x' }));
  const junk = Buffer.from('thirteen byte');
  const CODINGS = ['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'compress', 'gzip, br', 'identity, gzip', 'GZIP', 'none'];
  const BODIES: readonly [string, Uint8Array, number][] = [
    ['junk', junk, junk.length],
    ['junk that ends before its length', junk, 1_000],
    ['nothing', Buffer.alloc(0), 0],
    ['gzip', gzipSync(sound), gzipSync(sound).length],
    ['half of a gzip', gzipSync(sound).subarray(0, 12), 12],
    ['deflate', deflateSync(sound), deflateSync(sound).length],
    ['brotli', brotliCompressSync(sound), brotliCompressSync(sound).length],
    ['a bomb', gzipSync(Buffer.alloc(50_000_000)), gzipSync(Buffer.alloc(50_000_000)).length],
  ];

  it.each(CODINGS)('with Content-Encoding %s is refused unread, whatever it holds', async (coding) => {
    const answers: [string, number][] = [];
    for (const [name, body, length] of BODIES) {
      for (const [path, type] of [
        [BATCHES, JSON_TYPE],
        [STREAM, NDJSON],
      ] as const) {
        const headers = { 'content-type': type, 'content-encoding': coding, 'content-length': String(length) };
        expect([name, await send(path, headers, body)]).toEqual([name, 401]);
        const status = await send(path, { ...headers, authorization: `Bearer ${server.key}` }, body);
        answers.push([`${name} to ${path}`, status]);
      }
    }
    expect(answers.filter(([, status]) => status !== 415)).toEqual([]);
    await stillThere();
  });

  it('is answered that no content coding is supported', async () => {
    const headers = { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' };
    const answer = await client.request('POST', BATCHES, '{}', headers);
    expect(answer.status).toBe(415);
    expect(answer.headers.get('accept-encoding')).toBe('identity');
    expect(answer.body['type']).toBe('urn:lodebook:problem:unsupported-media-type');
    const plain = await client.request('POST', BATCHES, '{}', {
      'content-type': JSON_TYPE,
      'content-encoding': 'identity',
    });
    expect(plain.status).toBe(400);
  });

  const TYPES = [
    NDJSON,
    'application/x-ndjson; charset=utf-8',
    'application/ndjson',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/octet-stream',
    'application/json-seq',
    'application/merge-patch+json',
    'application/jsonx',
    'json',
    '*/*',
    '/',
    ';',
  ];

  it('of another media type than the route accepts is refused on every route', async () => {
    const document = (await client.get('/openapi.json')).body as unknown as OpenApiDocument;
    const wrong: unknown[] = [];
    let tried = 0;
    for (const { method, path, requestBody } of operationsOf(document)) {
      if (method !== 'post' && method !== 'delete') continue;
      const streams = requestBody !== undefined && NDJSON in requestBody.content;
      const address = path.replaceAll(/\{site\}/g, SITE).replaceAll(/\{[^}]+\}/g, 'x');
      for (const type of TYPES) {
        if (streams && type.startsWith(NDJSON)) continue;
        const { status } = await client.request(method.toUpperCase(), address, '{}', { 'content-type': type });
        if (status !== 415) wrong.push([method, path, type, status]);
        tried++;
      }
      if (!streams) continue;
      const { status } = await client.request('POST', address, '{}', { 'content-type': JSON_TYPE });
      if (status !== 415) wrong.push([method, path, JSON_TYPE, status]);
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(500);
    await stillThere();
  });

  const NAMES = [...Object.getOwnPropertyNames(Object.prototype), 'prototype'];
  const VALUES = ['"x"', 'null', '1', '{}', '[]', '{"prototype":{}}', '{"name":"x"}'];

  it.each(NAMES)(
    'with a field %s, which no command has, is refused with the path of the field, wherever it is',
    async (name) => {
      const whole = {
        batchId: 'x',
        material: 'end-of-life-batteries',
        grossGrams: 1,
        contentGrams: {},
        origin: { kind: 'end-of-life' },
      };
      const text = JSON.stringify(whole);
      const wrong: unknown[] = [];
      for (const value of VALUES) {
        const field = `"${name}":${value},`;
        const bodies: [string, string][] = [
          [name, `{${field}${text.slice(1)}`],
          [`origin.${name}`, text.replace('"kind"', `${field}"kind"`)],
          [`contentGrams.${name}`, text.replace('"contentGrams":{}', `"contentGrams":{${field.slice(0, -1)}}`)],
          [`documents[0].${name}`, `{"documents":[{${field.slice(0, -1)}}],${text.slice(1)}`],
        ];
        for (const [path, body] of bodies) {
          const problem = expect.objectContaining({ path, code: 'unknown-field' }) as unknown;
          const single = await client.request('POST', BATCHES, body, { 'content-type': JSON_TYPE });
          if (single.status !== 400) wrong.push([body, single.status]);
          else expect(single.body['errors']).toContainEqual(problem);
          const line = `{"command":"batches","body":${body}}\n`;
          const stream = await client.request('POST', STREAM, line, { 'content-type': NDJSON });
          const told = JSON.parse(stream.body['text'] as string) as { status: number; errors: { path: string }[] };
          if (told.status !== 400) wrong.push([line, told]);
          else expect(told.errors[0]!.path).toMatch(new RegExp(`^(body\\.)?${path.replaceAll(/[[\].]/g, '\\$&')}$`));
        }
      }
      expect(wrong).toEqual([]);
      await stillThere();
    },
  );

  const empties = (count: number, entry: string): string => `[${`${entry},`.repeat(count - 1)}${entry}]`;
  const fields = (count: number): Record<string, number> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`field${n}`, 1]));
  it.each<[string, string, string]>([
    ['345,000 empty entries', 'splits', `{"batchId":"x","parts":${empties(345_000, '{}')}}`],
    ['200,000 nulls', 'dispatches', `{"shipmentId":"x","consigneeSiteId":"y","batchIds":${empties(200_000, 'null')}}`],
    ['lists in lists', 'receipts', `{"shipmentId":"x","batches":${empties(340, `{"labels":${empties(999, '{}')}}`)}}`],
    ['1,000 entries of unknown fields', 'transformations', `{"outputs":${empties(1_000, '{"a":1,"b":2,"c":3}')}}`],
    ['50,000 fields', 'batches', JSON.stringify(fields(50_000))],
    ['one name of a megabyte', 'batches', `{"${'n'.repeat(1_000_000)}":1}`],
    ['80,000 fields to withhold', 'batches', `{"withheld":${empties(80_000, '{"path":""}')}}`],
    ['a replacement of lists', 'corrections', `{"replacement":{"outputs":${empties(345_000, '{}')}}}`],
  ])('of %s gets a short answer, and delays nobody', async (_, path, body) => {
    expect(body.length).toBeLessThan(1_048_576);
    let slowestHealthMs = 0;
    let answered = false;
    const watch = (async () => {
      while (!answered) {
        const began = performance.now();
        await client.get('/health/live');
        slowestHealthMs = Math.max(slowestHealthMs, performance.now() - began);
      }
    })();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        client.request('POST', `/v1/sites/${SITE}/${path}`, body, { 'content-type': JSON_TYPE }),
      ),
    );
    answered = true;
    await watch;
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      const errors = answer.body['errors'] as unknown[];
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.length).toBeLessThanOrEqual(100);
      expect(JSON.stringify(answer.body).length).toBeLessThan(100_000);
    }
    expect(slowestHealthMs).toBeLessThan(5_000);
    await stillThere();
  });

  it('is refused in an import file as well', async () => {
    const site = { site: SITE, command: 'batches' };
    const lines = [
      ...NAMES.map((name) => `{"site":"${SITE}","command":"batches","body":{"origin":{"${name}":"x"}}}`),
      JSON.stringify({ ...site, body: { documents: Array.from({ length: 2_000 }, () => ({})) } }),
      JSON.stringify({ ...site, body: fields(200) }),
      JSON.stringify({ ...site, body: fields(50_000) }),
    ];
    const file = join(folder, 'hostile.ndjson');
    await writeFile(file, `${lines.join('\n')}\n`);
    const { code, stdout, stderr } = await lodebook(['import', '--json', file], folder);
    expect(code).toBe(1);
    const { recorded, refused } = JSON.parse(stdout) as { recorded: number; refused: unknown[] };
    expect([recorded, refused.length]).toEqual([0, lines.length]);
    for (const name of NAMES) expect(stderr).toContain(`body.origin.${name}: `);
    expect(stderr).toContain('documents: documents must have at most 1000 entries');
    expect(stderr).toContain('and more than 99 more: the first 100 are listed');
    expect(stderr).toContain('an object must have at most 256 members');
    await stillThere();
  });
});
