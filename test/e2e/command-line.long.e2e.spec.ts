import { afterEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { openSqliteEventStoreReadOnly } from '#event-store';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { DEMONSTRATION, endOf, lodebook, run, serverProcess, temporaryFolder } from '../harness/cli.js';
import { extracted } from '../harness/two-sites.js';

const COMMANDS = readFileSync(DEMONSTRATION, 'utf8').trim().split('\n').length;
const folders: string[] = [];
const folder = async (): Promise<string> => {
  const made = await temporaryFolder();
  folders.push(made);
  return made;
};
afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true, force: true });
});

/** Numbers of facts and of reservations in the ledger, and of distinct ids. */
async function count(data: string): Promise<{ facts: number; reservations: number; ids: number }> {
  const store = openSqliteEventStoreReadOnly(join(data, 'ledger.db'));
  const ids = new Set<string>();
  let facts = 0;
  let reservations = 0;
  for await (const event of store.readAll({ categories: EVIDENCE_CATEGORIES })) {
    ids.add(event.id);
    if (event.type === 'IdReserved') reservations++;
    else facts++;
  }
  await store.close();
  return { facts, reservations, ids: ids.size };
}

describe('lodebook import', () => {
  it('records a file once, however often it is run', async () => {
    const data = await folder();
    const first = await run(['import', DEMONSTRATION, '--json'], { LODEBOOK_DATA: data });
    expect([first.code, JSON.parse(first.stdout)]).toEqual([0, { recorded: COMMANDS, thereAlready: 0, refused: [] }]);
    const second = await run(['import', DEMONSTRATION, '--json'], { LODEBOOK_DATA: data });
    expect(JSON.parse(second.stdout)).toEqual({ recorded: 0, thereAlready: COMMANDS, refused: [] });
    const { facts, reservations, ids } = await count(data);
    expect([facts, ids]).toEqual([COMMANDS, COMMANDS + reservations]);
  }, 120_000);

  it('killed in the middle continues when run again, and records nothing twice', async () => {
    const data = await folder();
    for (const lines of [200, 500]) {
      const importing = lodebook(['import', '-'], { LODEBOOK_DATA: data });
      const ended = endOf(importing);
      // The pipe stays open after these lines, so that the import is still running when it is killed.
      importing.stdin.write(readFileSync(DEMONSTRATION, 'utf8').split('\n').slice(0, lines).join('\n') + '\n');
      await untilRecorded(data, lines - 20);
      importing.kill('SIGKILL');
      await ended;
    }
    const last = await run(['import', DEMONSTRATION, '--json'], { LODEBOOK_DATA: data });
    expect(last.code).toBe(0);
    const { recorded, thereAlready, refused } = JSON.parse(last.stdout) as {
      recorded: number;
      thereAlready: number;
      refused: unknown[];
    };
    expect([recorded + thereAlready, refused]).toEqual([COMMANDS, []]);
    expect(thereAlready).toBeGreaterThanOrEqual(480);
    expect((await count(data)).facts).toBe(COMMANDS);
  }, 120_000);

  it('names each refused line and exits 1', async () => {
    const data = await folder();
    const file = join(data, 'lines.ndjson');
    await writeFile(
      file,
      [
        '{"command":"organisations","body":{"organisationId":"o","name":"O","country":"JP","roles":["trader"]}}',
        'no json',
        '{"command":"launch","body":{}}',
      ].join('\n'),
    );
    const { code, stderr, stdout } = await run(['import', file, '--json'], { LODEBOOK_DATA: data });
    expect(code).toBe(1);
    expect(stderr).toContain('line 2: invalid-request');
    expect(stderr).toContain('line 3: invalid-request');
    expect(JSON.parse(stdout)).toMatchObject({ recorded: 1, refused: [{ line: 2 }, { line: 3 }] });
  });

  it('takes a table as one command a row, and the same table again', async () => {
    const data = await folder();
    const file = join(data, 'week.csv');
    const rows = [
      'command;organisation;site;organisationId;siteId;batchId;name;country;roles;activities;material;grossGrams;origin.kind',
      'organisations;;;o;;;O;JP;trader;;;;',
      'sites;o;;;s;;S;JP;;storage;;;',
      'batches;;s;;;b1;;;;;black-mass;1000;undocumented',
      'batches;;s;;;b2;;;;;black-mass;1 kg;undocumented',
    ];
    await writeFile(file, rows.join('\r\n'));
    const first = await run(['import', file, '--json'], { LODEBOOK_DATA: data });
    expect(JSON.parse(first.stdout)).toMatchObject({ recorded: 3, refused: [{ line: 5 }] });
    expect(first.stderr).toContain('line 5: invalid-request');
    expect(first.stderr).toContain('grossGrams: must be whole grams');
    await writeFile(file, rows.join('\r\n').replace('1 kg', '1000'));
    const second = await run(['import', '--csv', file, '--json'], { LODEBOOK_DATA: data });
    expect([second.code, JSON.parse(second.stdout)]).toEqual([0, { recorded: 1, thereAlready: 3, refused: [] }]);
    await writeFile(file, 'batchId\nb3\n');
    const third = await run(['import', file], { LODEBOOK_DATA: data });
    expect([third.code, third.stderr]).toEqual([2, expect.stringContaining('is no table of commands')]);
  });

  it('goes through the server that works on the folder', async () => {
    const data = await folder();
    const server = await serverProcess({ LODEBOOK_DATA: data });
    const { code, stdout } = await run(['import', DEMONSTRATION, '--json'], { LODEBOOK_DATA: data });
    expect([code, JSON.parse(stdout)]).toEqual([0, { recorded: COMMANDS, thereAlready: 0, refused: [] }]);
    expect(await server.stop()).toBe(0);
  }, 120_000);

  it('exits 2 and explains its usage when it is used wrongly', async () => {
    expect((await run(['import'])).code).toBe(2);
    expect((await run(['nonsense'])).code).toBe(2);
    const missing = await run(['import', '/no/such/file.ndjson'], { LODEBOOK_DATA: await folder() });
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('/no/such/file.ndjson')]);
    const help = await run(['import', '--help']);
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('--json')]);
  });
});

