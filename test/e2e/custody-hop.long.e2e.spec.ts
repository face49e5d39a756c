import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, serverProcess, temporaryFolder, type Ended, type ServerProcess } from '../harness/cli.js';
import { applyBlocks, codeBlocksOf } from '../harness/executed-document.js';
import { ADMINISTRATOR_KEY, bearer, type Json } from '../harness/running-ledger.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The project's own files in a checkout. */
const COPIED = [
  ...['apps', 'libs', 'test', 'docs', 'scripts', 'package.json', 'tsconfig.json', '.swcrc', 'jest.config.js'],
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE', 'docker-compose.yml'],
];
const KEY_ID = 'works-2026';
const SEED = new Uint8Array(32).fill(9);
/** PKCS #8 of an Ed25519 key: RFC 8410, section 7. */
const PEM = `-----BEGIN PRIVATE KEY-----\n${Buffer.concat([
  Buffer.from('302e020100300506032b657004220420', 'hex'),
  SEED,
]).toString('base64')}\n-----END PRIVATE KEY-----\n`;

describe('docs/add-a-custody-hop.md, followed in a copy of the sources', () => {
  const copy = mkdtempSync(join(tmpdir(), 'lodebook-hop-'));
  const blocks = codeBlocksOf(readFileSync(join(ROOT, 'docs/add-a-custody-hop.md'), 'utf8'));
  const entry = join(copy, 'dist/apps/cli/src/main.js');
  let data: string;
  let server: ServerProcess;

  function inCopy(command: string, ...args: string[]): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin', command), args, {
      cwd: copy,
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  }

  async function request(path: string, key: string, body?: unknown): Promise<{ status: number; body: Json }> {
    const answer = await fetch(server.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...bearer(key), ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  }

  async function record(path: string, body: unknown, key = server.key): Promise<Json> {
    const answer = await request(`/v1/${path}`, key, body);
    expect([path, answer.status, answer.body]).toEqual([path, 201, expect.anything()]);
    return answer.body['events']!['0']!;
  }

  async function keyOf(organisation: string): Promise<string> {
    const asked = { label: 'reader', role: 'custodian' };
    const issued = await request(`/v1/organisations/${organisation}/api-keys`, ADMINISTRATOR_KEY, asked);
    return issued.body['key'] as unknown as string;
  }

  const lodebook = (...args: string[]): Promise<Ended> => run(args, { LODEBOOK_DATA: data }, entry);

  /** The records of the batch, once the read tables have reached the position. */
  async function historyOf(batchId: string, key: string, position: string): Promise<Json[]> {
    const answer = await fetch(`${server.url}/v1/batches/${batchId}/history`, {
      headers: { ...bearer(key), 'ledger-position': position },
    });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { items: Json[] }).items.map(({ record: each }) => each!);
  }

  beforeAll(async () => {
    for (const each of COPIED) {
      cpSync(join(ROOT, each), join(copy, each), {
        recursive: true,
        filter: (source) => !/node_modules/.test(source.slice(ROOT.length)),
      });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    applyBlocks(copy, blocks);
    const { status, output } = inCopy('swc', 'apps', 'libs', '-d', 'dist', '--quiet');
    expect([status, output]).toEqual([0, expect.anything()]);
    data = await temporaryFolder();
    server = await serverProcess({ LODEBOOK_DATA: data }, [], entry);
    for (const organisationId of ['owner', 'buyer', 'stranger']) {
      await record('organisations', { organisationId, name: organisationId, country: 'JP', roles: ['refiner'] });
      const activities = ['refining', 'recycling'];
      const opening = { siteId: `${organisationId}-site`, name: organisationId, country: 'JP', activities };
      await record(`organisations/${organisationId}/sites`, opening);
    }
    await record('sites/owner-site/batches', {
      batchId: 'kept',
      material: 'black-mass',
      grossGrams: 1_000,
      contentGrams: { cobalt: 100 },
      origin: { kind: 'end-of-life' },
    });
  }, 600_000);

  afterAll(async () => {
    await server?.stop();
    for (const folder of [copy, data]) if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('touches the slice, the account, the graph, the test and the docs, and nothing else', () => {
    expect([...new Set(blocks.map(({ path }) => path))]).toEqual([
      'libs/custody/src/site/seal-batch.ts',
      'libs/custody/src/account/hops.ts',
      'libs/claims/src/graph/steps.ts',
      'libs/custody/src/site/seal-batch.unit.spec.ts',
      'docs/domain.md',
    ]);
  });

  it('is in OpenAPI, with its example', async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Json;
    const operation = document['paths']!['/v1/sites/{site}/seals']!['post']!;
    expect(operation).toMatchObject({ summary: 'Seal a batch', 'x-roles': ['custodian'] });
    expect(document['components']!['schemas']!['BatchSealedCommand']).toMatchObject({
      required: ['batchId', 'seal', 'number'],
      properties: { seal: { enum: ['bolt', 'cable', 'tape'] } },
    });
  });

  it('is recorded over HTTP, and refused with the path of what is wrong', async () => {
    const event = await record('sites/owner-site/seals', { batchId: 'kept', seal: 'bolt', number: 'over HTTP' });
    expect(event).toMatchObject({ type: 'BatchSealed', stream: 'site-owner-site' });
    const wrong = await request('/v1/sites/owner-site/seals', server.key, { batchId: 'kept', seal: 'wax' });
    expect(wrong.status).toBe(400);
    expect(wrong.body['errors']).toMatchObject([
      { path: 'seal', code: 'not-allowed' },
      { path: 'number', code: 'not-a-text' },
    ]);
  });

  it('is recorded in a stream, and by import', async () => {
    const body = { batchId: 'kept', seal: 'tape', number: 'in a stream' };
    const answer = await fetch(`${server.url}/v1/sites/owner-site/commands`, {
      method: 'POST',
      headers: { ...bearer(server.key), 'content-type': 'application/x-ndjson' },
      body: `${JSON.stringify({ command: 'seals', body })}\n`,
    });
    expect(await answer.text()).toContain('"BatchSealed"');
    const file = join(data, 'seals.ndjson');
    writeFileSync(
      file,
      JSON.stringify({ site: 'owner-site', command: 'seals', body: { ...body, number: 'in a file' } }),
    );
    expect(await lodebook('import', file)).toMatchObject({ code: 0 });
  });

  it('may withhold the fields that it declares withholdable', async () => {
    const withheld = { path: '/number', legalBasis: 'trade-secret', until: '2100-01-01T00:00:00.000Z' };
    const sealed = { batchId: 'kept', seal: 'bolt', number: 'kept to ourselves', withheld: [withheld] };
    const { position } = (await record('sites/owner-site/seals', sealed)) as unknown as { position: string };
    const last = (await historyOf('kept', server.key, position)).at(-1)!;
    expect(last['data']).toMatchObject({ number: { legalBasis: 'trade-secret' } });
    expect(JSON.stringify(last)).not.toContain('kept to ourselves');
    const refused = { ...sealed, withheld: [{ ...withheld, path: '/seal' }] };
    const answer = await request('/v1/sites/owner-site/seals', server.key, refused);
    expect(answer.body['errors']).toMatchObject([{ code: 'not-withholdable' }]);
  });

  it('can be corrected, except for the batch that was sealed', async () => {
    const sealed = await record('sites/owner-site/seals', { batchId: 'kept', seal: 'bolt', number: 'misread' });
    const correct = (replacement: object): Promise<{ status: number; body: Json }> =>
      request('/v1/sites/owner-site/corrections', server.key, {
        eventId: sealed['eventId'],
        reason: 'misread',
        replacement,
      });
    const other = await correct({ batchId: 'another', seal: 'bolt', number: 'read again' });
    expect(other.body['errors']).toMatchObject([{ path: 'replacement.batchId' }]);
    const shape = await correct({ batchId: 'kept', seal: 'wax', number: 'read again' });
    expect(shape.body['errors']).toMatchObject([{ path: 'replacement.seal', code: 'not-allowed' }]);
    expect((await correct({ batchId: 'kept', seal: 'bolt', number: 'read again' })).status).toBe(201);
  });

  it('can be signed, and its signature holds for no other command', async () => {
    const key = join(data, 'key.pem');
    writeFileSync(key, PEM);
    const sign = (...more: string[]) =>
      lodebook('sign', '--key', key, '--key-id', KEY_ID, '--organisation', 'owner', '--url', server.url, ...more);
    const { stdout } = await sign('--public');
    await record('organisations/owner/signing-keys', JSON.parse(stdout) as object);
    const line = join(data, 'signed.ndjson');
    const body = { batchId: 'kept', seal: 'cable', number: 'signed for' };
    writeFileSync(line, JSON.stringify({ site: 'owner-site', command: 'seals', body }));
    const signed = await sign(line);
    expect(signed).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(line, signed.stdout);
    expect(await lodebook('import', line)).toMatchObject({ code: 0 });
    const fsck = await lodebook('fsck');
    expect([fsck.code, fsck.stdout + fsck.stderr]).toEqual([0, expect.not.stringContaining('signature-')]);
  });

  it('is in the evidence of its batch, which verifies', async () => {
    const bundle = join(data, 'kept.bundle');
    const exported = await lodebook('export', 'kept', '-o', bundle);
    expect([exported.code, exported.stderr]).toEqual([0, expect.anything()]);
    expect(readFileSync(bundle, 'utf8')).toContain('BatchSealed');
    const { key } = JSON.parse(readFileSync(bundle, 'utf8').split('\n')[0]!) as { key: string };
    const verified = await lodebook('verify', bundle, '--key', key);
    expect([verified.code, verified.stdout + verified.stderr]).toEqual([0, expect.anything()]);
  });

  it('reveals neither ids nor free text to a stranger in the chain', async () => {
    await record('sites/owner-site/transformations', {
      transformationId: 'leaching',
      process: 'leaching',
      chainOfCustody: 'segregated',
      inputs: [{ batchId: 'kept', grossGrams: 1_000 }],
      outputs: [
        { batchId: 'made', material: 'polymetallic-concentrate', grossGrams: 900, contentGrams: { cobalt: 90 } },
      ],
    });
    await send('made', 'owner-site', 'buyer-site', 'first');
    const { position } = await send('made', 'buyer-site', 'stranger-site', 'second');
    const records = await historyOf('made', await keyOf('stranger'), position);
    const all = [...records, ...(await upstream(position))];
    const sealed = all.filter(({ type }) => (type as unknown) === 'BatchSealed');
    expect(sealed.length).toBeGreaterThan(0);
    for (const { data: told } of sealed) {
      expect(told).toMatchObject({ batchId: expect.stringMatching(/^batch~/), number: '~' });
    }
    expect(JSON.stringify(sealed)).not.toMatch(/kept|owner|signed for|in a stream/);
  });

  it('compiles, and passes its own test, the tests over all facts and the test of the docs', () => {
    expect(inCopy('tsc', '-p', 'tsconfig.json', '--incremental', 'false')).toEqual({ status: 0, output: '' });
    const jest = spawnSync(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--no-warnings',
        join(ROOT, 'node_modules/jest/bin/jest.js'),
        'seal-batch',
        'libs/vocabulary',
        'libs/access/src/redaction',
        'test/docs.unit',
      ],
      { cwd: copy, encoding: 'utf8' },
    );
    expect([jest.status, jest.status === 0 ? '' : jest.stderr]).toEqual([0, '']);
  }, 600_000);

  async function send(batchId: string, from: string, to: string, shipmentId: string): Promise<{ position: string }> {
    await record(`sites/${from}/dispatches`, { shipmentId, consigneeSiteId: to, batchIds: [batchId] });
    const receipt = { shipmentId, batches: [{ batchId, grossGrams: 900 }] };
    return (await record(`sites/${to}/receipts`, receipt)) as unknown as { position: string };
  }

  /** The history that the stranger may read of the batch its own was made from, by the pseudonym it was given. */
  async function upstream(position: string): Promise<Json[]> {
    const key = await keyOf('stranger');
    const answer = await fetch(`${server.url}/v1/batches/made/provenance`, {
      headers: { ...bearer(key), 'ledger-position': position },
    });
    const { batches } = (await answer.json()) as { batches: { batchId: string }[] };
    const hidden = batches.map(({ batchId }) => batchId).find((id) => id.startsWith('batch~'));
    expect(hidden).toBeDefined();
    return historyOf(encodeURIComponent(hidden!), key, position);
  }
});
