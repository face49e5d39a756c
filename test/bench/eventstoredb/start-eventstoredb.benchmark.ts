import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStoreReadOnly } from '#event-store';
import { type Bench, type Benchmark, type Measured } from '../harness/benchmark.js';
import { awaitReadModel, startLodebook } from '../harness/server-process.js';
import { sideBySide } from '../harness/side-by-side.js';
import { generatedLedger } from '../ledger/generated-ledger.js';
import { startDouble, type DoubleProcess } from './double-process.js';

const LONGEST_START_MS = 600_000;

export const startEventStoreDb: Benchmark = {
  name: 'start-eventstoredb',
  measures: 'From the first start on a log of 50,000 events until its read tables have them all, against SQLite.',
  async run(bench) {
    const events = bench.quick ? 5_000 : 50_000;
    const ledger = await generatedLedger(bench, { events, seed: bench.seed });
    const double = await startDouble(bench, ledger);
    try {
      return await sideBySide(bench, {
        name: this.name,
        unit: 's',
        ours: () => onDouble(bench, double),
        peers: [{ peerName: 'the same log in SQLite', target: '≤ 1.5', run: () => onSqlite(bench, ledger) }],
      });
    } finally {
      await double.stop();
    }
  },
};

async function onDouble(bench: Bench, double: DoubleProcess): Promise<Measured> {
  const { url, head } = await double.state();
  return started(await bench.folder(), BigInt(head), { LODEBOOK_EVENTSTORE_URL: url });
}

async function onSqlite(bench: Bench, ledger: string): Promise<Measured> {
  const folder = await bench.folder();
  await cp(join(ledger, LEDGER_FILE), join(folder, LEDGER_FILE));
  const store = openSqliteEventStoreReadOnly(join(folder, LEDGER_FILE));
  const head = await store.head();
  await store.close();
  return started(folder, head!, {});
}

/** @returns seconds until what the log had is in the read tables */
async function started(folder: string, head: bigint, variables: Record<string, string>): Promise<Measured> {
  const began = performance.now();
  const server = await startLodebook(folder, variables);
  try {
    await awaitReadModel(server, head, LONGEST_START_MS);
    return { value: (performance.now() - began) / 1000, work: 'all in the read tables' };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
