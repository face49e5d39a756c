import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import { openEventStore } from '#event-store';
import { EVIDENCE_CATEGORIES, openViews, PROJECTION_VERSION, Projector, readPseudonyms } from '#read-model';
import { verifyCheckpoint } from '#transparency';
import { fsck, type FsckReport } from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { auditedChain } from '../harness/audited-chain.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { extracted } from '../harness/two-sites.js';

const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);

const check = (dataFolder: string, more: object = {}): Promise<FsckReport> =>
  fsck({
    configuration: { eventStoreUrl: 'sqlite:', dataFolder },
    library,
    now: new Date().toISOString(),
    ...more,
  });

/** Positions of the events that are leaves of the tree, by log index. */
function leaves(database: Database.Database): number[] {
  return database
    .prepare<[string], number>(
      'SELECT position FROM events WHERE category IN (SELECT value FROM json_each(?)) ORDER BY position',
    )
    .pluck()
    .all(JSON.stringify(EVIDENCE_CATEGORIES));
}

function recordAt(database: Database.Database, position: number): string {
  return database
    .prepare<[number], Buffer>('SELECT record FROM events WHERE position = ?')
    .pluck()
    .get(position)!
    .toString();
}

/** Changes one byte of a record, which remains a valid event. */
function changeByte(database: Database.Database, position: number): void {
  const changed = recordAt(database, position).replace(/"recordedAt":"2/, '"recordedAt":"1');
  database.prepare('UPDATE events SET record = ? WHERE position = ?').run(Buffer.from(changed), position);
}

/** The name of a table in `views.db`. */
const tableOf = (name: string): string => `${name}_v${PROJECTION_VERSION}`;

const ALTERED = 40;
type Tamper = (database: Database.Database, leaf: readonly number[]) => void;
const TAMPERINGS: [string, Tamper, number][] = [
  ['a byte changed', (database, leaf) => changeByte(database, leaf[ALTERED]!), ALTERED],
  [
    'a record that is no longer JSON',
    (database, leaf) =>
      database.prepare('UPDATE events SET record = ? WHERE position = ?').run(Buffer.from('{"data'), leaf[ALTERED]),
    ALTERED,
  ],
  [
    'two records swapped',
    (database, leaf) => {
      const [a, b] = [leaf[ALTERED]!, leaf[ALTERED + 7]!];
      const move = database.prepare('UPDATE events SET position = ? WHERE position = ?');
      move.run(-5, a);
      move.run(a, b);
      move.run(b, -5);
    },
    ALTERED,
  ],
  [
    'one removed',
    (database, leaf) => database.prepare('DELETE FROM events WHERE position = ?').run(leaf[ALTERED]),
    ALTERED,
  ],
  [
    'the tail cut back behind the last checkpoint, checkpoints and all',
    (database, leaf) => database.prepare('DELETE FROM events WHERE position >= ?').run(leaf[ALTERED]),
    ALTERED,
  ],
];

describe('a ledger altered outside the server', () => {
  let original: string;
  let size: number;
  let folder: string;
  beforeAll(async () => {
    const ledger = await RunningLedger.start();
    await ledger.get('programmes', await auditedChain(ledger, 30));
    size = ledger.ledger.projector.logSize;
    await ledger.ledger.verdicts.waitFor((await ledger.ledger.store.head())!, 20_000);
    await ledger.stop();
    original = ledger.folder;
  });
  afterAll(() => rm(original, { recursive: true, force: true }));

  /** A copy of the folder with its log altered. */
  async function altered(tamper: Tamper, file = 'ledger.db'): Promise<string> {
    folder = await mkdtemp(join(tmpdir(), 'lodebook-altered-'));
    cpSync(original, folder, { recursive: true });
    const database = new Database(join(folder, file));
    tamper(database, file === 'ledger.db' ? leaves(database) : []);
    database.close();
    return folder;
  }

  it('is sound before it is altered', async () => {
    const report = await check(original);
    expect(report).toMatchObject({ events: size, signedSize: size, viewsCompared: true, findings: [] });
    expect(report.firstWrongIndex).toBeNull();
  });

  it.each(TAMPERINGS)('by %s: fsck names the first wrong event', async (_, tamper, index) => {
    const report = await check(await altered(tamper));
    expect(report.firstWrongIndex).toBe(index);
    expect(report.findings.map(({ part }) => part)).toContain('log');
    await rm(folder, { recursive: true });
  });

  it.each(TAMPERINGS)('by %s: the server refuses to start, and says what to do', async (_, tamper) => {
    await altered(tamper);
    const start = RunningLedger.start({}, folder);
    await expect(start).rejects.toThrow(/ALARM.*fsck.*backup|cannot be read|do not agree|index of event ids/s);
    await rm(folder, { recursive: true });
  });

  it.each(TAMPERINGS.slice(2))(
    'by %s: fsck finds it without the tree’s nodes, by the signed checkpoints',
    async (_, tamper) => {
      await altered(tamper);
      for (const file of ['tree.db', 'views.db']) rmSync(join(folder, file));
      const report = await check(folder);
      expect(report.firstWrongIndex).not.toBeNull();
      expect(report.firstWrongIndex).toBeLessThanOrEqual(ALTERED);
      await expect(RunningLedger.start({}, folder)).rejects.toThrow('ALARM');
      await rm(folder, { recursive: true });
    },
  );

  it('is sound when the server stopped while it first filled its read tables', async () => {
    await altered(() => undefined);
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `views.db${suffix}`), { force: true });
    const pseudonyms = readPseudonyms(folder);
    const store = await openEventStore('sqlite:', { dataFolder: folder });
    const { records } = store;
    const views = await openViews('sqlite:', { dataFolder: folder, records, ...(pseudonyms && { pseudonyms }) });
    const projector = new Projector({ store, views, eventsPerTransaction: 1 });
    const begun = firstValueFrom(projector.progress.pipe(filter((events) => events > ALTERED)));
    await projector.start();
    await begun;
    await projector.stop();
    await views.close();
    await store.close();
    const database = new Database(join(folder, 'views.db'), { readonly: true });
    expect(database.prepare('SELECT state FROM projections').pluck().all()).toEqual(['filling']);
    database.close();
    expect(await check(folder)).toMatchObject({ viewsCompared: true, findings: [] });
    await rm(folder, { recursive: true });
  });

  it('is sound when the server stopped while a batch was in transit', async () => {
    const ledger = await RunningLedger.start({}, await altered(() => undefined));
    await ledger.record('sites/pit/batches', extracted('under-way'));
    const terms = { exportDuty: false, quantitativeRestriction: false };
    const shipment = { shipmentId: 'under-way', consigneeSiteId: 'works', batchIds: ['under-way'], tradeTerms: terms };
    await ledger.get('programmes', await ledger.record('sites/pit/dispatches', shipment));
    await ledger.stop();
    const again = await RunningLedger.start({}, folder);
    const batches = [{ batchId: 'under-way', grossGrams: 1_000_000, labels: [] }];
    await again.get('programmes', await again.record('sites/works/receipts', { shipmentId: 'under-way', batches }));
    expect(await check(folder)).toMatchObject({ viewsCompared: true, findings: [] });
    await again.dispose();
  });

  it('is detected by a checkpoint kept elsewhere when everything in the folder was made consistent', async () => {
    const ledger = await RunningLedger.start({}, await altered(() => undefined));
    const { key, checkpoint } = {
      key: ledger.ledger.audit.journal.ring,
      checkpoint: ledger.ledger.audit.journal.last!.text,
    };
    const outside = verifyCheckpoint(checkpoint, key);
    await ledger.stop();
    const database = new Database(join(folder, 'ledger.db'));
    const cut = leaves(database)[ALTERED]!;
    database.prepare('DELETE FROM events WHERE position >= ?').run(cut);
    database.close();
    for (const file of ['tree.db', 'views.db', 'checkpoint.txt']) rmSync(join(folder, file));
    const report = await check(folder, { checkpoints: [outside] });
    expect(report.firstWrongIndex).toBe(ALTERED);
    await rm(folder, { recursive: true });
  });

  it('by a changed digit in its read tables: fsck names the event', async () => {
    await altered((database) => {
      const changed = `UPDATE ${tableOf('batches')} SET node = replace(node, '"grossGrams":1000000', '"grossGrams":1000001')`;
      expect(database.prepare(`${changed} WHERE batch_id = 'ore-17'`).run().changes).toBe(1);
    }, 'views.db');
    const report = await check(folder);
    expect(report.findings).toMatchObject([{ part: 'views' }]);
    expect(report.findings[0]!.finding).toContain('ore-17');
    expect(report.firstWrongIndex).toBeGreaterThan(0);
    await rm(folder, { recursive: true });
  });

  it.each([
    ['event_batches', (table: string) => `DELETE FROM ${table} WHERE log_index = 25`],
    ['events', (table: string) => `UPDATE ${table} SET record_bytes = record_bytes + 1 WHERE log_index = 25`],
    ['verdicts', (table: string) => `UPDATE ${table} SET verdict = 'holds' WHERE verdict = 'unproven'`],
    ['sites', (table: string) => `UPDATE ${table} SET country = 'JP' WHERE site_id = 'pit'`],
    ['verdict_counts', (table: string) => `UPDATE ${table} SET batches = batches + 1 WHERE batches > 0`],
    ['seen_counts', (table: string) => `UPDATE ${table} SET batches = batches + 1 WHERE batches > 0`],
    [
      'unjudged',
      (table: string) =>
        `INSERT INTO ${table} (batch_id, since, last, spread, organisation_id, born, anew) VALUES ('no-batch', 0, 1, 1, 'none', -1, 0)`,
    ],
  ])('by a change of %s: fsck finds it', async (name, statement) => {
    const table = tableOf(name);
    await altered(
      (database) => expect(database.prepare(statement(table)).run().changes).toBeGreaterThan(0),
      'views.db',
    );
    const report = await check(folder);
    expect(report.findings.map(({ finding }) => finding).join()).toContain(table);
    await rm(folder, { recursive: true });
  });

  it('by a change of the stored snapshot of a site’s account, on which commands are decided: fsck finds it', async () => {
    // The last event is a correction: the next command folds the account from its events again, and stores a snapshot.
    const ledger = await RunningLedger.start({}, await altered(() => undefined));
    await ledger.record('sites/pit/batches', extracted('kept'));
    await ledger.stop();
    expect((await check(folder)).findings).toEqual([]);
    const database = new Database(join(folder, 'views.db'));
    const heavier = `UPDATE account_snapshots SET state = replace(state, '"grossGrams":', '"grossGrams":1')`;
    expect(database.prepare(heavier).run().changes).toBe(1);
    database.close();
    expect((await check(folder)).findings).toMatchObject([{ part: 'views' }]);
    expect((await check(folder)).findings[0]!.finding).toMatch(/account_snapshots with site_id pit/);
    await rm(folder, { recursive: true });
  });

  it('by a wrong node of the tree: the log is sound, and the server rebuilds the nodes', async () => {
    await altered(
      (database) => database.prepare('UPDATE nodes SET hash = zeroblob(32) WHERE place = ?').run(2 * ALTERED),
      'tree.db',
    );
    expect((await check(folder)).findings).toMatchObject([{ part: 'tree', logIndex: ALTERED }]);
    const ledger = await RunningLedger.start({}, folder);
    await ledger.record('sites/pit/batches', extracted('afterwards'));
    await ledger.stop();
    expect((await check(folder)).findings).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('by removing or replacing its key: the server starts, but signs nothing; a wrong key in LODEBOOK_SIGNING_KEY stops it', async () => {
    await altered(() => undefined);
    rmSync(join(folder, 'signing-key.pem'));
    let ledger = await RunningLedger.start({}, folder);
    const before = ledger.ledger.audit.journal.last!.size;
    await ledger.record('sites/pit/batches', extracted('unsigned'));
    await ledger.stop();
    const seed = Buffer.alloc(32, 5).toString('base64');
    await expect(RunningLedger.start({ LODEBOOK_SIGNING_KEY: seed }, folder)).rejects.toThrow(
      'LODEBOOK_SIGNING_KEY is a key that this log does not know',
    );
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(join(folder, 'signing-key.pem'), pem, { mode: 0o600 });
    ledger = await RunningLedger.start({}, folder);
    expect(ledger.ledger.audit.journal.last!.size).toBe(before);
    expect((await ledger.post('audit/key-rotations', {})).status).toBe(400);
    await ledger.stop();
    writeFileSync(join(folder, 'signing-key.pem'), 'no key');
    await expect(RunningLedger.start({}, folder)).rejects.toThrow('LODEBOOK_SIGNING_KEY');
    await rm(folder, { recursive: true });
  });

  it('is checked while a server is running', async () => {
    const ledger = await RunningLedger.start({}, await altered(() => undefined));
    await ledger.record('sites/pit/batches', extracted('at-work'));
    expect((await check(folder)).findings).toEqual([]);
    await ledger.dispose();
  });
});
