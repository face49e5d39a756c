import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { operationsOf, type OpenApiDocument, type Operation } from '../harness/openapi-document.js';
import { ADMINISTRATOR_KEY, bearer, RunningLedger } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

const LARGEST = 1_048_576;

function rolesOf(operation: Operation): readonly string[] | undefined {
  return (operation as { 'x-roles'?: string[] })['x-roles'];
}

describe('access control, before the body is read', () => {
  let ledger: RunningLedger;
  let operations: Operation[];
  let reader: string;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    ledger = await RunningLedger.start({ LODEBOOK_RATE_LIMIT_FAILED: '0' });
    await openTwoSites(ledger);
    reader = await ledger.issueKey('wombat', 'reader');
    const document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as OpenApiDocument;
    operations = operationsOf(document).filter(({ requestBody }) => requestBody !== undefined);
    expect(operations.length).toBeGreaterThan(35);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => ledger.dispose());

  const open = (text: string): Socket => {
    const socket = connect(Number(new URL(ledger.url).port), '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write(text);
    return socket;
  };
  const head = (method: string, path: string, headers: Record<string, string>): string => {
    const lines = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method.toUpperCase()} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  };
  /** What the server has answered once it matches a pattern. */
  const until = async (socket: Socket, pattern: RegExp): Promise<string> => {
    let text = '';
    while (!pattern.test(text)) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      text += chunk.toString('utf8');
    }
    return text;
  };
  const WHOLE = /\r\n\r\n\{.*\}/s;
  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

  /** Answers to requests that announce a body but send none of it. */
  async function answersTo(headers: Record<string, string>, asked = operations): Promise<[string, number][]> {
    const answers: [string, number][] = [];
    for (const { method, path, requestBody } of asked) {
      const type = { 'content-type': Object.keys(requestBody!.content)[0]! };
      const address = path.replaceAll(/\{[^}]+\}/g, 'x');
      const length: Record<string, string> = headers['transfer-encoding'] ? {} : { 'content-length': String(LARGEST) };
      const socket = open(head(method, address, { ...type, ...length, ...headers }));
      answers.push([path, statusOf(await until(socket, WHOLE))]);
      socket.destroy();
    }
    return answers;
  }

  it.each<[string, Record<string, string>]>([
    ['no key', {}],
    ['a key that is not known', bearer(`lodebook_${'A'.repeat(43)}`)],
    ['no key and a body without a length', { 'transfer-encoding': 'chunked' }],
  ])('answers 401 to %s without a byte of the body', async (_, headers) => {
    const open = operations.filter((one) => rolesOf(one) === undefined).map(({ path }) => path);
    expect(open).toEqual(['/v1/concerns', '/v1/concerns/{concern}/comments']);
    for (const [path, status] of await answersTo(headers)) {
      // Without a key only a small body is accepted.
      const isOpen = open.includes(path) && !('authorization' in headers);
      expect([path, status]).toEqual([path, isOpen ? 413 : 401]);
    }
  });

  it('answers 403 to the wrong role and 404 at an unknown address without a byte of the body', async () => {
    const closed = operations.filter((one) => rolesOf(one)?.includes('reader') === false);
    expect(closed.length).toBeGreaterThan(30);
    for (const [path, status] of await answersTo(bearer(reader), closed)) expect([path, status]).toEqual([path, 403]);
    const nowhere = open(head('POST', '/v1/nowhere', { 'content-length': String(LARGEST) }));
    expect(statusOf(await until(nowhere, WHOLE))).toBe(404);
  });

  it('answers a body that never ends after reading little of it', async () => {
    const socket = open(
      head('POST', '/v1/sites/pit/batches', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }),
    );
    const chunk = `10000\r\n${' '.repeat(0x1_0000)}\r\n`;
    expect(statusOf(await until(socket, WHOLE))).toBe(401);
    const ended = new Promise((resolve) => socket.once('close', resolve)); // whether or not a reset comes first
    socket.resume();
    const sending = setInterval(() => socket.writable && socket.write(chunk.repeat(4)), 10);
    await ended;
    clearInterval(sending);
  });

  it('sends 100 Continue only to callers that may use the route', async () => {
    const body = JSON.stringify(extracted('expected'));
    const headers = {
      'content-type': 'application/json',
      'content-length': String(body.length),
      expect: '100-continue',
    };
    const refused = await until(open(head('POST', '/v1/sites/pit/batches', headers)), WHOLE);
    expect(statusOf(refused)).toBe(401);
    const socket = open(head('POST', '/v1/sites/pit/batches', { ...headers, ...bearer(ledger.key) }));
    expect(statusOf(await until(socket, /\r\n\r\n/))).toBe(100);
    socket.write(body);
    expect(statusOf(await until(socket, WHOLE))).toBe(201);
  });

  it('lets a connection be reused once the refused body has arrived', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': String(LARGEST) };
    const socket = open(head('POST', '/v1/sites/pit/batches', headers));
    expect(statusOf(await until(socket, WHOLE))).toBe(401);
    socket.write(' '.repeat(LARGEST));
    socket.write(
      head('POST', '/v1/organisations', { ...headers, 'content-length': '2', ...bearer(ADMINISTRATOR_KEY) }),
    );
    socket.write('{}');
    expect(statusOf(await until(socket, WHOLE))).toBe(400);
  });
});
