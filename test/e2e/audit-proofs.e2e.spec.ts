import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  appendCosignature,
  canonicalBytes,
  consistencyProofFromTiles,
  cosign,
  decodeEntryBundle,
  formatVerifierKey,
  inclusionProofFromTiles,
  KeyRing,
  leafHash,
  noteSigner,
  parseCheckpoint,
  rootFromTiles,
  tilePath,
  verifyCheckpoint,
  verifyConsistency,
  verifyCosignatures,
  verifyInclusion,
  type TileSource,
} from '#transparency';
import { startEventStoreDbDouble } from '../eventstoredb-double/index.js';
import { RunningLedger, type Json } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

const bytes = (hex: unknown): Uint8Array => Buffer.from(hex as string, 'hex');
const many = (list: unknown): Uint8Array[] => (list as string[]).map(bytes);

const checkpointOf = async (ledger: RunningLedger): Promise<string> =>
  (await fetch(`${ledger.url}/v1/audit/checkpoint`)).text();
/** A request without a key, as anybody may send it. */
const open = async (ledger: RunningLedger, path: string): Promise<Json> =>
  (await (await fetch(`${ledger.url}/v1/audit/${path}`)).json()) as Json;

const tilesOf =
  (ledger: RunningLedger): TileSource =>
  async (tile) => {
    const answer = await fetch(`${ledger.url}/v1/audit/${tilePath(tile)}`);
    return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : undefined;
  };

async function ringOf(ledger: RunningLedger): Promise<KeyRing> {
  const keys = await open(ledger, 'keys');
  return (keys['rotations'] as unknown as string[]).reduce(
    (ring, record) => ring.rotated(record),
    KeyRing.of(keys['first'] as unknown as string),
  );
}

/** Asks for a proof, for which everything up to this event must be signed. */
async function signedUpTo(ledger: RunningLedger, index: number): Promise<Json> {
  return open(ledger, `proofs/inclusion?index=${index}`);
}

