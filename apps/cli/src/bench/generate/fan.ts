import { type SeededRandom } from './seeded-random.js';
import { type SimulatedLedger } from './simulated-ledger.js';
import { attest, open } from './world.js';

/** Parts of one split. */
export const PARTS_PER_SPLIT = 100;
const GRAMS_PER_PART = 1_000;

export function fanSiteId(batches: number): string {
  return `fan-site-${batches}`;
}

/** Batches that only this site ever had: one, and those split off it. */
export function* fan(ledger: SimulatedLedger, random: SeededRandom, batches: number): Generator<void> {
  const siteId = fanSiteId(batches);
  open(ledger, random, { siteId, name: `Works of ${batches} batches`, role: 'refiner', activities: ['mining'] });
  attest(ledger, random, siteId);
  const batchId = `${siteId}-0`;
  const grossGrams = batches * GRAMS_PER_PART;
  const contentGrams = { cobalt: Math.floor(grossGrams / 10) };
  const origin = { kind: 'extracted' as const };
  ledger.at(siteId, {
    kind: 'batches',
    body: { batchId, material: 'polymetallic-concentrate', grossGrams, contentGrams, origin },
  });
  for (let made = 1; made < batches; made += PARTS_PER_SPLIT) {
    const parts = Array.from({ length: Math.min(PARTS_PER_SPLIT, batches - made) }, (_, index) => ({
      batchId: `${siteId}-${made + index}`,
      grossGrams: GRAMS_PER_PART,
    }));
    ledger.at(siteId, { kind: 'splits', body: { batchId, parts } });
    yield;
  }
}
