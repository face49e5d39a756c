import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { operatorKey, serverProcess, temporaryFolder, type ServerProcess } from '../harness/cli.js';
import { bearer, RunningLedger, type Json } from '../harness/running-ledger.js';
import { LONG } from '../properties/runs.js';

/** Length of the chain, in which each batch is made of the one before. */
const STEPS = LONG ? 10_000 : 1_200;
const LAST = `step-${STEPS}`;
const MOMENT = '2026-03-02T00:00:00.000Z';
const LINES_AT_ONCE = 1_000;
const UNLIMITED = { LODEBOOK_RATE_LIMIT: '0', LODEBOOK_RATE_LIMIT_ADDRESS: '0' };
/** Without an answer by then a test fails, however busy the machine is. */
const HANGS_MS = 120_000;

describe('long reads', () => {
  let data: string;
  let server: ServerProcess;
  /** The key of an organisation that may see the chain. */
  let readerKey: string;
  let knownAt: number;

  const get = (path: string, key: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.url}/v1/${path}`, { headers: bearer(key), ...init });
  const evidence = (key: string, init?: RequestInit): Promise<Response> =>
    get(`batches/${LAST}/evidence?validAt=${MOMENT}`, key, init);
  const claims = (key: string, init?: RequestInit): Promise<Response> =>
    get(`batches/${LAST}/claims?programme=oecd-due-diligence&validAt=${MOMENT}&knownAt=${knownAt}`, key, init);

  async function send(path: string, body: unknown): Promise<Json> {
    const answer = await fetch(`${server.url}/v1/${path}`, {
      method: 'POST',
      headers: { ...bearer(operatorKey(data)), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([answer.status, path]).toEqual([201, path]);
    return (await answer.json()) as Json;
  }

  /** @returns the position of the last event */
  async function recordChain(): Promise<string> {
    const occurredAt = '2026-03-01T08:00:00.000Z';
    const content = { grossGrams: 1_000, contentGrams: { lithium: 28 } };
    const first = {
      batchId: 'step-0',
      material: 'polymetallic-ore',
      ...content,
      origin: { kind: 'extracted', country: 'AU' },
    };
    const lines = [JSON.stringify({ command: 'batches', body: { ...first, occurredAt } })];
    for (let step = 1; step <= STEPS; step++) {
      const body = {
        transformationId: `to-${step}`,
        process: 'comminution',
        chainOfCustody: 'segregated',
        inputs: [{ batchId: `step-${step - 1}`, grossGrams: 1_000 }],
        outputs: [{ batchId: `step-${step}`, material: 'polymetallic-ore', ...content }],
        occurredAt,
      };
      lines.push(JSON.stringify({ command: 'transformations', body }));
    }
    let position = '';
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
      const answer = await fetch(`${server.url}/v1/sites/pit/commands`, {
        method: 'POST',
        headers: { ...bearer(operatorKey(data)), 'content-type': 'application/x-ndjson' },
        body: lines.slice(from, from + LINES_AT_ONCE).join('\n'),
      });
      const receipts = (await answer.text()).trim().split('\n');
      expect(receipts.filter((line) => !line.startsWith('{"events"'))).toEqual([]);
      position = (JSON.parse(receipts.at(-1)!) as { events: { position: string }[] }).events.at(-1)!.position;
    }
    return position;
  }

  beforeAll(async () => {
    data = await temporaryFolder();
    server = await serverProcess({ LODEBOOK_DATA: data, ...UNLIMITED });
    const occurredAt = '2026-03-01T00:00:00.000Z';
    await send('organisations', { organisationId: 'wombat', name: 'W', country: 'AU', roles: ['miner'], occurredAt });
    await send('organisations/wombat/sites', {
      siteId: 'pit',
      name: 'Pit',
      country: 'AU',
      activities: ['mining'],
      occurredAt,
    });
    const issued = await send('organisations/wombat/api-keys', { label: 'reader', role: 'reader' });
    readerKey = issued['key'] as unknown as string;
    const position = await recordChain();
    for (;;) {
      const headers = { ...bearer(operatorKey(data)), 'ledger-position': position };
      const answer = await fetch(`${server.url}/v1/batches/${LAST}/history`, { headers });
      const { items } = (await answer.json()) as { items?: { logIndex: number }[] };
      if (items === undefined) continue;
      knownAt = items.at(-1)!.logIndex;
      break;
    }
  }, HANGS_MS);

  afterAll(async () => {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  });

  it(
    'delay no light request, however many of them run at once',
    async () => {
      const key = operatorKey(data);
      await (await evidence(key)).arrayBuffer(); // starts the thread
      const began = performance.now();
      await (await evidence(key)).arrayBuffer();
      const alone = performance.now() - began;

      let reading = true;
      const reads = Array.from({ length: 6 }, (_, index) => (index % 3 === 0 ? claims(key) : evidence(key)));
      const answered = Promise.all(reads.map(async (read) => (await read).status)).finally(() => (reading = false));
      const waits: number[] = [];
      while (reading) {
        const asked = performance.now();
        expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
        waits.push(performance.now() - asked);
      }
      expect(new Set(await answered)).toEqual(new Set([200]));
      expect(waits.length).toBeGreaterThan(10);
      // When they ran on the event loop, one of them delayed every other request for as long as it took.
      expect(Math.max(...waits)).toBeLessThan(alone);
    },
    HANGS_MS,
  );

  it(
    'of one organisation have a share of the threads: others are answered, and those beyond it are told to retry',
    async () => {
      const flood = Array.from({ length: 60 }, () => evidence(operatorKey(data)));
      const others = await Promise.all([claims(readerKey), claims(readerKey)]);
      expect(others.map(({ status }) => status)).toEqual([200, 200]);
      const answers = await Promise.all(flood);
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThan(60);
      for (const { status, headers } of refused) {
        expect([429, 503]).toContain(status);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
    },
    HANGS_MS,
  );

  it(
    'that nobody waits for any longer make room for others',
    async () => {
      for (let round = 0; round < 3; round++) {
        const gone = new AbortController();
        const reads = Array.from({ length: 16 }, () => evidence(readerKey, { signal: gone.signal }));
        const ended = Promise.allSettled(reads);
        await new Promise((resolve) => setTimeout(resolve, 50));
        gone.abort();
        await ended;
      }
      for (;;) {
        const { status } = await claims(readerKey);
        if (status === 200) break;
        expect(status).toBe(429);
      }
    },
    HANGS_MS,
  );

  it(
    'are complete when they are read slowly',
    async () => {
      const whole = Buffer.from(await (await evidence(readerKey)).arrayBuffer());
      const slow: Uint8Array[] = [];
      for await (const chunk of (await evidence(readerKey)).body as unknown as AsyncIterable<Uint8Array>) {
        slow.push(chunk);
        if (slow.length < 20) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(Buffer.concat(slow).equals(whole)).toBe(true);
      expect(JSON.parse(whole.toString('utf8').trim().split('\n').at(-1)!)).toMatchObject({ kind: 'end' });
    },
    HANGS_MS,
  );

  it(
    'are answered and refused in threads exactly as on the event loop',
    async () => {
      const paths = [
        `batches/${LAST}/claims?programme=eu-battery-2023-1542&validAt=${MOMENT}&knownAt=${knownAt}`,
        `batches/${LAST}/provenance?knownAt=${knownAt}&depth=30`,
        `audit/differences?from=10&to=${Math.min(knownAt, 60)}`,
        `audit/differences?from=10&cursor=none`,
        'batches/none/claims?programme=oecd-due-diligence',
        `batches/${LAST}/claims?programme=none`,
        'batches/none/provenance',
        'batches/none/evidence',
        `batches/${LAST}/claims?programme=oecd-due-diligence&knownAt=99999999`,
      ];
      const inThreads = await Promise.all(paths.map((path) => get(path, operatorKey(data)).then(plain)));
      await server.stop();
      const ledger = await RunningLedger.start({}, data);
      const here = await Promise.all(
        paths.map((path) => fetch(`${ledger.url}/v1/${path}`, { headers: bearer(ledger.key) }).then(plain)),
      );
      await ledger.stop();
      expect(inThreads).toEqual(here);
      expect(here.map(({ status }) => status)).toEqual([200, 200, 200, 400, 404, 404, 404, 404, 400]);
      server = await serverProcess({ LODEBOOK_DATA: data, ...UNLIMITED });
    },
    HANGS_MS,
  );
});

async function plain(answer: Response): Promise<{ status: number; type: string | null; text: string }> {
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}
