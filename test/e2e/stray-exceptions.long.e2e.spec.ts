import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from '../endurance/harness/client.js';
import { LedgerProcess } from '../endurance/harness/ledger-process.js';
import { REPOSITORY } from '../endurance/harness/repository.js';
import { commandOf, openSites } from '../endurance/harness/workload.js';
import { temporaryFolder } from '../harness/cli.js';

const PRELOADED = pathToFileURL(join(REPOSITORY, 'test/harness/straying-requests.mjs')).href;
const JSON_TYPE = { 'content-type': 'application/json' };

describe('an exception that nothing catches', () => {
  let server: LedgerProcess;
  let client: Client;
  let folder: string;
  let gone = false;
  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await LedgerProcess.start(folder, { NODE_OPTIONS: `--import ${PRELOADED}` });
    void server.ended.then(() => (gone = true));
    client = new Client(server.url, server.key);
    await openSites(client);
  });
  afterAll(async () => {
    await server.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const batch = (mark: string): string => JSON.stringify(commandOf(mark, 3).body);
  const path = `/v1/sites/${commandOf('', 3).site}/batches`;
  const lines = (): { level: number; reqId?: string; err?: { message: string } }[] =>
    server.log
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as { level: number });

  it.each(['timer', 'immediate', 'tick', 'rejection', 'rejection-later', 'many'])(
    'in a request, by way of %s, is attributed to that request and to no other',
    async (way) => {
      const before = lines().length;
      const others = Array.from({ length: 20 }, (_, number) =>
        client.request('POST', path, batch(`${way}-${number}`), JSON_TYPE),
      );
      const strays = await Promise.all(
        Array.from({ length: 5 }, (_, number) =>
          client.request('POST', path, batch(`${way}-stray-${number}`), { ...JSON_TYPE, 'x-stray': way }),
        ),
      );
      for (const { status, body } of strays) {
        // Answered before the exception, or because of it.
        expect([201, 500]).toContain(status);
        if (status === 500) expect(body['type']).toBe('urn:lodebook:problem:internal-error');
      }
      for (const { status } of await Promise.all(others)) expect(status).toBe(201);
      let logged: ReturnType<typeof lines> = [];
      for (let tries = 0; tries < 50 && new Set(logged.map(({ reqId }) => reqId)).size < 5; tries++) {
        await delay(50);
        logged = lines()
          .slice(before)
          .filter(({ err }) => err?.message === 'a stray exception');
      }
      expect(new Set(logged.map(({ reqId }) => reqId)).size).toBe(5);
      expect(logged.every(({ reqId, level }) => reqId !== undefined && level === 50)).toBe(true);
      expect((await client.get('/health/live')).status).toBe(200);
      expect(gone).toBe(false);
    },
  );

  it('in a waiting request is answered 500', async () => {
    // Waits for a position that is never reached.
    const headers = { 'ledger-position': '999999', 'x-stray': 'timer' };
    const began = performance.now();
    const answer = await client.get('/v1/batches', headers);
    expect(answer.status).toBe(500);
    expect(performance.now() - began).toBeLessThan(4_500);
  });

  it('outside any request ends the process in order, with exit code 1 and what was acknowledged on disk', async () => {
    expect((await client.request('POST', path, batch('last'), JSON_TYPE)).status).toBe(201);
    await client.get('/v1/batches', { 'x-stray': 'outside' }).catch(() => undefined); // may be cut off as the process ends
    const ended = await server.ended;
    expect([ended.code, ended.signal]).toEqual([1, null]);
    expect(ended.stderr).toMatch(/"level":60,.*belongs to no request/);
    server = await LedgerProcess.start(folder);
    client = new Client(server.url, server.key);
    expect((await client.get('/v1/batches/last-3')).status).toBe(200);
  });
});
