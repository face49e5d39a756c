import { type Bench } from '../harness/benchmark.js';
import { startLodebook, type Lodebook } from '../harness/server-process.js';
import { writeLabellingSites } from '../http/labelling-sites.js';
import { startDouble, type DoubleProcess, type DoubleState } from './double-process.js';

/** A ledger of sites to record at, its log in the double. */
interface DistributedLedger {
  readonly server: Lodebook;
  readonly double: DoubleProcess;
  readonly before: DoubleState;
  stop(): Promise<void>;
}

export async function startOnDouble(bench: Bench): Promise<DistributedLedger> {
  const folder = await bench.folder();
  const sites = await bench.folder();
  await writeLabellingSites(sites, bench.seed);
  const double = await startDouble(bench, sites);
  const { url } = await double.state();
  const server = await startLodebook(folder, { LODEBOOK_EVENTSTORE_URL: url }).catch(async (error: unknown) => {
    // Left behind, it would keep the benchmark from ending.
    await double.stop();
    throw error;
  });
  return {
    server,
    double,
    before: await double.state(),
    async stop() {
      await server.stop();
      await double.stop();
    },
  };
}

/** What was recorded and reserved since, in events. */
export function workSince(before: DoubleState, after: DoubleState): { readonly text: string; readonly facts: number } {
  const grown = (category: string): number => (after.categories[category] ?? 0) - (before.categories[category] ?? 0);
  return { text: `${grown('site')} facts and ${grown('batch')} reservations`, facts: grown('site') };
}

/** Calls since, appends and reads. */
export function callsSince({ calls: before }: DoubleState, { calls: after }: DoubleState): number {
  return after.appends - before.appends + (after.reads - before.reads);
}
