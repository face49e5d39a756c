import { type RunningLedger } from './running-ledger.js';

export const AT = (day: number, hour = 8): string =>
  `2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`;

/** A mine in Australia and a refinery in Japan, belonging to two organisations. */
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

/** Another organisation attests to the location of the mine and to who controls it. */
export async function vouchForThePit(ledger: RunningLedger): Promise<void> {
  const control = { kind: 'jurisdiction', country: 'AU', share: '1', from: '2025-01-01T00:00:00.000Z' };
  await ledger.record('organisations/wombat/control', { ...control, occurredAt: AT(1) });
  const organisation = { organisationId: 'surveyors', name: 'Surveyors', country: 'AU', roles: ['attestor'] };
  await ledger.record('organisations', { ...organisation, occurredAt: AT(1) });
  const accreditation = { scheme: 'state-inspection', from: '2025-01-01T00:00:00.000Z' };
  await ledger.record('organisations/surveyors/accreditations', { ...accreditation, occurredAt: AT(1) });
  await ledger.record('attestations', {
    attestationId: 'pit-facts',
    scheme: 'state-inspection',
    siteId: 'pit',
    rights: ['site-facts', 'control'],
    validFrom: '2025-05-01T00:00:00.000Z',
    validUntil: '2028-01-01T00:00:00.000Z',
    issuerOrganisationId: 'surveyors',
    documentSha256: 'a'.repeat(64),
    occurredAt: AT(1, 9),
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
