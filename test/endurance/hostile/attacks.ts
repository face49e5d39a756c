import { randomBytes } from 'node:crypto';
import { Agent, request as ask } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { HOSTILE_ADDRESS, head, type RawClient } from './raw-client.js';

/** What an attack works with. */
export interface Arms {
  readonly client: RawClient;
  /** A custodian's key, for an organisation of its own with one site. */
  readonly key: string;
  readonly site: string;
  /** From 0 to 1, repeatable. */
  readonly random: () => number;
}

type Attack = (arms: Arms) => Promise<void>;

const JSON_TYPE = 'Content-Type: application/json';
const NDJSON = 'Content-Type: application/x-ndjson';
const PATIENCE_MS = 10_000;

const COMMANDS = ['batches', 'transformations', 'splits', 'dispatches', 'receipts', 'labels', 'corrections', 'holds'];
const repeated = (count: number, entry: string): string => `[${`${entry},`.repeat(count - 1)}${entry}]`;
const BODIES: readonly (string | Uint8Array)[] = [
  `{"batchId":"x","parts":${repeated(300_000, '{}')}}`,
  `{"inputs":${repeated(1_000, '{"a":1,"b":2,"c":3}')},"outputs":${repeated(1_000, '{}')}}`,
  `{"batches":${repeated(300, `{"labels":${repeated(990, '{}')}}`)}}`,
  `{"withheld":${repeated(80_000, '{"path":""}')}}`,
  `{"${'n'.repeat(1_000_000)}":1}`,
  `{"reason":"${'\\u0000'.repeat(150_000)}"}`,
  '['.repeat(1_000_000),
  '{"a":'.repeat(150_000),
  '{"__proto__":{"batchId":"x"},"constructor":{"prototype":{}},"toString":1}',
  '{"grossGrams":1e999,"contentGrams":{"nickel":-0}}',
  JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`f${n}`, n]))),
  Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
  'null',
  '',
];
const CODINGS = ['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'identity', 'gzip, gzip', 'GZIP', 'chunked', '\u00e9'];
const CODED = [randomBytes(13), gzipSync(Buffer.alloc(20_000_000)), brotliCompressSync(Buffer.alloc(20_000_000))];
const TYPES = [
  'application/x-ndjson',
  'text/plain',
  'multipart/form-data',
  'application/json; charset=utf-16',
  '/',
  '',
];

/** By name, in the order in which each is tried once. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  async bodies(arms) {
    const body = oneOf(arms, BODIES);
    await arms.client.send(PATIENCE_MS, ...whole(arms, oneOf(arms, COMMANDS), [JSON_TYPE], body));
    await arms.client.send(
      PATIENCE_MS,
      ...whole(arms, 'commands', [NDJSON], `{"command":"batches","body":${String(body)}}`),
    );
  },

  async encodings(arms) {
    const headers = [oneOf(arms, [JSON_TYPE, NDJSON]), `Content-Encoding: ${oneOf(arms, CODINGS)}`];
    const body = oneOf(arms, CODED);
    await arms.client.send(PATIENCE_MS, ...whole(arms, oneOf(arms, [...COMMANDS, 'commands']), headers, body));
    const anonymous = head(
      'POST',
      `/v1/sites/${arms.site}/batches`,
      ...headers,
      `Content-Length: ${body.length + 900}`,
    );
    await arms.client.send(PATIENCE_MS, anonymous, body);
  },

  async types(arms) {
    const headers = [`Content-Type: ${oneOf(arms, TYPES)}`];
    const body = oneOf(arms, ['{}', '{}\n{}\n', '--x', randomBytes(100)]);
    await arms.client.send(PATIENCE_MS, ...whole(arms, oneOf(arms, [...COMMANDS, 'commands']), headers, body));
  },

  async lengths(arms) {
    const lengths: readonly string[][] = [
      ['Content-Length: 1000'],
      ['Content-Length: 1'],
      ['Content-Length: -1'],
      ['Content-Length: 0x10'],
      ['Content-Length: 99999999999999999999'],
      ['Content-Length: 2', 'Content-Length: 3'],
      ['Content-Length: 2', 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked, identity'],
      ['Transfer-Encoding: gzip, chunked'],
      ['Content-Length: 1048577', 'Expect: 100-continue'],
      ['Expect: nothing'],
    ];
    const type = oneOf(arms, [JSON_TYPE, NDJSON]);
    const path = `/v1/sites/${arms.site}/${type === NDJSON ? 'commands' : 'batches'}`;
    const sent = oneOf(arms, [
      '{}',
      '2\r\n{}\r\n0\r\n\r\n',
      'ffffffffff\r\n{}',
      '-1\r\n',
      '2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n',
    ]);
    await arms.client.send(PATIENCE_MS, head('POST', path, bearer(arms), type, ...oneOf(arms, lengths)), sent);
  },

  async headers(arms) {
    const many = Array.from({ length: 2_000 }, (_, n) => `X-${n}: y`);
    const heads: readonly (string | Uint8Array)[] = [
      head('GET', '/health/live', `X: ${'x'.repeat(30_000)}`),
      head('GET', '/health/live', ...many),
      head('GET', `/v1/batches/${'%ff'.repeat(3_000)}`, bearer(arms)),
      head('GET', '/v1/batches/%E0%A4%A', bearer(arms)),
      head('GET', '//..//v1/../../etc/passwd?__proto__=1&constructor[prototype]=2'),
      head('GET', '/v1/batches?limit=1e9&cursor=%00&cursor=x', bearer(arms)),
      head('GET', '/v1/batches', 'Authorization: Bearer \u00e9', 'X\u0000: y'),
      head('POST', `/v1/sites/${arms.site}/batches`, bearer(arms), JSON_TYPE, `Idempotency-Key: ${'k'.repeat(9_000)}`),
      head('GET', '/v1/batches', bearer(arms), 'Ledger-Position: 99999999999999999999999'),
      head('CONNECT', 'example.org:443'),
      head('TRACE', '/'),
      head('GET', '/docs', 'Upgrade: websocket', 'Connection: Upgrade'),
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'GET /\r\n\r\n',
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
      randomBytes(5_000),
    ];
    await arms.client.send(PATIENCE_MS, oneOf(arms, heads));
  },

  /** A byte of a head, of a body and of a line now and then, on many connections. */
  async slow(arms) {
    const starts = [
      'POST /v1/sites/x/batches HTTP/1.1\r\nHost: x\r\n',
      head('POST', `/v1/sites/${arms.site}/batches`, bearer(arms), JSON_TYPE, 'Content-Length: 100000'),
      head('POST', `/v1/sites/${arms.site}/commands`, bearer(arms), NDJSON, 'Content-Length: 100000'),
    ];
    const sockets = Array.from({ length: 60 }, (_, n) => {
      const socket = arms.client.open();
      socket.write(starts[n % starts.length]!);
      return { socket, drip: n % starts.length === 0 ? 'X: y\r\n' : ' ' };
    });
    for (let second = 0; second < 5; second++) {
      for (const { socket, drip } of sockets) if (socket.writable) socket.write(drip);
      await delay(1_000);
    }
    for (const { socket } of sockets) socket.destroy();
  },

  /** Connections that break at any moment: before, during and after what they send, or in the middle of an answer. */
  async aborted(arms) {
    const line = `${JSON.stringify({ command: 'batches', body: batch(arms) })}\n`.repeat(200);
    const requests = [
      [...whole(arms, 'batches', [JSON_TYPE], JSON.stringify(batch(arms)))],
      [...whole(arms, 'commands', [NDJSON], line)],
      [head('GET', '/openapi.json')],
      [head('GET', '/v1/batches?limit=1000', bearer(arms))],
    ];
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const socket = arms.client.open();
        const bytes = Buffer.concat(requests[n % requests.length]!.map((part) => Buffer.from(part)));
        socket.write(bytes.subarray(0, Math.ceil(arms.random() * bytes.length)));
        await delay(arms.random() * 200);
        if (arms.random() < 0.5) socket.resetAndDestroy();
        else socket.destroy();
      }),
    );
  },

  /** More connections than there are descriptors, on which nothing is sent. */
  async idle(arms) {
    const sockets = Array.from({ length: 900 }, () => arms.client.open());
    await delay(3_000);
    for (const socket of sockets) socket.destroy();
  },

  /** One principal sends all it can: commands one by one, and streams whose answers it does not read. */
  async flood(arms) {
    const until = performance.now() + 4_000;
    const streams = Array.from({ length: 40 }, () => {
      const socket = arms.client.open();
      socket.write(head('POST', `/v1/sites/${arms.site}/commands`, bearer(arms), NDJSON, 'Transfer-Encoding: chunked'));
      socket.pause();
      return socket;
    });
    const pour = async (): Promise<void> => {
      while (performance.now() < until) {
        const line = `${JSON.stringify({ command: 'batches', body: { ...batch(arms), colour: 'x'.repeat(2_000) } })}\n`;
        const chunk = `${line.length.toString(16)}\r\n${line}\r\n`;
        for (const socket of streams) if (socket.writable && socket.writableLength < 65_536) socket.write(chunk);
        await delay(1);
      }
    };
    await Promise.all([pour(), storm(arms, until, 48, `/v1/sites/${arms.site}/batches`, arms.key)]);
    for (const socket of streams) socket.destroy();
  },

  /** Requests with keys that nobody has, and without any. */
  async keys(arms) {
    const until = performance.now() + 2_000;
    await Promise.all([
      storm(arms, until, 24, '/v1/programmes', `lodebook_${'A'.repeat(43)}`),
      storm(arms, until, 24, '/v1/audit/checkpoint', undefined),
    ]);
  },
};

