import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteEventStoreReadOnly } from '#event-store';
import { evidenceAfter } from '#read-model';
import { operatorKey, run, serverProcess, temporaryFolder } from '../harness/cli.js';
import { type Json } from '../harness/running-ledger.js';
import { extracted } from '../harness/two-sites.js';
import { LONG } from '../properties/runs.js';

const ENDING_FOLLOWER = fileURLToPath(new URL('../harness/ending-follower.mjs', import.meta.url));
const LINES = LONG ? 20_000 : 500;

describe('the thread that follows the log', () => {
  let data: string;
  beforeEach(async () => {
    data = await temporaryFolder();
  });
  afterEach(() => rm(data, { recursive: true, force: true }));

  const get = async (url: string, path: string): Promise<{ status: number; body: Json }> => {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${operatorKey(data)}` } });
    return { status: answer.status, body: (await answer.json()) as Json };
  };

  /** Reads at a position or later; asks again while the answer is 503, as a client does. */
  const getAt = async (url: string, path: string, position: string): Promise<Json> => {
    for (;;) {
      const headers = { authorization: `Bearer ${operatorKey(data)}`, 'ledger-position': position };
      const answer = await fetch(url + path, { headers });
      const body = (await answer.json()) as Json;
      if (answer.status === 200) return body;
      expect([answer.status, body]).toEqual([503, expect.anything()]);
    }
  };

  /** Registers batches. @returns the position of the last event */
  const register = async (url: string, name: string, batches: number): Promise<string> => {
    const send = (path: string, type: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${url}/v1/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${operatorKey(data)}`, 'content-type': `application/${type}`, ...headers },
        body,
      });
    const opening = {
      organisations: { organisationId: 'wombat', name: 'Wombat Mining', country: 'AU', roles: ['miner'] },
      'organisations/wombat/sites': { siteId: 'pit', name: 'Pit', country: 'AU', activities: ['mining'] },
    };
    for (const [path, body] of Object.entries(opening)) {
      const answer = await send(path, 'json', JSON.stringify(body), { 'idempotency-key': path });
      expect(answer.ok).toBe(true);
    }
    const lines = Array.from({ length: batches }, (_, index) => {
      const body = { ...extracted(`${name}-${index}`), occurredAt: undefined };
      return JSON.stringify({ command: 'batches', body });
    });
    const answer = await send('sites/pit/commands', 'x-ndjson', lines.join('\n'));
    const answers = (await answer.text()).trim().split('\n');
    expect(answers.filter((line) => !line.startsWith('{"events"'))).toEqual([]);
    const last = JSON.parse(answers.at(-1)!) as { events: { position: string }[] };
    return last.events.at(-1)!.position;
  };

  /** The findings of `fsck`, which derives tables and verdicts from the log again. */
  const findings = async (): Promise<unknown> => {
    const { stdout } = await run(['fsck', '--json'], { LODEBOOK_DATA: data });
    return (JSON.parse(stdout) as { findings: unknown }).findings;
  };

  const eventsInTables = (): number => {
    const views = new Database(join(data, 'views.db'), { readonly: true });
    const size = views.prepare<[], number>("SELECT log_size FROM projections WHERE state <> 'retired'").pluck().get()!;
    views.close();
    return size;
  };

  it('killed while it is behind continues where it was, with the same result as a rebuild', async () => {
    const killed = await serverProcess({ LODEBOOK_DATA: data });
    const position = await register(killed.url, 'first', LINES);
    await killed.stop('SIGKILL');
    const store = openSqliteEventStoreReadOnly(join(data, 'ledger.db'));
    const events = (await evidenceAfter(store, undefined, 10 * LINES)).length;
    await store.close();
    expect(eventsInTables()).toBeLessThan(events);

    const again = await serverProcess({ LODEBOOK_DATA: data });
    const overview = await getAt(again.url, '/v1/programmes/eu-battery-2023-1542/overview', position);
    expect(overview['judgedUpTo']).toBe(events - 1);
    expect((await getAt(again.url, `/v1/batches/first-${LINES - 1}`, position))['batchId']).toBe(`first-${LINES - 1}`);
    expect(await again.stop()).toBe(0);
    expect(eventsInTables()).toBe(events);
    expect(await findings()).toEqual([]);
  }, 300_000);

  it('is started again when it dies, and health says that it is down meanwhile', async () => {
    const server = await serverProcess({
      LODEBOOK_DATA: data,
      NODE_OPTIONS: `--import=${ENDING_FOLLOWER}`,
      ENDED_FOLLOWERS: join(data, 'ended'),
      ENDING_FOLLOWERS: '5',
    });
    const writing = register(server.url, 'meanwhile', 300);
    const seen = new Set<string>();
    for (let ready = false; !ready || seen.size < 2;) {
      const { status, body } = await get(server.url, '/health/ready');
      const { readModel: model, missing } = body as unknown as { readModel: { status: string }; missing: unknown[] };
      const { status: readModel } = model;
      // The thread may be up again without having caught up yet.
      expect([status, readModel]).toEqual(readModel === 'up' && missing.length === 0 ? [200, 'up'] : [503, readModel]);
      seen.add(readModel);
      ready = status === 200;
    }
    const position = await writing; // commands are accepted all the time
    expect((await getAt(server.url, '/v1/batches/meanwhile-299', position))['batchId']).toBe('meanwhile-299');
    expect(server.output()).toContain('the thread that follows the log ended and is started again');
    expect(server.output()).toContain('the thread dies here');
    expect(await server.stop()).toBe(0);
    expect(await findings()).toEqual([]);
  }, 300_000);

  it('ends with the server, however much of the log it has not followed', async () => {
    const server = await serverProcess({ LODEBOOK_DATA: data });
    await register(server.url, 'left', 500);
    expect(await server.stop()).toBe(0);
    expect(server.output()).not.toContain('"level":50');
    const again = await serverProcess({ LODEBOOK_DATA: data });
    const position = await register(again.url, 'more', 1);
    expect((await getAt(again.url, '/v1/batches/left-499', position))['batchId']).toBe('left-499');
    expect(await again.stop()).toBe(0);
    expect(await findings()).toEqual([]);
  }, 300_000);
});