describe('lodebook serve', () => {
  it('loads the demonstration into an empty ledger, and does not load it again', async () => {
    const data = await folder();
    const first = await serverProcess({ LODEBOOK_DATA: data, LODEBOOK_ADMIN_KEY: '' }, ['--demonstration']);
    // The address for picking a persona contains the keys a second time.
    const shownKeys = [...new Set(first.output().match(/lodebook_[\w-]{43}/g))];
    expect(shownKeys).toHaveLength(4);
    const [key, regulator, custodian, attestor] = shownKeys as [string, string, string, string];
    await first.stop();
    const before = await count(data);
    const second = await serverProcess({ LODEBOOK_DATA: data, LODEBOOK_ADMIN_KEY: '' }, ['--demonstration']);
    expect(second.output()).not.toContain('lodebook_');
    const status = async (path: string, shown: string): Promise<number> =>
      (await fetch(`${second.url}/v1/${path}`, { headers: { authorization: `Bearer ${shown}` } })).status;
    expect(await status('organisations/seto/api-keys', key)).toBe(200);
    expect([await status('batches?limit=1', key), await status('batches?limit=1', regulator)]).toEqual([403, 200]);
    expect(await status('batches/anode-c', custodian)).toBe(200);
    expect(await status('batches/anode-c', attestor)).toBe(403);
    await second.stop();
    expect(await count(data)).toEqual(before);
    const log = readFileSync(join(data, 'ledger.db'));
    expect(shownKeys.some((shown) => log.includes(shown))).toBe(false); // only their hashes
  }, 120_000);

  it('stops without losing what it acknowledged', async () => {
    const data = await folder();
    const server = await serverProcess({ LODEBOOK_DATA: data }, ['--demonstration']);
    let acknowledged = 0;
    const writing = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; ; index++) {
        const body = extracted(`load-${writer}-${index}`);
        const answer = await fetch(`${server.url}/v1/sites/wandoo-mine/batches`, {
          method: 'POST',
          headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).catch(() => undefined);
        if (answer?.status !== 201) return;
        acknowledged++;
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await server.stop()).toBe(0);
    await Promise.all(writing);
    expect(acknowledged).toBeGreaterThan(0);
    expect((await count(data)).facts).toBeGreaterThanOrEqual(COMMANDS + acknowledged);
  }, 120_000);

  it('says which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr } = await run(['serve'], { LODEBOOK_DATA: await folder(), LODEBOOK_PORT: String(port) });
    other.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining(`port ${port}`)]);
  });

  it('says which data folder is not writable', async () => {
    const file = join(await folder(), 'a-file');
    await writeFile(file, '');
    const { code, stderr } = await run(['serve'], { LODEBOOK_DATA: join(file, 'data') });
    expect([code, stderr]).toEqual([1, expect.stringContaining('LODEBOOK_DATA')]);
  });

  it('refuses a folder that another server uses', async () => {
    const data = await folder();
    const server = await serverProcess({ LODEBOOK_DATA: data });
    const { code, stderr } = await run(['serve'], { LODEBOOK_DATA: data });
    expect(code).toBe(1);
    expect(stderr).toMatch(/another|locked|in use/i);
    await server.stop();
  });

  it('rebuilds a damaged views.db', async () => {
    const data = await folder();
    await run(['import', DEMONSTRATION], { LODEBOOK_DATA: data });
    const views = join(data, 'views.db');
    writeFileSync(views, Buffer.alloc(statSync(views).size, 0x5a));
    const server = await serverProcess({ LODEBOOK_DATA: data });
    const head = await count(data);
    expect(head.facts).toBe(COMMANDS);
    await eventually(async () => {
      const answer = await fetch(`${server.url}/v1/batches/anode-c`, {
        headers: { authorization: `Bearer ${server.key}` },
      });
      return answer.status === 200;
    });
    await server.stop();
  }, 120_000);

  it('is not ready until everything recorded before can be queried', async () => {
    const data = await folder();
    await run(['import', DEMONSTRATION], { LODEBOOK_DATA: data });
    for (const file of ['views.db', 'views.db-wal', 'views.db-shm']) await rm(join(data, file), { force: true });
    const server = await serverProcess({ LODEBOOK_DATA: data });
    const get = async (path: string) => {
      const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${server.key}` } });
      return {
        status: answer.status,
        body: (await answer.json()) as { missing?: { what: string }[]; items?: unknown[] },
      };
    };
    const missing = new Set<string>();
    await eventually(async () => {
      const { status, body } = await get('/health/ready');
      for (const { what } of body.missing!) missing.add(what);
      expect(status).toBe(body.missing!.length === 0 ? 200 : 503);
      return status === 200;
    });
    expect([...missing]).toEqual(expect.arrayContaining(['tables', 'verdicts']));
    expect((await get('/v1/batches/battery-5-b')).status).toBe(200);
    const judged = await get('/v1/batches?programme=us-japan-cma-2023&verdict=broken&limit=1');
    expect([judged.status, judged.body.items]).toEqual([200, [expect.anything()]]);
    await server.stop();
  }, 120_000);

  it('does not start on a damaged ledger.db, and says what to do', async () => {
    const data = await folder();
    await run(['import', DEMONSTRATION], { LODEBOOK_DATA: data });
    const path = join(data, 'ledger.db');
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 0, 4_096);
    writeFileSync(path, bytes);
    const { code, stderr } = await run(['serve'], { LODEBOOK_DATA: data });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/backup/i)]);
    expect(readFileSync(path).equals(bytes)).toBe(true); // it was left as it was
  }, 60_000);

  it('refuses writes while the disk is full and goes on afterwards', async () => {
    const data = join(await folder(), 'small');
    await mkdir(data);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', data]);
    if (mounted.status !== 0) {
      console.warn('skipped: a small disk cannot be mounted here (needs root and CAP_SYS_ADMIN)');
      return;
    }
    try {
      const server = await serverProcess({ LODEBOOK_DATA: data });
      const post = (path: string, body: unknown) =>
        fetch(`${server.url}/v1/${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      await post('organisations', { organisationId: 'o', name: 'O', country: 'JP', roles: ['miner'] });
      await post('organisations/o/sites', { siteId: 's', name: 'S', country: 'JP', activities: ['mining'] });
      writeFileSync(join(data, 'filler'), Buffer.alloc(1_000_000));
      let full: Response | undefined;
      let recorded = 0;
      for (let index = 0; index < 5_000 && !full; index++) {
        const answer = await post('sites/s/batches', {
          ...extracted(`b-${index}`),
          documents: Array.from({ length: 20 }, () => ({ sha256: 'a'.repeat(64), title: 'x'.repeat(500) })),
        });
        if (answer.status === 201) recorded++;
        else full = answer;
      }
      expect(full?.status).toBe(503);
      expect(recorded).toBeGreaterThan(0);
      await rm(join(data, 'filler'));
      await eventually(async () => (await post('sites/s/batches', extracted('after'))).status === 201);
      await server.stop();
    } finally {
      spawnSync('umount', [data]);
    }
  }, 120_000);
});

async function untilRecorded(data: string, facts: number): Promise<void> {
  await eventually(async () => {
    try {
      return (await count(data)).facts >= facts;
    } catch {
      return false; // the file does not exist yet
    }
  });
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not come about within a minute');
}
