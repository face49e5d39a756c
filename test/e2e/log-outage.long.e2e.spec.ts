import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../eventstoredb-double/index.js';
import { serverProcess, temporaryFolder, type ServerProcess } from '../harness/cli.js';

const PATIENCE_MS = 60_000;

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

describe('a server that loses its log', () => {
  let double: EventStoreDbDouble;
  let data: string;
  let server: ServerProcess;
  beforeEach(async () => {
    double = await startEventStoreDbDouble();
    data = await temporaryFolder();
    server = await serverProcess({ LODEBOOK_DATA: data, LODEBOOK_EVENTSTORE_URL: double.url });
    expect(await record('before')).toBe(201);
  }, 90_000);
  afterEach(async () => {
    await double.stop();
    await rm(data, { recursive: true, force: true });
  });

  async function record(organisationId: string): Promise<number> {
    const answer = await fetch(`${server.url}/v1/organisations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ organisationId, name: 'O', country: 'JP', roles: ['miner'] }),
    });
    return answer.status;
  }

  const lines = (level: number): Line[] =>
    server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => line.level >= level);

  async function told(message: string): Promise<Line | undefined> {
    const began = performance.now();
    for (;;) {
      const line = lines(40).find(({ msg }) => msg.includes(message));
      if (line || performance.now() - began > PATIENCE_MS) return line;
      await delay(50);
    }
  }

  it('says once that it is lost, and once that it is back and how long it was away', async () => {
    await double.stop();
    expect(await told('the log is lost')).toMatchObject({ level: 50 });
    await delay(3_000);
    const { port, log } = double;
    double = await startEventStoreDbDouble({ port, log });
    const back = await told('the log is back');
    expect(back).toMatchObject({ level: 40 });
    expect(back!['seconds']).toBeGreaterThanOrEqual(2.5);
    expect(await record('after')).toBe(201);
    expect(lines(40).map(({ msg }) => msg.split(':')[0])).toEqual(['the log is lost', 'the log is back']);
    expect(await server.stop()).toBe(0);
  }, 120_000);

  it('stops during the outage, says what is left unsigned, and answers waiting requests', async () => {
    await double.stop();
    const waiting = record('waiting').catch(() => 'broken' as const);
    await told('the log is lost');
    const began = performance.now();
    expect(await server.stop()).toBe(0);
    const took = performance.now() - began;
    expect(lines(40).find(({ msg }) => msg.includes('unsigned'))).toMatchObject({ signed: expect.any(String) });
    expect([503, 'broken']).toContain(await waiting);
    // It would otherwise wait for 20 seconds for each of several calls.
    expect(took).toBeLessThan(15_000);
  }, 120_000);
});