describe.each(['sqlite', 'eventstoredb'])('proofs of a log in %s', (engine) => {
  let ledger: RunningLedger;
  let stopDouble: () => Promise<void> = () => Promise.resolve();
  let eventIds: string[];
  beforeAll(async () => {
    const variables: Record<string, string> = {};
    if (engine === 'eventstoredb') {
      const double = await startEventStoreDbDouble();
      variables['LODEBOOK_EVENTSTORE_URL'] = double.url;
      stopDouble = () => double.stop();
    }
    ledger = await RunningLedger.start(variables);
    await openTwoSites(ledger);
    eventIds = [];
    for (let i = 0; i < 130; i++) {
      const answer = await ledger.post('sites/pit/batches', extracted(`b-${i}`));
      eventIds.push((answer.body['events'] as unknown as { eventId: string }[])[0]!.eventId);
      if (i === 129) await ledger.get('programmes', answer.headers.get('ledger-position'));
    }
  });
  afterAll(async () => {
    await ledger.dispose();
    await stopDouble();
  });

  it('proves an event that was just recorded, under a signed root', async () => {
    for (const eventId of [eventIds.at(-1)!, eventIds[0]!, eventIds[77]!]) {
      const { body: proof } = await ledger.get(`audit/proofs/inclusion?eventId=${eventId}`);
      expect((await fetch(`${ledger.url}/v1/audit/proofs/inclusion?eventId=${eventId}`)).status).toBe(401);
      const history = await ledger.get(`audit/proofs/inclusion?index=${proof['leafIndex'] as unknown as number}`);
      expect(history.body).toEqual(proof);
      verifyInclusion({
        leafHash: bytes(proof['leafHash']),
        leafIndex: BigInt(proof['leafIndex'] as unknown as number),
        treeSize: BigInt(proof['treeSize'] as unknown as number),
        proof: many(proof['proof']),
        root: bytes(proof['root']),
      });
      const checkpoint = verifyCheckpoint(await checkpointOf(ledger), await ringOf(ledger));
      expect(checkpoint.size).toBe(BigInt(proof['treeSize'] as unknown as number));
      expect(Buffer.from(checkpoint.root).toString('hex')).toBe(proof['root']);
    }
  });

  it('hashes the record as its history shows it', async () => {
    const history = await ledger.get('batches/b-5/history');
    for (const item of history.body['items'] as unknown as Json[]) {
      const proof = await signedUpTo(ledger, item['logIndex'] as unknown as number);
      expect(Buffer.from(leafHash(canonicalBytes(item['record']))).toString('hex')).toBe(proof['leafHash']);
    }
  });

  it('proves that the log at each size is an extension of every earlier one', async () => {
    const { size: last } = parseCheckpoint(await checkpointOf(ledger));
    for (const [from, to] of [
      [1n, last],
      [7n, 129n],
      [128n, 256n],
      [last, last],
    ]) {
      const proof = await open(ledger, `proofs/consistency?from=${from}&to=${to}`);
      verifyConsistency({
        size1: from!,
        size2: to!,
        root1: bytes(proof['root1']),
        root2: bytes(proof['root2']),
        proof: many(proof['proof']),
      });
    }
  });

  it('serves tiles from which clients compute the same proofs', async () => {
    const { size, root } = parseCheckpoint(await checkpointOf(ledger));
    const tiles = tilesOf(ledger);
    expect(await rootFromTiles(size, tiles)).toEqual(root);
    const proof = await open(ledger, `proofs/inclusion?index=200&size=${size}`);
    expect(await inclusionProofFromTiles(200n, size, tiles)).toEqual(
      many(proof['proof']).map((b) => new Uint8Array(b)),
    );
    const extension = await open(ledger, `proofs/consistency?from=100&to=${size}`);
    expect(await consistencyProofFromTiles(100n, size, tiles)).toEqual(
      many(extension['proof']).map((b) => new Uint8Array(b)),
    );
  });

  it('serves the records of a tile to callers with a key', async () => {
    const path = '/v1/audit/tile/entries/000';
    expect((await fetch(ledger.url + path)).status).toBe(401);
    const headers = { authorization: `Bearer ${ledger.key}` };
    const entries = decodeEntryBundle(
      new Uint8Array(await (await fetch(ledger.url + path, { headers })).arrayBuffer()),
      256,
    );
    const proof = await open(ledger, 'proofs/inclusion?index=42');
    expect(Buffer.from(leafHash(entries[42]!)).toString('hex')).toBe(proof['leafHash']);
  });

  it.each([
    ['proofs/inclusion', 400],
    ['proofs/inclusion?index=1&eventId=x', 400],
    ['proofs/inclusion?index=-1', 400],
    ['proofs/inclusion?index=1e3', 400],
    ['proofs/inclusion?index=1&size=1', 400],
    ['proofs/inclusion?index=1&size=999999', 400],
    ['proofs/inclusion?index=999999', 404],
    ['proofs/inclusion?eventId=nobody', 404],
    ['proofs/consistency?to=5', 400],
    ['proofs/consistency?from=0&to=5', 400],
    ['proofs/consistency?from=6&to=5', 400],
    ['proofs/consistency?from=1&to=999999', 400],
    ['checkpoint?size=1', 400],
    ['tile/0/001', 404],
    ['tile/0/000.p/257', 404],
    ['tile/0/0', 404],
    ['tile/99/000', 404],
    ['tile/0/x000/000', 404],
    ['tile/entriesx/000', 404],
  ])('refuses %s with %i', async (path, status) => {
    expect((await ledger.request('GET', `/v1/audit/${path}`)).status).toBe(status);
  });
});

