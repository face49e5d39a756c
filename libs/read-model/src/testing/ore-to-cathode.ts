import { eventId, type Told } from './event-log.js';

/** A mine in Chile ships ore to a plant in Japan, which makes cathode of half of it; its registration is corrected last. */
const STORY: [stream: string, type: string, data: object][] = [
  [
    'organisation-acme',
    'OrganisationRegistered',
    { organisationId: 'acme', name: 'Acme', country: 'CL', roles: ['miner'] },
  ],
  ['organisation-acme', 'AccreditationGranted', { scheme: 'rmap', from: '2026-01-01T00:00:00.000Z' }],
  [
    'organisation-acme',
    'AccreditationWithdrawn',
    { scheme: 'rmap', from: '2026-06-01T00:00:00.000Z', reason: 'lapsed' },
  ],
  [
    'site-mine',
    'SiteOpened',
    { siteId: 'mine', organisationId: 'acme', name: 'Mine', country: 'CL', activities: ['mining'] },
  ],
  [
    'site-plant',
    'SiteOpened',
    {
      siteId: 'plant',
      organisationId: 'nihon',
      name: 'Plant',
      country: 'JP',
      activities: ['cathode'],
      location: { latitude: '35.5', longitude: '139.7' },
    },
  ],
  ['batch-ore', 'IdReserved', { kind: 'batch', id: 'ore', siteId: 'mine', afterRevision: '0' }],
  [
    'site-mine',
    'BatchRegistered',
    {
      batchId: 'ore',
      material: 'polymetallic-ore',
      grossGrams: 1000,
      contentGrams: { lithium: 100 },
      origin: { kind: 'extracted' },
    },
  ],
  [
    'site-mine',
    'BatchLabelled',
    { batchId: 'ore', labelId: 'l1', standard: 'gs1-128', carrier: 'barcode', value: '01' },
  ],
  [
    'site-mine',
    'BatchesDispatched',
    {
      shipmentId: 's1',
      consigneeSiteId: 'plant',
      batches: [
        {
          batchId: 'ore',
          material: 'polymetallic-ore',
          grossGrams: 1000,
          contentGrams: { lithium: 100 },
          labels: ['l1'],
        },
      ],
    },
  ],
  [
    'site-plant',
    'BatchesReceived',
    {
      shipmentId: 's1',
      consignorSiteId: 'mine',
      batches: [
        {
          batchId: 'ore',
          material: 'polymetallic-ore',
          grossGrams: 1000,
          contentGrams: { lithium: 100 },
          labels: [{ labelId: 'l1', condition: 'intact' }],
        },
      ],
    },
  ],
  ['site-plant', 'BatchSplit', { batchId: 'ore', parts: [{ batchId: 'half', grossGrams: 500 }] }],
  [
    'site-plant',
    'BatchesTransformed',
    {
      transformationId: 't1',
      process: 'cathode',
      chainOfCustody: 'segregated',
      inputs: [{ batchId: 'half', grossGrams: 500 }],
      outputs: [
        { batchId: 'cathode', material: 'nmc-cathode-material', grossGrams: 200, contentGrams: { lithium: 40 } },
      ],
    },
  ],
  [
    'site-mine',
    'BatchRegistered',
    {
      batchId: 'more',
      material: 'polymetallic-ore',
      grossGrams: 10,
      contentGrams: { lithium: 1 },
      origin: { kind: 'undocumented' },
    },
  ],
  [
    'site-mine',
    'BatchesDispatched',
    {
      shipmentId: 's2',
      consigneeSiteId: 'plant',
      batches: [
        { batchId: 'more', material: 'polymetallic-ore', grossGrams: 10, contentGrams: { lithium: 1 }, labels: [] },
      ],
    },
  ],
  ['site-plant', 'ShipmentRefused', { shipmentId: 's2', reason: 'wet' }],
  [
    'attestation-a1',
    'AttestationIssued',
    {
      attestationId: 'a1',
      scheme: 'rmap',
      siteId: 'mine',
      rights: ['child-labour'],
      validFrom: '2026-01-01T00:00:00.000Z',
      validUntil: '2028-01-01T00:00:00.000Z',
      issuerOrganisationId: 'acme',
      documentSha256: '0'.repeat(64),
      assurance: 'third-party',
    },
  ],
  ['attestation-a1', 'AttestationSuspended', { from: '2027-01-01T00:00:00.000Z', reason: 'inspection' }],
  ['concern-c1', 'ConcernRaised', { concernId: 'c1', siteId: 'mine', rights: ['child-labour'], source: 'worker' }],
  ['concern-c1', 'InvestigationOpened', { by: 'inspectorate' }],
  [
    'site-mine',
    'RecordCorrected',
    {
      eventId: eventId('e6'),
      reason: 'assay',
      replacement: {
        batchId: 'ore',
        material: 'polymetallic-ore',
        grossGrams: 1000,
        contentGrams: { lithium: 90 },
        origin: { kind: 'extracted', country: 'AR' },
      },
    },
  ],
];

export const TOLD: Told[] = STORY.map(([stream, type, data]) => ({ stream, type, data }));
