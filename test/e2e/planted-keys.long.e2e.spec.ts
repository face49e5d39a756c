import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import Database from 'better-sqlite3';
import { createHash, createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { canonicalBytes, noteSigner, signNote } from '#transparency';
import { fsck } from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { startEventStoreDbDouble } from '../eventstoredb-double/index.js';
import { run } from '../harness/cli.js';
import { ADMINISTRATOR_KEY, bearer, RunningLedger } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
const SECRET = `lodebook_${'p'.repeat(43)}`;
const STREAM = 'access-organisation-inspectorate';
/** Longest wait for what the ledger finds out by itself, milliseconds. */
const PATIENCE_MS = 20_000;

/** An event exactly as the ledger writes it, except for what only the ledger can make. */
function keyEvent(type: string, data: object) {
  const metadata = {
    actor: { principal: 'administrator' },
    commandId: randomUUID(),
    occurredAt: '2026-03-01T00:00:00.000Z',
    recordedAt: '2026-03-01T00:00:00.000Z',
    salt: 'A'.repeat(22),
    schemaVersion: 1,
  };
  return { id: randomUUID(), type, data: { ...data }, metadata };
}

const sha256 = createHash('sha256').update(SECRET).digest('hex');
const issued = (more: object = {}) =>
  keyEvent('ApiKeyIssued', { keyId: randomUUID(), label: 'Inspector', role: 'regulator', sha256, ...more });

interface Planted {
  readonly stream: string;
  readonly revision: number;
  readonly event: ReturnType<typeof keyEvent>;
}

/** Appends to the file of a log, behind the ledger's back. */
function plant(folder: string, { stream, revision, event }: Planted): void {
  const database = new Database(join(folder, 'ledger.db'));
  const record = Buffer.from(canonicalBytes({ ...event, revision: String(revision), stream }));
  const category = stream.slice(0, stream.indexOf('-'));
  database
    .prepare(
      'INSERT INTO events (position, stream, revision, category, record) SELECT max(position) + 1, ?, ?, ?, ? FROM events',
    )
    .run(stream, revision, category, record);
  database.close();
}

/** An inspectorate with a regulator's key and a revoked one. */
async function openWithKeys(ledger: RunningLedger) {
  await openTwoSites(ledger);
  const body = { organisationId: 'inspectorate', name: 'I', country: 'JP', roles: ['regulator'], occurredAt: AT(1) };
  await ledger.record('organisations', body, bearer(ADMINISTRATOR_KEY));
  const regulator = await ledger.issueKey('inspectorate', 'regulator');
  const revoked = await ledger.issueKey('inspectorate', 'regulator');
  const [, { keyId }] = await keysOf(ledger);
  expect(await revoke(ledger, keyId)).toBe(204);
  await ledger.record('sites/pit/batches', extracted('ore'));
  return { regulator, revoked, revokedId: keyId, REVISION: 3 };
}

async function keysOf(ledger: RunningLedger): Promise<[{ keyId: string }, { keyId: string }]> {
  const path = '/v1/organisations/inspectorate/api-keys';
  const { body } = await ledger.request('GET', path, undefined, bearer(ADMINISTRATOR_KEY));
  return body['items'] as unknown as [{ keyId: string }, { keyId: string }];
}

async function revoke(ledger: RunningLedger, keyId: string): Promise<number> {
  const path = `/v1/organisations/inspectorate/api-keys/${keyId}`;
  return (await ledger.request('DELETE', path, undefined, bearer(ADMINISTRATOR_KEY))).status;
}

const asks = async (ledger: RunningLedger, key: string): Promise<number> =>
  (await ledger.request('GET', '/v1/programmes', undefined, bearer(key))).status;

const alarmOf = async (ledger: RunningLedger): Promise<unknown> =>
  (await ledger.request('GET', '/health/ready')).body['alarm'];

async function findings(dataFolder: string, eventStoreUrl = 'sqlite:') {
  const { findings: found } = await fsck({
    configuration: { eventStoreUrl, dataFolder },
    library,
    now: new Date().toISOString(),
  });
  return found.map(({ stream, revision, kind, finding }) => (kind ? `${stream} ${revision} ${kind}` : finding));
}

describe('a forged key event in the file of the log', () => {
  let ledger: RunningLedger;
  let keys: Awaited<ReturnType<typeof openWithKeys>>;
  beforeEach(async () => {
    ledger = await RunningLedger.start();
    keys = await openWithKeys(ledger);
  }, 60_000);
  afterEach(() => ledger.dispose());

  async function restarted(variables: Record<string, string> = {}): Promise<void> {
    await ledger.stop();
    ledger = await RunningLedger.start(variables, ledger.folder);
  }

  async function honoursItsOwnOnly(): Promise<void> {
    expect(await asks(ledger, SECRET)).toBe(401);
    expect(await asks(ledger, keys.regulator)).toBe(200);
    expect(await asks(ledger, keys.revoked)).toBe(401);
  }

  it('while no server ran opens nothing, raises an alarm, and is named by fsck', async () => {
    await ledger.stop();
    plant(ledger.folder, { stream: STREAM, revision: keys.REVISION, event: issued() });
    ledger = await RunningLedger.start({}, ledger.folder);
    await honoursItsOwnOnly();
    expect(await alarmOf(ledger)).toEqual({ 'unsigned-key-event': 1 });
    expect(await findings(ledger.folder)).toEqual([`${STREAM} ${keys.REVISION} unsigned-key-event`]);
    // The administrator can continue after it: a forged event cannot keep a key from being revoked.
    const next = await ledger.issueKey('inspectorate', 'regulator');
    expect(await asks(ledger, next)).toBe(200);
    const [{ keyId }] = await keysOf(ledger);
    expect(await revoke(ledger, keyId)).toBe(204);
    expect(await asks(ledger, keys.regulator)).toBe(401);
    await restarted();
    expect([await asks(ledger, next), await asks(ledger, keys.regulator), await asks(ledger, SECRET)]).toEqual([
      200, 401, 401,
    ]);
    expect(await alarmOf(ledger)).toEqual({ 'unsigned-key-event': 1 });
  }, 60_000);

  it('while the server runs opens nothing, then or later', async () => {
    plant(ledger.folder, { stream: STREAM, revision: keys.REVISION, event: issued() });
    await honoursItsOwnOnly();
    await restarted();
    await honoursItsOwnOnly();
    expect(await alarmOf(ledger)).toEqual({ 'unsigned-key-event': 1 });
  }, 60_000);

  it('with a signature of the ledger over something else opens nothing', async () => {
    const own: Record<string, unknown>[] = [];
    for await (const event of ledger.ledger.store.readStream(STREAM)) own.push({ ...event });
    await ledger.stop();
    const [first] = own as unknown as { id: string; data: object; metadata: Record<string, unknown> }[];
    const { ledgerSignature } = first!.metadata;
    expect(ledgerSignature).toEqual(expect.stringMatching(/^— lodebook\/[0-9a-f]{16} /));
    const event = issued();
    const altered = keyEvent('ApiKeyIssued', { ...first!.data, keyId: randomUUID(), sha256 });
    for (const [index, each] of [event, altered].entries()) {
      Object.assign(each.metadata, { ledgerSignature });
      plant(ledger.folder, { stream: STREAM, revision: keys.REVISION + index, event: each });
    }
    // A genuine event copied into another organisation's stream, which would give a custodian a regulator's key.
    const moved = { id: randomUUID(), type: 'ApiKeyIssued', data: first!.data, metadata: first!.metadata } as never;
    plant(ledger.folder, { stream: 'access-organisation-wombat', revision: 0, event: moved });
    ledger = await RunningLedger.start({}, ledger.folder);
    await honoursItsOwnOnly();
    expect(await alarmOf(ledger)).toEqual({ 'unsigned-key-event': 3 });
    expect(await findings(ledger.folder)).toHaveLength(3);
  }, 60_000);

  it('signed with a replaced key of the log opens nothing', async () => {
    await ledger.stop();
    const old = readFileSync(join(ledger.folder, 'signing-key.pem'));
    ledger = await RunningLedger.start({}, ledger.folder);
    const rotated = await ledger.request('POST', '/v1/audit/key-rotations', {}, bearer(ADMINISTRATOR_KEY));
    expect(rotated.status).toBe(201);
    const after = await ledger.issueKey('inspectorate', 'regulator');
    await restarted();
    expect([await asks(ledger, keys.regulator), await asks(ledger, after)]).toEqual([200, 200]);
    const { origin } = ledger.ledger.audit.journal.ring;
    await ledger.stop();
    const seed = Buffer.from(createPrivateKey(old).export({ format: 'jwk' }).d!, 'base64url');
    const event = issued();
    const record = canonicalBytes({ ...event, stream: STREAM });
    const text = `lodebook-access/v1\n${origin}\n${createHash('sha256').update(record).digest('hex')}\n`;
    const note = signNote(text, noteSigner(origin, seed));
    Object.assign(event.metadata, { ledgerSignature: note.slice(text.length + 1, -1) });
    plant(ledger.folder, { stream: STREAM, revision: keys.REVISION + 1, event });
    ledger = await RunningLedger.start({}, ledger.folder);
    await honoursItsOwnOnly();
    expect(await alarmOf(ledger)).toEqual({ 'unsigned-key-event': 1 });
  }, 60_000);

  it('that revokes a genuine key revokes none', async () => {
    const [{ keyId }] = await keysOf(ledger);
    await ledger.stop();
    const event = keyEvent('ApiKeyRevoked', { keyId });
    plant(ledger.folder, { stream: STREAM, revision: keys.REVISION, event });
    ledger = await RunningLedger.start({}, ledger.folder);
    await honoursItsOwnOnly();
    expect(await alarmOf(ledger)).toEqual({ 'unsigned-key-event': 1 });
  }, 60_000);

  it('in place of the administrator’s opens nothing: the ledger makes its own, and shows it once', async () => {
    await ledger.stop();
    const event = keyEvent('ApiKeyIssued', { role: 'administrator', sha256 });
    plant(ledger.folder, { stream: 'administrator-key', revision: 0, event });
    ledger = await RunningLedger.start({ LODEBOOK_ADMIN_KEY: '' }, ledger.folder);
    expect(await asks(ledger, SECRET)).toBe(401);
    const { made } = ledger.ledger.access.administrator;
    expect(await alarmOf(ledger)).toEqual({ 'unsigned-key-event': 1 });
    expect(await findings(ledger.folder)).toEqual(['administrator-key 0 unsigned-key-event']);
    await restarted({ LODEBOOK_ADMIN_KEY: '' });
    expect(ledger.ledger.access.administrator.made).toBeUndefined();
    const asked = await ledger.request('GET', '/v1/organisations/inspectorate/api-keys', undefined, bearer(made!));
    expect(asked.status).toBe(200);
  }, 60_000);

  it('is not the only alteration found: deleting a revocation stops the start', async () => {
    await ledger.stop();
    const database = new Database(join(ledger.folder, 'ledger.db'));
    database.prepare(`DELETE FROM events WHERE stream = ? AND revision = 2`).run(STREAM);
    database.close();
    await expect(RunningLedger.start({}, ledger.folder)).rejects.toThrow(/ALARM|cannot be read|do not agree/);
    expect((await findings(ledger.folder)).join()).toMatch(/is not the one that was signed/);
    await rm(ledger.folder, { recursive: true, force: true });
    ledger = await RunningLedger.start();
  }, 60_000);

  it('is all that fsck finds in a backup, which honours the keys of the ledger', async () => {
    await ledger.stop();
    const place = await mkdtemp(join(tmpdir(), 'lodebook-planted-'));
    const backup = join(place, 'backup');
    expect((await run(['backup', backup], { LODEBOOK_DATA: ledger.folder })).code).toBe(0);
    expect(await findings(backup)).toEqual([]);
    const first = ledger;
    ledger = await RunningLedger.start({}, backup);
    await honoursItsOwnOnly();
    expect(await alarmOf(ledger)).toBeUndefined();
    await ledger.stop();
    plant(backup, { stream: STREAM, revision: keys.REVISION, event: issued() });
    expect(await findings(backup)).toEqual([`${STREAM} ${keys.REVISION} unsigned-key-event`]);
    await rm(first.folder, { recursive: true, force: true });
    ledger = await RunningLedger.start({}, backup);
  }, 60_000);

  it('contrasts with a genuine one, which is a leaf of the tree, shown to regulators and to nobody else', async () => {
    const events: { id: string; stream: string }[] = [];
    for await (const { id, stream } of ledger.ledger.store.readStream(STREAM)) events.push({ id, stream });
    const custodian = await ledger.issueKey('wombat', 'custodian');
    const proof = (key: string) =>
      ledger.request('GET', `/v1/audit/proofs/inclusion?eventId=${events[0]!.id}`, undefined, bearer(key));
    expect((await proof(keys.regulator)).status).toBe(200);
    expect((await proof(custodian)).status).toBe(404);
    const log = await ledger.request('GET', '/v1/audit/events?from=0', undefined, bearer(keys.regulator));
    expect(log.body['text'] as unknown as string).toContain(`"stream":"${STREAM}"`);
    const refused = await ledger.request('GET', '/v1/audit/events?from=0', undefined, bearer(custodian));
    expect(refused.status).toBe(403);
  }, 60_000);

  it('cannot come from a server without the signing key, which issues none and honours existing keys', async () => {
    await ledger.stop();
    await rm(join(ledger.folder, 'signing-key.pem'));
    ledger = await RunningLedger.start({}, ledger.folder);
    await honoursItsOwnOnly();
    const path = 'organisations/inspectorate/api-keys';
    const answer = await ledger.post(path, { label: 'x', role: 'regulator' }, bearer(ADMINISTRATOR_KEY));
    expect([answer.status, answer.body['type']]).toEqual([503, 'urn:lodebook:problem:signing-key-missing']);
    await ledger.stop();
    const start = RunningLedger.start({ LODEBOOK_ADMIN_KEY: '' }, ledger.folder);
    await expect(start).rejects.toThrow('LODEBOOK_ADMIN_KEY must be set');
    ledger = await RunningLedger.start({}, ledger.folder);
  }, 60_000);
});

describe('a forged key event in an EventStoreDB', () => {
  it('opens nothing at any server of the log, and raises the alarm while they run', async () => {
    const double = await startEventStoreDbDouble();
    const client = EventStoreDBClient.connectionString(double.url);
    const variables = { LODEBOOK_EVENTSTORE_URL: double.url };
    const first = await RunningLedger.start(variables);
    const keys = await openWithKeys(first);
    const signingKey = readFileSync(join(first.folder, 'signing-key.pem'), 'utf8');
    const second = await RunningLedger.start({ ...variables, LODEBOOK_SIGNING_KEY: signingKey });
    try {
      for (const each of [first, second]) expect(await asks(each, keys.regulator)).toBe(200);
      await client.appendToStream(STREAM, jsonEvent(issued()));
      for (const each of [first, second]) {
        const began = performance.now();
        while ((await alarmOf(each)) === undefined && performance.now() - began < PATIENCE_MS) await delay(20);
        expect(await alarmOf(each)).toEqual({ 'unsigned-key-event': 1 });
        expect([await asks(each, SECRET), await asks(each, keys.regulator)]).toEqual([401, 200]);
      }
      // After the forged event, a key issued at one server is honoured at the other, and a revocation works at both.
      const issuedHere = await second.issueKey('inspectorate', 'regulator');
      const began = performance.now();
      while ((await asks(first, issuedHere)) !== 200 && performance.now() - began < PATIENCE_MS) await delay(20);
      expect(await asks(first, issuedHere)).toBe(200);
      const { keyId } = (await keysOf(first))[0];
      expect(await revoke(second, keyId)).toBe(204);
      expect(await asks(second, keys.regulator)).toBe(401);
      expect(await findings(first.folder, double.url)).toEqual([`${STREAM} ${keys.REVISION} unsigned-key-event`]);
    } finally {
      await first.dispose();
      await second.dispose();
      await client.dispose();
      await double.stop();
    }
  }, 120_000);
});
