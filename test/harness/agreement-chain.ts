import { type RunningLedger } from './running-ledger.js';
import { AT } from './two-sites.js';

export const RIGHTS = [
  'forced-labour',
  'child-labour',
  'discrimination',
  'violence-against-workers',
  'migrant-workers',
  'gender-equality',
  'job-protected-leave',
  'freedom-of-association',
  'employer-neutrality',
];
const CRITERIA = ['impact-assessment', 'water', 'tailings', 'emissions'];

/** A recycler in Japan and a cell maker in the United States: a chain whose claims hold, and a batch outside of it. */
export async function openAgreementChain(ledger: RunningLedger): Promise<void> {
  for (const [organisationId, country] of [
    ['saisei', 'JP'],
    ['mesa', 'US'],
    ['auditor', 'JP'],
  ] as const) {
    await ledger.record('organisations', {
      organisationId,
      name: organisationId,
      country,
      roles: ['trader', 'attestor', 'regulator'],
      occurredAt: AT(1),
    });
  }
  await ledger.record('organisations/auditor/accreditations', {
    scheme: 'state-inspection',
    from: AT(1),
    occurredAt: AT(1),
  });
  for (const [organisation, siteId, country] of [
    ['saisei', 'recycler', 'JP'],
    ['mesa', 'cells', 'US'],
    ['mesa', 'elsewhere', 'US'],
  ] as const) {
    await ledger.record(`organisations/${organisation}/sites`, {
      siteId,
      name: siteId,
      country,
      activities: ['recycling', 'cell'],
      occurredAt: AT(1),
    });
    await ledger.record('attestations', {
      attestationId: `att-${siteId}`,
      scheme: 'state-inspection',
      siteId,
      rights: [...RIGHTS, ...CRITERIA, 'site-facts', 'recovered-origin'],
      validFrom: AT(1),
      validUntil: '2027-01-01T00:00:00.000Z',
      issuerOrganisationId: 'auditor',
      documentSha256: 'a'.repeat(64),
      occurredAt: AT(1),
    });
  }
  await ledger.record('sites/recycler/batches', {
    batchId: 'mass',
    material: 'black-mass',
    grossGrams: 100_000,
    contentGrams: { cobalt: 20_000, nickel: 30_000 },
    origin: { kind: 'end-of-life' },
    occurredAt: AT(2),
  });
  await ledger.record('sites/recycler/labels', {
    batchId: 'mass',
    labelId: 'l-mass',
    standard: 'gs1-128',
    carrier: 'barcode',
    value: 'mass',
    occurredAt: AT(2, 9),
  });
  await ledger.record('sites/recycler/dispatches', {
    shipmentId: 'ship',
    consigneeSiteId: 'cells',
    batchIds: ['mass'],
    tradeTerms: { exportDuty: false, quantitativeRestriction: false },
    occurredAt: AT(3),
  });
  await ledger.record('sites/cells/receipts', {
    shipmentId: 'ship',
    batches: [{ batchId: 'mass', grossGrams: 100_000, labels: [{ labelId: 'l-mass', condition: 'intact' }] }],
    occurredAt: AT(10),
  });
  await ledger.record('sites/cells/transformations', {
    transformationId: 'make',
    process: 'recycling',
    chainOfCustody: 'segregated',
    inputs: [{ batchId: 'mass', grossGrams: 100_000 }],
    outputs: [
      {
        batchId: 'cell',
        material: 'nmc-cathode-material',
        grossGrams: 60_000,
        contentGrams: { cobalt: 19_000, nickel: 29_000 },
      },
    ],
    occurredAt: AT(12),
  });
  await ledger.record('sites/cells/labels', {
    batchId: 'cell',
    labelId: 'l-cell',
    standard: 'gs1-digital-link',
    carrier: 'qr',
    value: 'https://id.example.org/cell',
    occurredAt: AT(12, 9),
  });
  await ledger.record('sites/elsewhere/batches', {
    batchId: 'apart',
    material: 'cathode-scrap',
    grossGrams: 1_000,
    contentGrams: { cobalt: 100 },
    origin: { kind: 'end-of-life' },
    occurredAt: AT(12),
  });
  await ledger.record('sites/elsewhere/labels', {
    batchId: 'apart',
    labelId: 'l-apart',
    standard: 'iso-15459',
    carrier: 'print',
    value: 'apart',
    occurredAt: AT(12, 9),
  });
}
