import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStoreReadOnly } from '#event-store';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../eventstoredb-double/index.js';
import { run, temporaryFolder } from '../harness/cli.js';

/** Enough for a second thread. */
const EVENTS = 12_000;

const bytes = (value: unknown): Uint8Array => new Uint8Array(Buffer.from(JSON.stringify(value)));

describe('a replay of a long log in EventStoreDB', () => {
  let double: EventStoreDbDouble;
  let copied: string;
  let beside: string;
  beforeAll(async () => {
    double = await startEventStoreDbDouble();
    [copied, beside] = [await temporaryFolder(), await temporaryFolder()];
    const { code } = await run(['bench', 'generate', '--events', String(EVENTS), '--out', copied]);
    expect(code).toBe(0);
    const store = openSqliteEventStoreReadOnly(join(copied, LEDGER_FILE));
    for await (const { id, type, stream, data, metadata } of store.readAll()) {
      const event = { id, type, contentType: 'application/json', data: bytes(data), customMetadata: bytes(metadata) };
      double.log.append(stream, 'any', [event]);
    }
    await store.close();
  }, 120_000);
  afterAll(async () => {
    await double.stop();
    for (const folder of [copied, beside]) await rm(folder, { recursive: true, force: true });
  });

  it('has the report of the same log in SQLite', async () => {
    const command = ['replay', '--json', '--programme', 'us-japan-cma-2023'];
    const here = await run(command, { LODEBOOK_DATA: copied });
    const there = await run(command, { LODEBOOK_DATA: beside, LODEBOOK_EVENTSTORE_URL: double.url });
    expect([there.code, there.stdout]).toEqual([0, here.stdout]);
    expect(JSON.parse(there.stdout)).toMatchObject({ logSize: EVENTS });
  }, 120_000);
});
