import { type SeededRandom } from './seeded-random.js';
import { type SimulatedLedger } from './simulated-ledger.js';
import { label, open } from './world.js';

/** Events that one batch leaves in the site's stream, and in the log: its id is reserved in a stream of its own. */
export const SITE_EVENTS_PER_BATCH = 4;
export const EVENTS_PER_BATCH = 5;

export function busySiteId(siteEvents: number): string {
  return `busy-site-${siteEvents}`;
}

/** The batch that is at a busy site from its first day, to be labelled. */
export function lastingBatch(siteEvents: number): string {
  return `${busySiteId(siteEvents)}-lasting`;
}

/** A site with a long past and little in custody: each batch is registered, labelled, assayed and used up. */
export function* busySite(ledger: SimulatedLedger, random: SeededRandom, siteEvents: number): Generator<void> {
  const siteId = busySiteId(siteEvents);
  open(ledger, random, { siteId, name: `Store of ${siteEvents} events`, role: 'trader', activities: ['storage'] });
  register(ledger, siteId, lastingBatch(siteEvents), 1_000_000);
  for (let number = 1; ledger.eventsAt(siteId) < siteEvents; number++) {
    const batchId = `${siteId}-${number}`;
    const grossGrams = random.integer(1_000, 1_000_000);
    register(ledger, siteId, batchId, grossGrams);
    label(ledger, siteId, batchId);
    const contentGrams = { graphite: Math.floor(grossGrams / 2) };
    ledger.at(siteId, { kind: 'assays', body: { batchId, contentGrams, method: 'LOI' } });
    ledger.at(siteId, { kind: 'consumptions', body: { batchId, grossGrams, productId: `${batchId}-product` } });
    yield;
  }
}

function register(ledger: SimulatedLedger, siteId: string, batchId: string, grossGrams: number): void {
  const body = {
    batchId,
    material: 'graphite-concentrate',
    grossGrams,
    contentGrams: { graphite: Math.floor(grossGrams / 2) },
  };
  ledger.at(siteId, { kind: 'batches', body: { ...body, origin: { kind: 'undocumented' } } });
}
