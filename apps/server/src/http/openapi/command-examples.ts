import { type CommandRoute, type Target } from '../../intake/command-table.js';

export interface CommandExample {
  readonly target: Target;
  readonly body: Record<string, unknown>;
}

const SITE: Target = { site: 'kurobe-works' };
const ATTESTATION: Target = { attestation: 'kurobe-works-2026' };
const CONCERN: Target = { concern: 'kurobe-night-shift' };
const DOCUMENT = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** Route → example. Sent one after the other, from the first, each works on the demonstration chain (and is tested so). */
export const COMMAND_EXAMPLES: Readonly<Record<string, CommandExample>> = {
  organisations: {
    target: {},
    body: { organisationId: 'kurobe', name: 'Kurobe Metals', country: 'JP', roles: ['refiner', 'recycler'] },
  },
  'organisations/:organisation/sites': {
    target: { organisation: 'kurobe' },
    body: {
      siteId: 'kurobe-works',
      name: 'Kurobe works',
      country: 'JP',
      activities: ['recycling', 'refining'],
      location: { latitude: '36.8714', longitude: '137.4489' },
    },
  },
  'organisations/:organisation/accreditations': {
    target: { organisation: 'kurobe' },
    body: { scheme: 'rmap', from: '2026-01-01T00:00:00.000Z', until: '2029-01-01T00:00:00.000Z' },
  },
  'organisations/:organisation/accreditations/:scheme/withdrawal': {
    target: { organisation: 'kurobe', scheme: 'rmap' },
    body: { from: '2026-06-01T00:00:00.000Z', reason: 'The auditors left the firm' },
  },
  'organisations/:organisation/signing-keys': {
    target: { organisation: 'kurobe' },
    body: { keyId: 'kurobe-2026', publicKey: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  },
  'organisations/:organisation/signing-keys/:key/revocations': {
    target: { organisation: 'kurobe', key: 'kurobe-2026' },
    body: { from: '2026-10-01T00:00:00.000Z', reason: 'The laptop with the key was stolen' },
  },
  'organisations/:organisation/signing-policy': {
    target: { organisation: 'kurobe' },
    body: { required: false },
  },
  'organisations/:organisation/visibility': {
    target: { organisation: 'kurobe' },
    body: { visibility: 'open' },
  },
  'sites/:site/batches': {
    target: SITE,
    body: {
      occurredAt: '2026-11-02T00:30:00.000Z',
      batchId: 'kurobe-cells-1',
      material: 'end-of-life cells',
      grossGrams: 1_000_000,
      contentGrams: { cobalt: 60_000, lithium: 25_000, nickel: 180_000 },
      origin: { kind: 'end-of-life', feedstock: 'traction batteries' },
    },
  },
  'sites/:site/transformations': {
    target: SITE,
    body: {
      occurredAt: '2026-11-03T00:30:00.000Z',
      transformationId: 'kurobe-shredding-1',
      process: 'recycling',
      chainOfCustody: 'controlled-blending',
      inputs: [{ batchId: 'kurobe-cells-1', grossGrams: 400_000 }],
      outputs: [
        {
          batchId: 'kurobe-black-mass-1',
          material: 'black mass',
          grossGrams: 200_000,
          contentGrams: { cobalt: 23_000, lithium: 9_000, nickel: 70_000 },
        },
      ],
    },
  },
  'sites/:site/splits': {
    target: SITE,
    body: {
      occurredAt: '2026-11-04T00:30:00.000Z',
      batchId: 'kurobe-black-mass-1',
      parts: [{ batchId: 'kurobe-black-mass-2', grossGrams: 50_000 }],
    },
  },
  'sites/:site/dispatches': {
    target: SITE,
    body: {
      occurredAt: '2026-11-05T00:30:00.000Z',
      shipmentId: 'kurobe-1',
      consigneeSiteId: 'kitahama-sulphate',
      batchIds: ['kurobe-black-mass-2'],
      transport: 'road',
      tradeTerms: { exportDuty: false, quantitativeRestriction: false },
    },
  },
  'sites/:site/receipts': {
    target: { site: 'kitahama-sulphate' },
    body: {
      occurredAt: '2026-11-06T00:30:00.000Z',
      shipmentId: 'kurobe-1',
      batches: [{ batchId: 'kurobe-black-mass-2', grossGrams: 49_900, labels: [] }],
    },
  },
  'sites/:site/refusals': {
    target: { site: 'seto-anode' },
    body: { occurredAt: '2026-11-07T00:30:00.000Z', shipmentId: 'laoshan-sea-c', reason: 'The drums arrived wet' },
  },
  'sites/:site/returns': {
    target: { site: 'laoshan-spheronising' },
    body: { occurredAt: '2026-11-09T00:30:00.000Z', shipmentId: 'laoshan-sea-c' },
  },
  'sites/:site/labels': {
    target: SITE,
    body: {
      batchId: 'kurobe-black-mass-1',
      labelId: 'kurobe-label-1',
      standard: 'gs1-digital-link',
      carrier: 'qr',
      value: 'https://id.example.org/01/09521234543213/10/kurobe-black-mass-1',
    },
  },
  'sites/:site/label-removals': {
    target: SITE,
    body: { batchId: 'kurobe-black-mass-1', labelId: 'kurobe-label-1', reason: 'Relabelled after repacking' },
  },
  'sites/:site/assays': {
    target: SITE,
    body: {
      batchId: 'kurobe-black-mass-1',
      contentGrams: { cobalt: 17_200, lithium: 6_700, nickel: 52_400 },
      method: 'ICP-OES',
      laboratory: 'Toyama Assay',
    },
  },
  'sites/:site/declarations': {
    target: SITE,
    body: { batchId: 'kurobe-black-mass-1', mineral: 'cobalt', share: '0.98' },
  },
  'sites/:site/consumptions': {
    target: SITE,
    body: { batchId: 'kurobe-black-mass-1', grossGrams: 1_000, productId: 'reference-sample-7' },
  },
  'sites/:site/disposals': {
    target: SITE,
    body: { batchId: 'kurobe-black-mass-1', grossGrams: 500, reason: 'Contaminated sweepings' },
  },
  'sites/:site/holds': {
    target: SITE,
    body: { batchId: 'kurobe-black-mass-1', reason: 'Customs asks for the waybill' },
  },
  'sites/:site/releases': {
    target: SITE,
    body: { batchId: 'kurobe-black-mass-1' },
  },
  'sites/:site/corrections': {
    target: { site: 'seto-anode' },
    body: {
      eventId: 'f1209983-6d56-598b-b49d-ae0346cbff47',
      reason: 'The printed code pointed to the wrong company',
      replacement: {
        batchId: 'anode-c',
        labelId: 'label-anode-c',
        standard: 'gs1-digital-link',
        carrier: 'qr',
        value: 'https://id.example.org/01/09521234543220/10/anode-c',
      },
    },
  },
  attestations: {
    target: {},
    body: {
      attestationId: 'kurobe-works-2026',
      scheme: 'sa8000',
      siteId: 'kurobe-works',
      rights: ['forced-labour', 'child-labour', 'discrimination'],
      validFrom: '2026-01-01T00:00:00.000Z',
      validUntil: '2029-01-01T00:00:00.000Z',
      issuerOrganisationId: 'fair-shift',
      documentSha256: DOCUMENT,
    },
  },
  'attestations/:attestation/suspensions': {
    target: ATTESTATION,
    body: { from: '2026-10-01T00:00:00.000Z', reason: 'Wage records are missing' },
  },
  'attestations/:attestation/reinstatements': {
    target: ATTESTATION,
    body: { from: '2026-10-15T00:00:00.000Z', reason: 'Wage records were found complete' },
  },
  'attestations/:attestation/revocations': {
    target: ATTESTATION,
    body: { from: '2026-11-01T00:00:00.000Z', reason: 'The auditor was refused entry' },
  },
  concerns: {
    target: {},
    body: {
      concernId: 'kurobe-night-shift',
      siteId: 'kurobe-works',
      rights: ['occupational-safety'],
      source: 'worker',
    },
  },
  'concerns/:concern/investigations': { target: CONCERN, body: { by: 'Toyama Labour Bureau' } },
  'concerns/:concern/findings': {
    target: CONCERN,
    body: {
      substantiated: true,
      rights: ['occupational-safety'],
      from: '2026-09-01T00:00:00.000Z',
      until: '2026-11-01T00:00:00.000Z',
    },
  },
  'concerns/:concern/remediations': { target: CONCERN, body: { documentSha256: DOCUMENT } },
  'concerns/:concern/closure': { target: CONCERN, body: { outcome: 'Remedied: guards were fitted and checked' } },
};

export function commandExample(route: CommandRoute): CommandExample {
  const example = COMMAND_EXAMPLES[route.path];
  if (!example) throw new Error(`no example for ${route.path}`);
  return example;
}

/** A stream of commands to one site, a line each. */
export const commandStreamExample = {
  site: 'kurobe-works',
  body: [
    {
      command: 'batches',
      idempotencyKey: 'kurobe-cells-2',
      body: {
        batchId: 'kurobe-cells-2',
        material: 'end-of-life cells',
        grossGrams: 500_000,
        contentGrams: { cobalt: 30_000, nickel: 90_000 },
        origin: { kind: 'end-of-life' },
      },
    },
    {
      command: 'labels',
      idempotencyKey: 'kurobe-label-2',
      body: {
        batchId: 'kurobe-cells-2',
        labelId: 'kurobe-label-2',
        standard: 'gs1-128',
        carrier: 'barcode',
        value: '(00)395212345000000018',
      },
    },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
};
