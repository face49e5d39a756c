import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, serverProcess, temporaryFolder, type ServerProcess } from '../harness/cli.js';
import { type Json } from '../harness/running-ledger.js';
import { LONG } from '../properties/runs.js';

const EVENTS = LONG ? 100_000 : 5_000;

const text = (value: Json | undefined): string => value as unknown as string;

describe('the thread that replays', () => {
  let data: string;
  let server: ServerProcess;
  beforeAll(async () => {
    data = await temporaryFolder();
    const { code } = await run(['bench', 'generate', '--events', String(EVENTS), '--out', data]);
    expect(code).toBe(0);
    server = await serverProcess({ LODEBOOK_DATA: data });
  });
  afterAll(() => rm(data, { recursive: true, force: true }));

  const ask = async (method: string, path: string, body?: object): Promise<{ status: number; body: Json }> => {
    const answer = await fetch(`${server.url}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  /** Waits until the read model has the whole log: a replay cannot end at an event beyond it. */
  const known = async (): Promise<void> => {
    for (;;) {
      const { status } = await ask('POST', 'audit/replays', { until: String(EVENTS - 1) });
      if (status === 202) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  /** The progress of a replay until it ends. */
  const followed = async (id: string): Promise<Json[]> => {
    const answer = await fetch(`${server.url}/v1/audit/replays/${id}/progress`, {
      headers: { authorization: `Bearer ${server.key}` },
    });
    const events = (await answer.text()).trim().split('\n\n');
    return events.map((event) => JSON.parse(event.split('\ndata: ')[1]!) as Json);
  };

  it('reports its progress, with the same result as the command', async () => {
    await known();
    const { status, body } = await ask('POST', 'audit/replays', { programme: 'us-japan-cma-2023' });
    expect(status).toBe(202);
    const states = await followed(text(body['id']));
    const running = states.filter((state) => text(state['status']) === 'running');
    expect(running.map((state) => text(state['phase']))).toEqual(expect.arrayContaining(['reading', 'judging']));
    const { stdout } = await run(['replay', '--programme', 'us-japan-cma-2023', '--json'], { LODEBOOK_DATA: data });
    expect(states.at(-1)).toMatchObject({ status: 'done', report: JSON.parse(stdout) as object });
  });

  it('reports that the log was altered', async () => {
    const ledger = new Database(join(data, 'ledger.db'));
    const find = ledger.prepare<[], { position: number; record: Buffer }>(
      "SELECT position, record FROM events WHERE category = 'site' ORDER BY position LIMIT 1 OFFSET 20",
    );
    const { position, record } = find.get()!;
    const write = ledger.prepare('UPDATE events SET record = ? WHERE position = ?');
    write.run(Buffer.from(record.toString().replace('"recordedAt":"2', '"recordedAt":"1')), position);
    const { body } = await ask('POST', 'audit/replays', {});
    const last = (await followed(text(body['id']))).at(-1);
    write.run(record, position);
    ledger.close();
    expect(last).toMatchObject({ status: 'failed', problem: { code: 'log-altered' } });
  });

  it('ends with the server, whatever replays are waiting', async () => {
    const orders = await Promise.all(Array.from({ length: 5 }, () => ask('POST', 'audit/replays', {})));
    expect(orders.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(await server.stop()).toBe(0);
    expect(server.output()).not.toContain('did not stop cleanly');
  });
});
