import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run, serverProcess, temporaryFolder, type ServerProcess } from '../harness/cli.js';
import { bearer, type Json } from '../harness/running-ledger.js';

/** Batches of a chain: judging them for the first time, and replaying them, each take far longer than a stop may. */
const CHAIN = 2_000;
const EVENTS = 20_000;
/** How much longer than on an idle server a stop may take, whatever is running; it is cut short after nine seconds. */
const LONGEST_MS = 20_000;
/** By then something hangs. */
const HANGS_MS = 240_000;

describe('a server that is told to stop in the middle of long work', () => {
  let folder: string;
  let data: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    data = join(folder, 'data');
    const size = ['--events', String(EVENTS), '--chain', String(CHAIN)];
    const { code } = await run(['bench', 'generate', ...size, '--out', data]);
    expect(code).toBe(0);
  }, HANGS_MS);
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const timeOfStop = async (server: ServerProcess): Promise<number> => {
    const began = performance.now();
    expect(await server.stop()).toBe(0);
    return performance.now() - began;
  };
  const missingOf = async ({ url }: ServerProcess): Promise<readonly string[]> => {
    const { missing = [] } = (await (await fetch(`${url}/health/ready`)).json()) as { missing?: { what: string }[] };
    return missing.map(({ what }) => what);
  };
  const ordered = async ({ url, key }: ServerProcess): Promise<string> => {
    const headers = { ...bearer(key), 'content-type': 'application/json' };
    const answer = await fetch(`${url}/v1/audit/replays`, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(202);
    return ((await answer.json()) as { id: string }).id;
  };
  const stateOf = async ({ url, key }: ServerProcess, replay: string): Promise<Json> =>
    (await (await fetch(`${url}/v1/audit/replays/${replay}`, { headers: bearer(key) })).json()) as Json;

  it(
    'stops about as fast as an idle one, and continues at the next start',
    async () => {
      const idleFolder = await temporaryFolder();
      const idle = await timeOfStop(await serverProcess({ LODEBOOK_DATA: idleFolder }));
      await rm(idleFolder, { recursive: true, force: true });

      const busy = await serverProcess({ LODEBOOK_DATA: data });
      while ((await missingOf(busy)).includes('tables')) await delay(200);
      const replay = await ordered(busy);
      while ((await stateOf(busy, replay))['status'] === ('waiting' as unknown as Json)) await delay(50);
      expect(await stateOf(busy, replay)).toMatchObject({ status: 'running' });
      expect(await missingOf(busy)).toEqual(['verdicts']);
      expect(await timeOfStop(busy)).toBeLessThan(idle + LONGEST_MS);
      expect(busy.output()).not.toContain('did not stop cleanly');

      const again = await serverProcess({ LODEBOOK_DATA: data });
      while ((await missingOf(again)).includes('tables')) await delay(200);
      expect(await timeOfStop(again)).toBeLessThan(idle + LONGEST_MS);
    },
    HANGS_MS,
  );
});
