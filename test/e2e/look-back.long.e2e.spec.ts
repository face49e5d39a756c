import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fsck } from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../eventstoredb-double/index.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

const PATIENCE_MS = 30_000;

async function until(what: () => boolean | Promise<boolean>): Promise<boolean> {
  const began = performance.now();
  while (!(await what())) {
    if (performance.now() - began > PATIENCE_MS) return false;
    await delay(20);
  }
  return true;
}

describe('a ledger whose log loses events', () => {
  let double: EventStoreDbDouble;
  let variables: Record<string, string>;
  let ledger: RunningLedger;
  beforeEach(async () => {
    double = await startEventStoreDbDouble();
    variables = { LODEBOOK_EVENTSTORE_URL: double.url };
    ledger = await RunningLedger.start(variables);
    await openTwoSites(ledger);
    await ledger.record('sites/pit/batches', extracted('ore'));
    // Tables first: before them the tree may be signed to its end and still lack what was recorded last.
    expect(await shows('ore')).toBe(200);
    const { audit, projector } = ledger.ledger;
    const isSigned = (): boolean => audit.journal.last!.size === BigInt(projector.logSize);
    expect(await until(isSigned)).toBe(true);
  }, 60_000);
  afterEach(async () => {
    await ledger.dispose();
    await double.stop();
  });

  const shows = async (batchId: string): Promise<number> =>
    (await ledger.get(`batches/${batchId}`, String(await ledger.ledger.store.head()))).status;

  /** Restarts without the signing key, so that nothing is signed. */
  async function withoutKey(): Promise<void> {
    await ledger.stop();
    const key = join(ledger.folder, 'signing-key.pem');
    renameSync(key, `${key}-kept`);
    ledger = await RunningLedger.start(variables, ledger.folder);
  }

  async function soundOnceSigned(): Promise<void> {
    await ledger.stop();
    const key = join(ledger.folder, 'signing-key.pem');
    renameSync(`${key}-kept`, key);
    ledger = await RunningLedger.start(variables, ledger.folder);
    const { audit } = ledger.ledger;
    expect(await until(() => audit.journal.last!.size === audit.tree.size)).toBe(true);
    const configuration = { eventStoreUrl: double.url, dataFolder: ledger.folder };
    const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
    expect((await fsck({ configuration, library, now: new Date().toISOString() })).findings).toEqual([]);
  }

  /** Another server records two events, which this one reads. @returns the length of the log before them, to cut it back to */
  async function readTail(): Promise<number> {
    const kept = double.log.all.length;
    const other = await RunningLedger.start(variables);
    await other.record('sites/pit/batches', extracted('tail'));
    await other.dispose();
    expect(await shows('tail')).toBe(200);
    expect(await until(() => ledger.ledger.audit.tree.size === BigInt(ledger.ledger.projector.logSize))).toBe(true);
    return kept;
  }

  it('removes events that were not signed from tables and tree, and reads again what is there', async () => {
    await withoutKey();
    const kept = await readTail();
    double.log.cutBack(kept);
    double.dropConnections();
    expect(await until(async () => (await shows('tail')) === 404)).toBe(true);
    await ledger.record('sites/pit/batches', extracted('instead'));
    expect(await shows('instead')).toBe(200);
    expect(await shows('ore')).toBe(200);
    await soundOnceSigned();
  }, 120_000);

  it('does so at its start, when the events were lost while the ledger was stopped', async () => {
    await withoutKey();
    const kept = await readTail();
    await ledger.stop();
    double.log.cutBack(kept);
    ledger = await RunningLedger.start(variables, ledger.folder);
    expect(await shows('tail')).toBe(404);
    await soundOnceSigned();
  }, 120_000);

  it('raises the alarm when they were signed', async () => {
    const { audit } = ledger.ledger;
    double.log.cutBack(double.log.all.findIndex(({ stream }) => stream === 'batch-ore'));
    double.dropConnections();
    const alarm = await Promise.race([audit.alarmed, delay(PATIENCE_MS, undefined, { ref: false })]);
    expect(alarm?.message).toContain('ALARM');
  }, 60_000);

  it('records and signs nothing in the log of another ledger that takes the place of its own', async () => {
    const elsewhere = await startEventStoreDbDouble();
    const other = await RunningLedger.start({ LODEBOOK_EVENTSTORE_URL: elsewhere.url });
    await openTwoSites(other);
    await other.dispose();
    await elsewhere.stop();
    await double.stop();
    const before = elsewhere.log.all.length;
    double = await startEventStoreDbDouble({ port: double.port, log: elsewhere.log });
    const answer = await ledger.post('sites/pit/batches', extracted('into-another'));
    expect(answer.status).toBe(503);
    const alarm = await Promise.race([ledger.ledger.audit.alarmed, delay(PATIENCE_MS, undefined, { ref: false })]);
    expect(alarm?.message).toContain('ALARM');
    expect(double.log.all.length).toBe(before);
    expect(ledger.ledger.projector.logSize).toBeGreaterThan(0);
    rmSync(join(ledger.folder, 'log.json'));
  }, 90_000);
});

describe('a ledger whose file is replaced while it runs', () => {
  let ledger: RunningLedger;
  let other: RunningLedger;
  beforeEach(async () => {
    [ledger, other] = [await RunningLedger.start(), await RunningLedger.start()];
    for (const each of [ledger, other]) await openTwoSites(each);
    await ledger.record('sites/pit/batches', extracted('ore'));
    await other.stop();
    // Stopping moves everything into the file: what is only in the write-ahead log could not be overwritten with the file.
    await ledger.stop();
    ledger = await RunningLedger.start({}, ledger.folder);
  }, 60_000);
  afterEach(async () => {
    await ledger.dispose();
    rmSync(other.folder, { recursive: true, force: true });
  });

  const files = (): [theirs: string, ours: string] => [
    join(other.folder, 'ledger.db'),
    join(ledger.folder, 'ledger.db'),
  ];

  it.each<[string, () => void]>([
    ['another log is renamed to it', () => renameSync(...files())],
    ['it is overwritten', () => execFileSync('cp', files())],
    ['it is deleted', () => rmSync(files()[1])],
  ])(
    'refuses commands, and raises the alarm, when %s',
    async (_, exchange) => {
      exchange();
      const answer = await ledger.post('sites/pit/batches', extracted('into-another'));
      expect(answer.status).toBe(503);
      const { audit } = ledger.ledger;
      const alarm = await Promise.race([audit.alarmed, delay(PATIENCE_MS, undefined, { ref: false })]);
      expect(alarm?.message).toContain('ALARM');
      expect((await ledger.post('sites/pit/batches', extracted('again'))).status).toBe(503);
      expect((await ledger.request('GET', '/health/ready')).status).toBe(503);
      expect((await ledger.get('batches/ore')).status).toBe(200);
    },
    60_000,
  );
});
