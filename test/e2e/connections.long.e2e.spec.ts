import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request as ask } from 'node:http';
import { connect, type Socket } from 'node:net';
import { readConfiguration } from '../../apps/server/src/index.js';
import { Client } from '../endurance/harness/client.js';
import { LedgerProcess } from '../endurance/harness/ledger-process.js';
import { commandOf, openSites } from '../endurance/harness/workload.js';
import { temporaryFolder } from '../harness/cli.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

async function open(url: string, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress });
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const closed = async (socket: Socket): Promise<string> => {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  if (!socket.closed) await once(socket, 'close');
  return text;
};

describe('more connections than file descriptors', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('leave health, commands and signing as they are', async () => {
    const folder = await temporaryFolder();
    const limited = ['bash', '-c', 'ulimit -n 600; exec "$0" "$@"'];
    const server = await LedgerProcess.start(folder, {}, limited);
    const client = new Client(server.url, server.key);
    const descriptors = (): number => readdirSync(`/proc/${server.pid}/fd`).length;
    await openSites(client);
    const before = await sizeSigned(client);
    for (let number = 0; number < 900; number++) await open(server.url);
    expect(descriptors()).toBeLessThan(600 - 64);
    for (const path of ['/health/live', '/health/ready'])
      expect([path, (await client.get(path)).status]).toEqual([path, 200]);
    for (let number = 0; number < 50; number++) {
      const { site, command, body } = commandOf('idle', number);
      await client.record(`sites/${site}/${command}`, body);
    }
    let signed = before;
    for (let tries = 0; tries < 100 && signed < before + 50; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      signed = await sizeSigned(client);
    }
    expect(signed).toBeGreaterThanOrEqual(before + 50);
    expect(server.log).not.toMatch(/EMFILE|"level":[56]0/);
    expect((await server.stop()).code).toBe(0);
    await rm(folder, { recursive: true, force: true });
  });

  async function sizeSigned(client: Client): Promise<number> {
    const note = (await client.get('/v1/audit/checkpoint')).body['text'] as string;
    return Number(note.split('\n')[1]);
  }
});

describe('connections', () => {
  let ledger: RunningLedger;
  afterEach(() => ledger.dispose());

  /** @returns undefined when the connection is closed without an answer */
  const health = (localAddress: string): Promise<number | undefined> =>
    new Promise((resolve) => {
      const asked = ask(`${ledger.url}/health/live`, { localAddress, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on('error', () => resolve(undefined));
      asked.end();
    });
  const begin = async (localAddress: string): Promise<Socket> => {
    const socket = await open(ledger.url, localAddress);
    socket.write(
      `POST /v1/sites/pit/commands HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ledger.key}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
    );
    await ledger.record('sites/pit/batches', extracted(`behind-${sockets.length}`)); // the head has arrived by then
    return socket;
  };
  const start = async (most: string, ofAddress: string, more: Record<string, string> = {}): Promise<void> => {
    const limits = { LODEBOOK_MAX_CONNECTIONS: most, LODEBOOK_MAX_CONNECTIONS_ADDRESS: ofAddress };
    ledger = await RunningLedger.start({ ...limits, ...more });
    await openTwoSites(ledger);
  };

  it('may be idle between requests as long as docs/operations.md says', async () => {
    await start('100', '50');
    const socket = await open(ledger.url);
    socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    const [head] = (await once(socket, 'data')) as [Buffer];
    const limit = /closed (\d+) s after its last request/.exec(readFileSync('docs/operations.md', 'utf8'))?.[1];
    expect(/keep-alive: timeout=(\d+)/i.exec(head.toString('latin1'))?.[1]).toBe(limit);
  });

  it('of an address beyond its share close the one that was idle longest', async () => {
    await start('100', '4');
    const idle = [await open(ledger.url, '127.0.0.2'), await open(ledger.url, '127.0.0.2')];
    const used = await open(ledger.url, '127.0.0.2');
    used.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(used, 'data');
    await open(ledger.url, '127.0.0.2');
    expect(await health('127.0.0.2')).toBe(200);
    await closed(idle[0]!);
    expect(await health('127.0.0.3')).toBe(200);
    used.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String(((await once(used, 'data')) as [Buffer])[0])).toMatch(/^HTTP\/1\.1 200/);
  });

  it('that are all active are not closed: the next of that address is answered 503, others are served', async () => {
    await start('100', '3');
    const working = [await begin('127.0.0.2'), await begin('127.0.0.2'), await begin('127.0.0.2')];
    expect(await closed(await open(ledger.url, '127.0.0.2'))).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 2\r\n/s);
    expect(await health('127.0.0.3')).toBe(200);
    expect(working.map(({ closed: gone }) => gone)).toEqual([false, false, false]);
    working[0]!.destroy();
    let status: number | undefined;
    for (let tries = 0; tries < 100 && status !== 200; tries++) status = await health('127.0.0.2');
    expect(status).toBe(200);
  });

  it('beyond the total close an idle one of the address that has most', async () => {
    await start('6', '6');
    const few = await open(ledger.url, '127.0.0.3');
    const many = [
      await open(ledger.url, '127.0.0.2'),
      await open(ledger.url, '127.0.0.2'),
      await open(ledger.url, '127.0.0.2'),
    ];
    for (let number = 0; number < 3; number++) await open(ledger.url, `127.0.0.1${number}`);
    await closed(many[0]!);
    expect(few.closed).toBe(false);
  });

  it('of a trusted proxy are limited only by the total', async () => {
    await start('100', '1', { LODEBOOK_TRUST_PROXY: '127.0.0.2' });
    const ofProxy = [await open(ledger.url, '127.0.0.2'), await open(ledger.url, '127.0.0.2')];
    const others = [await open(ledger.url, '127.0.0.3'), await open(ledger.url, '127.0.0.3')];
    await closed(others[0]!);
    expect(ofProxy.map(({ closed: gone }) => gone)).toEqual([false, false]);
  });
});

describe('the number of connections', () => {
  const read = (most: string, ofAddress = ''): unknown =>
    readConfiguration({ LODEBOOK_MAX_CONNECTIONS: most, LODEBOOK_MAX_CONNECTIONS_ADDRESS: ofAddress }).connections;

  it('is as configured, and half of it for one address by default', () => {
    expect(read('100')).toEqual({ most: 100, mostOfAddress: 50 });
    expect(read('100', '100')).toEqual({ most: 100, mostOfAddress: 100 });
    const { most, mostOfAddress } = readConfiguration({}).connections;
    expect(most).toBeGreaterThan(0);
    expect(mostOfAddress).toBe(Math.ceil(most / 2));
  });

  it.each([
    ['0', '', 'LODEBOOK_MAX_CONNECTIONS must be a number of connections'],
    ['many', '', 'LODEBOOK_MAX_CONNECTIONS must be a number of connections'],
    ['999999999', '', 'LODEBOOK_MAX_CONNECTIONS must be \\d+ at the most: this process may have \\d+ files'],
    ['10', '-1', 'LODEBOOK_MAX_CONNECTIONS_ADDRESS must be a number of connections'],
    ['10', '11', 'LODEBOOK_MAX_CONNECTIONS_ADDRESS must be 10 at the most'],
  ])('cannot be %s, and for one address “%s”', (most, ofAddress, problem) => {
    expect(() => read(most, ofAddress)).toThrow(new RegExp(problem));
  });
});
