import { type RunningLedger } from './running-ledger.js';

export const AT = (day: number, hour = 8): string =>
  `2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`;

/** A mine in Australia and a refinery in Japan, of two organisations. */
export async function openTwoSites(ledger: RunningLedger): Promise<void> {
  await ledger.record('organisations', {
    organisationId: 'wombat',
    name: 'Wombat Mining',
    country: 'AU',
    roles: ['miner'],
    occurredAt: AT(1),
  });
  await ledger.record('organisations', {
    organisationId: 'hokuto',
    name: 'Hokuto Refining',
    country: 'JP',
    roles: ['refiner'],
    occurredAt: AT(1),
  });
  await ledger.record('organisations/wombat/sites', {
    siteId: 'pit',
    name: 'Pit',
    country: 'AU',
    activities: ['mining'],
    occurredAt: AT(1),
  });
  await ledger.record('organisations/hokuto/sites', {
    siteId: 'works',
    name: 'Works',
    country: 'JP',
    activities: ['refining', 'recycling'],
    occurredAt: AT(1),
  });
}

export function extracted(batchId: string, grossGrams = 1_000_000, lithium = 28_000): Record<string, unknown> {
  return {
    batchId,
    material: 'spodumene-concentrate',
    grossGrams,
    contentGrams: { lithium },
    origin: { kind: 'extracted', country: 'AU' },
    occurredAt: AT(2),
  };
}
