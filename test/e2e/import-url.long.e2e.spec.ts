import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { openSqliteEventStoreReadOnly } from '#event-store';
import {
  DEMONSTRATION,
  endOf,
  lodebook,
  run,
  serverProcess,
  temporaryFolder,
  type ServerProcess,
} from '../harness/cli.js';
import { AT, extracted } from '../harness/two-sites.js';

const COMMANDS = readFileSync(DEMONSTRATION, 'utf8').trim().split('\n').length;

interface Outcome {
  readonly recorded: number;
  readonly thereAlready: number;
  readonly refused: { line: number; problem: { type: string } }[];
}

/** Ids of all facts in the log of a ledger, duplicates included. */
async function facts(data: string): Promise<string[]> {
  const store = openSqliteEventStoreReadOnly(join(data, 'ledger.db'));
  const ids: string[] = [];
  for await (const { id, type } of store.readAll({ categories: ['organisation', 'site', 'attestation', 'concern'] })) {
    ids.push(`${type} ${id}`);
  }
  await store.close();
  return ids;
}

const SITES = 12;
const organisation = {
  command: 'organisations',
  body: { organisationId: 'o', name: 'O', country: 'AU', roles: ['miner'] },
};
const siteOf = (site: number): string => `works-${site}`;

/** Lots shipped from each site to the next: the lines of the sites alternate, and each receipt follows its dispatch. */
function shippedLots(lots: number): object[] {
  const lines: object[] = [organisation];
  for (let site = 0; site < SITES; site++) {
    const body = {
      siteId: siteOf(site),
      name: 'W',
      country: 'AU',
      activities: ['mining', 'refining'],
      occurredAt: AT(1),
    };
    lines.push({ command: 'sites', organisation: 'o', body });
  }
  for (let lot = 0; lot < lots; lot++) {
    const from = lot % SITES;
    const to = (lot + 1) % SITES;
    const batchId = `lot-${lot}`;
    const shipmentId = `ship-${lot}`;
    lines.push(
      { command: 'batches', site: siteOf(from), body: extracted(batchId) },
      {
        command: 'dispatches',
        site: siteOf(from),
        body: { shipmentId, consigneeSiteId: siteOf(to), batchIds: [batchId], occurredAt: AT(3) },
      },
      {
        command: 'receipts',
        site: siteOf(to),
        body: {
          shipmentId,
          batches: [{ batchId, grossGrams: 1_000_000, labels: [] }],
          occurredAt: AT(4),
        },
      },
    );
  }
  return lines;
}