/** Sends request after request on each of this many connections. */
async function storm(
  arms: Arms,
  until: number,
  connections: number,
  path: string,
  key: string | undefined,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post = path.endsWith('/batches');
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const headers = {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(post && { 'content-type': 'application/json' }),
      };
      const options = { agent, localAddress: HOSTILE_ADDRESS, method: post ? 'POST' : 'GET', headers };
      const asked = ask(arms.client.url + path, options, (answer) => {
        arms.client.saw(String(answer.statusCode));
        answer.once('end', resolve).once('close', resolve).resume();
      });
      asked.once('error', () => resolve());
      asked.end(post ? JSON.stringify(batch(arms)) : undefined);
    });
  const work = async (): Promise<void> => {
    while (performance.now() < until) await one();
  };
  await Promise.all(Array.from({ length: connections }, work));
  agent.destroy();
}

function whole(
  arms: Arms,
  command: string,
  headers: readonly string[],
  body: string | Uint8Array,
): [string, string | Uint8Array] {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [head('POST', `/v1/sites/${arms.site}/${command}`, bearer(arms), ...headers, length), body];
}

function bearer({ key }: Arms): string {
  return `Authorization: Bearer ${key}`;
}

function batch(arms: Arms): Record<string, unknown> {
  const batchId = `hostile-${Math.floor(arms.random() * 1e15)}`;
  return {
    batchId,
    material: 'end-of-life-batteries',
    grossGrams: 1,
    contentGrams: {},
    origin: { kind: 'end-of-life' },
  };
}

function oneOf<T>({ random }: Arms, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)]!;
}
