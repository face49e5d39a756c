import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run, serverProcess, temporaryFolder, type ServerProcess } from '../harness/cli.js';
import { bearer } from '../harness/running-ledger.js';

/** Batches of one site: judging them all again takes far longer than a stop may. */
const BATCHES = 6_000;
const SITE = `fan-site-${BATCHES}`;
const PROGRAMME = 'us-japan-cma-2023';
/** How much longer than on an idle server a stop may take, whatever is being judged. */
const LONGEST_MS = 2_000;
/** By then something hangs. */
const HANGS_MS = 300_000;

describe('a server that is told to stop while it judges thousands of batches again', () => {
  let folder: string;
  let data: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    data = join(folder, 'data');
    const size = ['--events', String(2 * BATCHES), '--fan', String(BATCHES)];
    expect((await run(['bench', 'generate', ...size, '--out', data])).code).toBe(0);
  }, HANGS_MS);
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it(
    'stops within two seconds, answers those waiting for verdicts, and judges the rest after the next start',
    async () => {
      const server = await settled(data);
      const idleMs = await timeOfStop(server);

      const busy = await settled(data);
      const before = await brokenIn(busy);
      const position = await revoke(busy);
      const waiting = fetch(`${busy.url}/v1/programmes/${PROGRAMME}/overview`, {
        headers: { ...bearer(busy.key), 'ledger-position': position },
      });
      while ((await brokenIn(busy)) === before) await delay(20);
      const half = await brokenIn(busy);
      expect(half - before).toBeLessThan(BATCHES);
      const stopMs = await timeOfStop(busy);
      expect((await waiting).status).toBe(503);
      expect(stopMs).toBeLessThan(idleMs + LONGEST_MS);
      expect(busy.output()).not.toMatch(/did not stop cleanly|cut short|before everything was answered/);

      const again = await settled(data);
      expect((await brokenIn(again)) - before).toBe(BATCHES);
      await again.stop();
    },
    HANGS_MS,
  );
});

async function settled(data: string): Promise<ServerProcess> {
  const server = await serverProcess({ LODEBOOK_DATA: data });
  while ((await fetch(`${server.url}/health/ready`)).status !== 200) await delay(200);
  return server;
}

async function timeOfStop(server: ServerProcess): Promise<number> {
  const began = performance.now();
  expect(await server.stop()).toBe(0);
  return performance.now() - began;
}

async function brokenIn({ url, key }: ServerProcess): Promise<number> {
  const answer = await fetch(`${url}/v1/programmes/${PROGRAMME}/overview`, { headers: bearer(key) });
  expect(answer.status).toBe(200);
  const { verdicts } = (await answer.json()) as { verdicts: { broken?: number } };
  return verdicts.broken ?? 0;
}

/** Revokes from a time before anything was recorded. @returns the position of the revocation */
async function revoke({ url, key }: ServerProcess): Promise<string> {
  const attestation = `${SITE}-attestation`;
  const headers = { ...bearer(key), 'content-type': 'application/json' };
  const known = await fetch(`${url}/v1/attestations?site=${SITE}`, { headers });
  const { items } = (await known.json()) as { items: { validFrom: string }[] };
  const body = JSON.stringify({ from: items[0]!.validFrom, reason: 'documents were forged' });
  const answer = await fetch(`${url}/v1/attestations/${attestation}/revocations`, { method: 'POST', headers, body });
  expect(answer.status).toBe(201);
  return answer.headers.get('ledger-position')!;
}