describe('checkpoints', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
  });
  afterAll(() => ledger.dispose());

  it('are signed with a key from a file that only its owner can read', () => {
    expect(statSync(join(ledger.folder, 'signing-key.pem')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(ledger.folder, 'signing-key.pem'), 'utf8')).toContain('BEGIN PRIVATE KEY');
  });

  it('survive a restart and the loss of everything that can be rebuilt', async () => {
    await ledger.record('sites/pit/batches', extracted('before'));
    await ledger.stop();
    const kept = readFileSync(join(ledger.folder, 'checkpoint.txt'), 'utf8');
    for (const file of ['tree.db', 'views.db']) {
      for (const suffix of ['', '-wal', '-shm']) rmSync(join(ledger.folder, file + suffix), { force: true });
    }
    ledger = await RunningLedger.start({}, ledger.folder);
    expect(existsSync(join(ledger.folder, 'tree.db'))).toBe(true);
    expect(await checkpointOf(ledger)).toBe(kept);
    await ledger.get('programmes', await ledger.record('sites/pit/batches', extracted('after')));
    const before = parseCheckpoint(kept);
    const later = await open(ledger, `proofs/consistency?from=${before.size}&to=${before.size + 2n}`);
    expect(bytes(later['root1'])).toEqual(Buffer.from(before.root));
  });

  it('carry the cosignatures of witnesses, also after a restart', async () => {
    const witness = noteSigner('witness.example/w1', new Uint8Array(32).fill(7), 'cosignature');
    await ledger.ledger.audit.signedSize(ledger.ledger.audit.tree.size);
    const checkpoint = await checkpointOf(ledger);
    const cosignature = cosign(checkpoint, witness, 1_800_000_000n);
    const body = { cosignature, witness: formatVerifierKey(witness.key) };
    expect((await fetch(`${ledger.url}/v1/audit/checkpoint/cosignatures`, { method: 'POST' })).status).toBe(401);
    const answer = await ledger.post('audit/checkpoint/cosignatures', body);
    expect(answer.status).toBe(201);
    const served = await checkpointOf(ledger);
    expect(served).toBe(appendCosignature(checkpoint, cosignature, [witness.key]));
    expect(verifyCosignatures(served, [witness.key])).toMatchObject([{ timestamp: 1_800_000_000n }]);
    await ledger.stop();
    ledger = await RunningLedger.start({}, ledger.folder);
    expect(await checkpointOf(ledger)).toBe(served);
  });

  it.each([
    ['of another checkpoint', 'signature-invalid', (): string => 'lodebook/other\n1\n' + 'A'.repeat(43) + '=\n'],
    ['of another key', 'key-unknown', undefined],
    ['that are none', 'note-malformed', undefined],
  ])('refuse cosignatures %s', async (kind, code, other) => {
    const witness = noteSigner('witness.example/w2', new Uint8Array(32).fill(8), 'cosignature');
    const checkpoint = await checkpointOf(ledger);
    const note = other === undefined ? checkpoint : `${other()}\n${checkpoint.slice(checkpoint.indexOf('\n\n') + 2)}`;
    const cosignature = kind === 'that are none' ? 'nothing' : cosign(note, witness, 1n);
    const signer =
      kind === 'of another key' ? noteSigner('witness.example/w3', new Uint8Array(32).fill(9), 'cosignature') : witness;
    const answer = await ledger.post('audit/checkpoint/cosignatures', {
      cosignature,
      witness: formatVerifierKey(signer.key),
    });
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ code }]);
    expect(await checkpointOf(ledger)).toBe(checkpoint);
  });

  it('verify before and after the key was rotated', async () => {
    const before = await checkpointOf(ledger);
    const oldKey = (await ringOf(ledger)).current;
    const answer = await ledger.post('audit/key-rotations', {});
    expect(answer.status).toBe(201);
    const ring = await ringOf(ledger);
    expect(formatVerifierKey(ring.current)).toBe(answer.body['key']);
    const after = await checkpointOf(ledger);
    expect(verifyCheckpoint(before, ring).signedBy).toMatchObject([{ keyId: oldKey.keyId }]);
    expect(verifyCheckpoint(after, ring).signedBy).toMatchObject([{ keyId: ring.current.keyId }]);
    await ledger.record('sites/pit/batches', { ...extracted('rotated'), occurredAt: AT(3) });
    await ledger.stop();
    ledger = await RunningLedger.start({}, ledger.folder);
    const last = verifyCheckpoint(await checkpointOf(ledger), await ringOf(ledger));
    expect(last.signedBy).toMatchObject([{ keyId: ring.current.keyId }]);
    expect(() => verifyCheckpoint(after, formatVerifierKey(oldKey))).toThrow('no signature of a key that is trusted');
  });
});
