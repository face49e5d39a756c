import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStore } from '#event-store';
import { type LedgerPlan } from '../../../apps/cli/src/bench/generate/generate-ledger.js';
import { writeLedger } from '../../../apps/cli/src/bench/generate/write-ledger.js';
import { type Bench } from '../harness/benchmark.js';

const MADE = new Map<string, Promise<string>>();

/**
 * The data folder of a generated ledger, made once for each plan. A benchmark that writes to it spoils it for others.
 */
export function generatedLedger(bench: Bench, plan: LedgerPlan): Promise<string> {
  const key = JSON.stringify(plan);
  const made = MADE.get(key) ?? make(bench, plan);
  MADE.set(key, made);
  return made;
}

async function make(bench: Bench, plan: LedgerPlan): Promise<string> {
  const folder = await bench.folder();
  const store = openSqliteEventStore(join(folder, LEDGER_FILE));
  const began = performance.now();
  await writeLedger(store, plan);
  await store.close();
  const seconds = (performance.now() - began) / 1000;
  bench.note(`generated ${plan.events} events, ${Math.round(plan.events / seconds)} a second`);
  return folder;
}
