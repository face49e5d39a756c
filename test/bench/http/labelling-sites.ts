import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStore, openSqliteEventStoreReadOnly } from '#event-store';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { SimulatedLedger } from '../../../apps/cli/src/bench/generate/simulated-ledger.js';
import { open } from '../../../apps/cli/src/bench/generate/world.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';

/** As many sites as connections, so that each works at a site of its own, as a scanner does. */
export const SITES = 64;
export const BATCHES_PER_SITE = 20;

export const siteId = (site: number): string => `works-${site}`;
export const batchId = (site: number, batch: number): string => `works-${site}-batch-${batch}`;

/** A log of sites with batches to put labels on. */
export async function writeLabellingSites(folder: string, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const ledger = new SimulatedLedger(random, SITES * BATCHES_PER_SITE);
  for (let site = 0; site < SITES; site++) {
    open(ledger, random, { siteId: siteId(site), name: `Works ${site}`, role: 'refiner', activities: ['refining'] });
    for (let batch = 0; batch < BATCHES_PER_SITE; batch++) {
      const origin = { kind: 'undocumented' as const };
      const mass = { grossGrams: 1_000_000, contentGrams: { nickel: 223_000 } };
      const body = { batchId: batchId(site, batch), material: 'nickel-sulphate-hexahydrate', ...mass, origin };
      ledger.at(siteId(site), { kind: 'batches', body });
    }
  }
  const store = openSqliteEventStore(join(folder, LEDGER_FILE));
  await Promise.all(ledger.take().map(({ stream, events, expected }) => store.append(stream, events, expected)));
  await store.close();
}

/** A ledger of such sites, with complete read model and verdicts. */
export async function makeLabellingSites(folder: string, seed: number): Promise<void> {
  await writeLabellingSites(folder, seed);
  // What the server would do at its start is not what is measured.
  await runProgram(benchProgram('ledger/settle.program.js'), { folder });
}

/** Number of evidence events in a ledger, without the checkpoints that the server writes over time. */
export async function eventsIn(folder: string): Promise<number> {
  const store = openSqliteEventStoreReadOnly(join(folder, LEDGER_FILE));
  const ids = new Set<string>();
  for await (const { id } of store.readAll({ categories: EVIDENCE_CATEGORIES })) ids.add(id);
  await store.close();
  return ids.size;
}
