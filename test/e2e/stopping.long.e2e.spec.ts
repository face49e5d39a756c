import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteEventStoreReadOnly } from '#event-store';
import { run, serverProcess, temporaryFolder, type ServerProcess } from '../harness/cli.js';
import { extracted } from '../harness/two-sites.js';

/** Far longer than a stop takes on a busy machine: by then something hangs. */
const HANGS_MS = 60_000;

describe('a server that is told to stop', () => {
  let data: string;
  let server: ServerProcess;
  beforeEach(async () => {
    data = await temporaryFolder();
    server = await serverProcess({ LODEBOOK_DATA: data });
    const send = async (path: string, body: object): Promise<void> => {
      const answer = await fetch(`${server.url}/v1/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(201);
    };
    await send('organisations', { organisationId: 'o', name: 'O', country: 'JP', roles: ['miner'] });
    await send('organisations/o/sites', { siteId: 's', name: 'S', country: 'JP', activities: ['mining'] });
  });
  afterEach(() => rm(data, { recursive: true, force: true }));

  async function batchesRecorded(): Promise<number> {
    const store = openSqliteEventStoreReadOnly(join(data, 'ledger.db'));
    let count = 0;
    for await (const event of store.readStream('site-s')) if (event.type === 'BatchRegistered') count++;
    await store.close();
    return count;
  }

  it(
    'answers every line of a stream that it has recorded',
    async () => {
      let answered = '';
      let sent = 0;
      const sending = request(`${server.url}/v1/sites/s/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/x-ndjson' },
      });
      sending.on('error', () => undefined); // lines sent after the last accepted one
      const over = new Promise<'ended' | 'broken'>((resolve) => {
        sending.on('response', (answer) => {
          answer.on('data', (chunk) => (answered += String(chunk)));
          answer.once('end', () => resolve('ended'));
          answer.once('error', () => resolve('broken'));
        });
      });
      const filling = setInterval(() => {
        for (let line = 0; line < 200; line++, sent++) {
          const body = extracted(`b-${sent}`);
          sending.write(`${JSON.stringify({ command: 'batches', idempotencyKey: body.batchId, body })}\n`);
        }
      }, 5);
      while (answered.split('\n').length < 500) await new Promise((resolve) => setTimeout(resolve, 10));
      const stopped = server.stop();
      expect(await over).toBe('ended');
      clearInterval(filling);
      sending.destroy();
      expect(await stopped).toBe(0);
      const lines = answered.trim().split('\n');
      expect(lines.filter((line) => !('events' in (JSON.parse(line) as object)))).toEqual([]);
      expect(lines.length).toBe(await batchesRecorded());
      expect(lines.length).toBeLessThan(sent);
    },
    HANGS_MS,
  );

  it(
    'ends a stream in which nothing arrives, and leaves a sound ledger',
    async () => {
      const silent = request(`${server.url}/v1/sites/s/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/x-ndjson' },
      });
      silent.on('error', () => undefined);
      silent.write('{"command":"batches",');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await server.stop()).toBe(0);
      expect((await run(['fsck'], { LODEBOOK_DATA: data })).code).toBe(0);
    },
    HANGS_MS,
  );
});
