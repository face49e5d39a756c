import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECTION_VERSION } from '#read-model';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../eventstoredb-double/index.js';
import { auditedChain } from '../harness/audited-chain.js';
import { run, serverProcess, type ServerProcess } from '../harness/cli.js';
import { RunningLedger } from '../harness/running-ledger.js';

const RECORDS = `records_v${PROJECTION_VERSION}`;

describe('the records of a log on EventStoreDB', () => {
  let double: EventStoreDbDouble;
  let variables: Record<string, string>;
  let folder: string;
  let server: ServerProcess | undefined;
  let events: number;
  beforeAll(async () => {
    double = await startEventStoreDbDouble();
    const first = await RunningLedger.start({ LODEBOOK_EVENTSTORE_URL: double.url });
    folder = first.folder;
    variables = { LODEBOOK_EVENTSTORE_URL: double.url, LODEBOOK_DATA: folder };
    await first.get('programmes', await auditedChain(first, 12));
    events = first.ledger.projector.logSize;
    await first.stop();
  });
  afterAll(async () => {
    await server?.stop();
    await double.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function inViews<T>(use: (database: Database.Database) => T): T {
    const database = new Database(join(folder, 'views.db'));
    try {
      return use(database);
    } finally {
      database.close();
    }
  }

  it('are copied into the read tables, and a copy that is altered is found by fsck', async () => {
    expect(inViews((views) => views.prepare(`SELECT count(*) FROM ${RECORDS}`).pluck().get())).toBe(events);
    expect((await run(['fsck'], variables)).code).toBe(0);
    const alter = (from: string, to: string): unknown =>
      inViews((views) => views.prepare(`UPDATE ${RECORDS} SET record = replace(record, ?, ?)`).run(from, to));
    alter('"batchId":"ore-3"', '"batchId":"ore-4"');
    const { code, stdout } = await run(['fsck', '--json'], variables);
    expect(code).not.toBe(0);
    expect(stdout).toContain(RECORDS);
    // They are made anew at the next start.
    for (const suffix of ['', '-wal', '-shm']) await rm(join(folder, `views.db${suffix}`), { force: true });
  });

  it('are read from there by the threads that answer, also while the log is away', async () => {
    server = await serverProcess(variables);
    const { url, key } = server;
    const ask = async (path: string): Promise<{ status: number; body: string }> => {
      const answer = await fetch(`${url}/v1/${path}`, { headers: { authorization: `Bearer ${key}` } });
      return { status: answer.status, body: await answer.text() };
    };
    const paths = [
      'batches/ore-0/history',
      'batches/ore-0/evidence?validAt=2030-01-01T00:00:00.000Z',
      'batches/ore-0/claims?programme=oecd-due-diligence&knownAt=20&validAt=2030-01-01T00:00:00.000Z',
      'batches/ore-0/provenance?knownAt=20',
      'audit/events?from=0',
    ];
    let answers: { status: number; body: string }[] = [];
    do {
      await new Promise((resolve) => setTimeout(resolve, 100));
      answers = await Promise.all(paths.map(ask));
    } while (answers.some(({ status }) => status !== 200));
    await double.stop();
    expect(await Promise.all(paths.map(ask))).toEqual(answers);
  });
});