describe('lodebook import --url', () => {
  let data: string;
  let server: ServerProcess;
  beforeAll(async () => {
    data = await temporaryFolder();
    server = await serverProcess({ LODEBOOK_DATA: data });
  });
  afterAll(async () => {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  });

  const importing = (file: string, key = server.key): string[] => ['import', file, '--url', server.url, '--key', key];
  const fileOf = async (name: string, lines: readonly unknown[]): Promise<string> => {
    const path = join(data, name);
    await writeFile(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
    return path;
  };

  it('records the same as an import into a folder, and nothing more when it is run again', async () => {
    const folder = await temporaryFolder();
    const direct = await run(['import', DEMONSTRATION, '--json'], { LODEBOOK_DATA: folder });
    expect(JSON.parse(direct.stdout)).toEqual({ recorded: COMMANDS, thereAlready: 0, refused: [] });
    const first = await run([...importing(DEMONSTRATION), '--json']);
    expect([first.code, JSON.parse(first.stdout)]).toEqual([0, { recorded: COMMANDS, thereAlready: 0, refused: [] }]);
    expect((await facts(data)).sort()).toEqual((await facts(folder)).sort());
    const second = await run([...importing(DEMONSTRATION), '--json']);
    expect(JSON.parse(second.stdout)).toEqual({ recorded: 0, thereAlready: COMMANDS, refused: [] });
    await rm(folder, { recursive: true, force: true });
  }, 180_000);

  it('sends to several sites at a time, but each receipt after its dispatch', async () => {
    const lines = shippedLots(60);
    const { code, stdout, stderr } = await run([...importing(await fileOf('shipped.ndjson', lines)), '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([0, { recorded: lines.length, thereAlready: 0, refused: [] }]);
    expect(stderr).toContain(`${lines.length} recorded, 0 there already, 0 refused`);
  }, 120_000);

  it('prints each refusal once, and goes on', async () => {
    const file = await fileOf('refused.ndjson', [
      organisation,
      { command: 'disposals', site: 'wandoo-mine', body: { batchId: 'nowhere', grossGrams: 1, reason: 'x' } },
      'no json',
      { command: 'disposals', site: 'no-such-site', body: { batchId: 'nowhere', grossGrams: 1, reason: 'x' } },
      { command: 'batches', site: 'wandoo-mine', body: extracted('behind-the-refused') },
    ]);
    const { code, stderr, stdout } = await run([...importing(file), '--json']);
    const outcome = JSON.parse(stdout) as Outcome;
    expect([code, outcome.refused.map(({ line }) => line)]).toEqual([1, [2, 3, 4]]);
    expect(outcome.recorded + outcome.thereAlready).toBe(2);
    for (const line of [2, 3, 4]) expect(stderr.match(new RegExp(`line ${line}:`, 'g'))).toHaveLength(1);
  });

  it('stops at the first 401 or 403', async () => {
    const lines = Array.from({ length: 50 }, (_, each) => ({
      command: 'batches',
      site: 'wandoo-mine',
      body: extracted(`never-${each}`),
    }));
    const file = await fileOf('not-allowed.ndjson', lines);
    const before = (await facts(data)).length;
    const unknown = await run(importing(file, `lodebook_${'x'.repeat(43)}`));
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('stopped: line 1:')]);
    expect(unknown.stderr.match(/line \d+:/g)).toHaveLength(1);
    const made = await fetch(`${server.url}/v1/organisations/great-bend/api-keys`, {
      method: 'POST',
      headers: { authorization: 'Bearer test-administrator-key', 'content-type': 'application/json' },
      body: JSON.stringify({ label: 'reads only', role: 'reader' }),
    });
    const { key } = (await made.json()) as { key: string };
    const reader = await run(importing(file, key));
    expect([reader.code, reader.stderr.match(/line \d+:/g)]).toEqual([1, ['line 1:']]);
    expect((await facts(data)).length).toBe(before);
  });

  it('names the ledger that it could not reach', async () => {
    const other: Server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    await new Promise((resolve) => other.close(resolve));
    const { code, stderr } = await run(['import', DEMONSTRATION, '--url', `http://127.0.0.1:${port}`, '--key', 'k']);
    expect(code).toBe(1);
    expect(stderr).toContain(`the ledger at http://127.0.0.1:${port} could not be reached: connect ECONNREFUSED`);
    expect(stderr).toContain('Run the same import again');
  });

  it('records nothing twice when it is run again after it, or the ledger, was killed at any point', async () => {
    const own = await temporaryFolder();
    const lines = shippedLots(400);
    const file = await fileOf('killed.ndjson', lines);
    let ledger = await serverProcess({ LODEBOOK_DATA: own });
    for (const killed of ['import', 'ledger', 'import'] as const) {
      const target = ['import', file, '--url', ledger.url, '--key', ledger.key];
      const process = lodebook(target);
      const ended = endOf(process);
      const before = (await facts(own)).length;
      while ((await facts(own)).length < before + 150) await new Promise((resolve) => setTimeout(resolve, 20));
      if (killed === 'import') process.kill('SIGKILL');
      else await ledger.stop('SIGKILL');
      const { code, stderr } = await ended;
      if (killed === 'import') continue;
      expect([code, stderr]).toEqual([1, expect.stringContaining('could not be reached')]);
      ledger = await serverProcess({ LODEBOOK_DATA: own });
    }
    const last = await run(['import', file, '--url', ledger.url, '--key', ledger.key, '--json']);
    const { recorded, thereAlready, refused } = JSON.parse(last.stdout) as Outcome;
    expect([last.code, recorded + thereAlready, refused]).toEqual([0, lines.length, []]);
    const ids = await facts(own);
    expect([ids.length, new Set(ids).size]).toEqual([lines.length, lines.length]);
    await ledger.stop();
    await rm(own, { recursive: true, force: true });
  }, 240_000);
});
