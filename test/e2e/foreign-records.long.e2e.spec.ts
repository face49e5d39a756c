import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { protectStreams } from '#event-store';
import { fsck, ledgerStreams, type FsckReport } from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { run, type Ended } from '../harness/cli.js';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../eventstoredb-double/index.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);

/** Longest wait for what the ledger finds out by itself, milliseconds. */
const PATIENCE_MS = 20_000;

describe('what others do on the server of the log', () => {
  let double: EventStoreDbDouble;
  let client: EventStoreDBClient;
  let ledger: RunningLedger;
  let variables: Record<string, string>;
  beforeEach(async () => {
    double = await startEventStoreDbDouble();
    client = EventStoreDBClient.connectionString(double.url);
    variables = { LODEBOOK_EVENTSTORE_URL: double.url };
    ledger = await RunningLedger.start(variables);
    await openTwoSites(ledger);
    await ledger.record('sites/pit/batches', extracted('ore'));
  }, 60_000);
  afterEach(async () => {
    await ledger.dispose();
    await client.dispose();
    await double.stop();
  });

  const check = (): Promise<FsckReport> =>
    fsck({
      configuration: { eventStoreUrl: double.url, dataFolder: ledger.folder },
      library,
      now: new Date().toISOString(),
    });
  const found = async (): Promise<string[]> =>
    (await check()).findings.map(({ stream, revision, kind, finding }) =>
      kind === undefined ? finding : `${stream} ${revision} ${kind}`,
    );

  async function alarm(): Promise<unknown> {
    const began = performance.now();
    for (;;) {
      const { body } = await ledger.request('GET', '/health/ready');
      if (body['alarm'] !== undefined || performance.now() - began > PATIENCE_MS) return body['alarm'];
      await delay(20);
    }
  }

  /** Checks that everything but commands at the pit goes on, also after a restart. */
  async function goesOnWithoutThePit(): Promise<void> {
    for (const round of ['running', 'restarted']) {
      if (round === 'restarted') {
        await ledger.stop();
        ledger = await RunningLedger.start(variables, ledger.folder);
        expect(await alarm()).toBeDefined();
      }
      const refused = await ledger.post('sites/pit/batches', extracted(`at-pit-${round}`));
      expect([refused.status, refused.body['type']]).toEqual([409, 'urn:lodebook:problem:stream-altered']);
      const made = { ...extracted(`at-works-${round}`), origin: { kind: 'undocumented' } };
      const position = await ledger.record('sites/works/batches', made);
      expect((await ledger.get(`batches/at-works-${round}`, position)).status).toBe(200);
      expect((await ledger.get('batches/ore', position)).status).toBe(200);
      expect((await ledger.request('GET', '/health/ready')).status).toBe(200);
    }
  }

  it('is ignored in streams of other applications', async () => {
    const binary = binaryEvent({ type: 'Blob', data: Buffer.from([0, 255, 1]) });
    for (const stream of ['otherapp-2', 'other', 'sitemap-1', 'west-site-1'])
      await client.appendToStream(stream, binary);
    await client.setStreamMetadata('otherapp-2', { maxCount: 1 });
    expect(await found()).toEqual([]);
    const position = await ledger.record('sites/pit/batches', extracted('behind'));
    expect((await ledger.get('batches/behind', position)).status).toBe(200);
    await ledger.stop();
    ledger = await RunningLedger.start(variables, ledger.folder);
    expect((await ledger.request('GET', '/health/ready')).body['alarm']).toBeUndefined();
  }, 60_000);

  it('is found, named and kept out, as a foreign record in a stream of the ledger', async () => {
    await client.appendToStream('site-pit', jsonEvent({ type: 'BatchDisposed', data: { batchId: 'ore' } }));
    await client.appendToStream('site-pit', binaryEvent({ type: 'Blob', data: Buffer.from([0, 255]) }));
    expect(await alarm()).toEqual({ 'foreign-event': 2 });
    expect(await found()).toEqual(['site-pit 2 foreign-event', 'site-pit 3 not-json']);
    await goesOnWithoutThePit();
  }, 120_000);

  it('is found as a tombstone', async () => {
    await client.tombstoneStream('site-pit');
    expect(await alarm()).toEqual({ tombstone: 1 });
    expect(await found()).toEqual([`site-pit ${2n ** 63n - 1n} tombstone`]);
    await goesOnWithoutThePit();
  }, 120_000);

  it.each([
    ['truncated', { truncateBefore: 1 }],
    ['max-count', { maxCount: 1 }],
    ['max-age', { maxAge: 1 }],
  ])(
    'is found as metadata that hide events (%s), until they are removed',
    async (kind, metadata) => {
      await client.setStreamMetadata('site-pit', metadata);
      expect(await alarm()).toEqual({ [kind]: 1 });
      expect(await found()).toEqual([`site-pit 0 ${kind}`]);
      await goesOnWithoutThePit();
      await client.setStreamMetadata('site-pit', {});
      expect(await found()).toEqual([]);
      const began = performance.now();
      while (ledger.ledger.findings.total > 0 && performance.now() - began < PATIENCE_MS) await delay(20);
      await ledger.record('sites/pit/batches', extracted('again'));
    },
    120_000,
  );

  it('is found as a deletion, and deleting a reservation does not free its id', async () => {
    await client.deleteStream('batch-ore');
    const again = { ...extracted('ore'), origin: { kind: 'undocumented' } };
    const refused = await ledger.post('sites/works/batches', again);
    expect(refused.body['type']).toBe('urn:lodebook:problem:stream-altered');
    expect(Object.keys((await alarm()) as object)).toEqual(expect.arrayContaining(['soft-deleted']));
    expect((await found()).join()).toContain('batch-ore');
    await ledger.stop();
    ledger = await RunningLedger.start(variables, ledger.folder);
    expect((await ledger.post('sites/works/batches', again)).status).toBe(409);
    const { body } = await ledger.get('batches/ore', String(await ledger.ledger.store.head()));
    expect(body['siteId']).toBe('pit');
  }, 60_000);

  it('does not replace the administrator’s key', async () => {
    const { administrator } = ledger.ledger.access;
    expect(administrator).toBeDefined();
    const metadata = { recordedAt: '2026-03-01T00:00:00.000Z', schemaVersion: 1 };
    const data = { role: 'administrator', sha256: 'ab'.repeat(32) };
    await client.appendToStream('administrator-key', jsonEvent({ type: 'ApiKeyIssued', data, metadata }));
    await client.appendToStream('administrator-key', jsonEvent({ type: 'ApiKeyIssued', data, metadata }));
    expect(await found()).toEqual(['administrator-key 0 unsigned-key-event', 'administrator-key 1 unsigned-key-event']);
  }, 60_000);

  it('is reported by a replay, which exits with 1, and by an export, which writes only the ledger’s own records', async () => {
    for (let n = 0; n < 7; n++)
      await client.appendToStream('site-pit', jsonEvent({ type: 'BatchDisposed', data: { n } }));
    await ledger.stop();
    const environment = { ...variables, LODEBOOK_DATA: ledger.folder };
    const replayed = await run(['replay', '--json'], environment);
    expect(replayed.code).toBe(1);
    const exported = await run(['export', '--whole-log', '--output', join(ledger.folder, 'log.ndjson')], environment);
    expect(exported.code).toBe(0);
    for (const { stderr } of [replayed, exported]) {
      expect(stderr).toContain('7 records that the ledger cannot have written');
      for (const revision of [2, 6]) expect(stderr).toContain(`site-pit, revision ${revision}: foreign-event`);
      expect(stderr).not.toContain('revision 7');
      expect(stderr).toContain('and 2 more');
    }
    const fromFile = await run(['replay', '--json', '--from', join(ledger.folder, 'log.ndjson')]);
    const digestOf = ({ stdout }: Ended): unknown => (JSON.parse(stdout) as { digest: string }).digest;
    expect([fromFile.code, digestOf(fromFile)]).toEqual([0, digestOf(replayed)]);
    ledger = await RunningLedger.start(variables, ledger.folder);
  }, 60_000);

  it('does not mix up two ledgers on one server, which have the same records', async () => {
    const other = await RunningLedger.start({ ...variables, LODEBOOK_STREAM_PREFIX: 'west' });
    await openTwoSites(other);
    const position = await other.record('sites/pit/batches', extracted('ore'));
    expect((await other.get('batches/ore', position)).status).toBe(200);
    expect(other.ledger.projector.logSize).toBe(ledger.ledger.projector.logSize);
    const streams = new Set(double.log.all.map(({ stream }) => stream).filter((stream) => !stream.startsWith('$')));
    for (const stream of ['site-pit', 'west-site-pit', 'west-checkpoint-keys']) expect(streams).toContain(stream);
    for await (const event of other.ledger.store.readStream('site-pit')) {
      expect(JSON.parse(new TextDecoder().decode(event.record))).toMatchObject({ stream: 'site-pit' });
    }
    expect(await found()).toEqual([]);
    await other.dispose();
  }, 60_000);

  it('is prevented by access rights that the ledger sets on request, which fsck accepts', async () => {
    await client.setStreamMetadata('site-works', { maxCount: 100 });
    const outcome = await protectStreams(double.url, ledgerStreams({}), 'lodebook');
    expect(outcome.leftAlone).toEqual(['site-works']);
    expect(outcome.protected).toBeGreaterThan(5);
    for (const stream of ['site-pit', 'batch-ore', 'checkpoint-log', 'organisation-wombat']) {
      expect(double.log.metadataOf(stream)).toMatchObject({
        $acl: { $w: ['lodebook'], $d: ['$admins'], $mw: ['$admins'] },
      });
    }
    expect(await found()).toEqual(['site-works 0 max-count']);
  }, 60_000);
});
