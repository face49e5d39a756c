import { type RunningLedger } from './running-ledger.js';
import { AT } from './two-sites.js';

/** Occurs in every id, name and text of the organisation that is hidden from the reader. */
export const SECRET = 'quokka';

/** Records a command and returns its position. */
interface Recorder {
  record(path: string, body: unknown): Promise<string>;
}

/**
 * A mine ships ore to a trader, who refines it and ships salt to a maker, who makes cathode from it: the maker deals with the
 * trader, and the mine is hidden from it. A stranger has a batch of its own. Maker and stranger each make a pack.
 * @returns the position of the last event
 */
export async function openHiddenChain(ledger: Recorder): Promise<string> {
  const documents = [{ sha256: 'c'.repeat(64), uri: `https://${SECRET}.example/a`, title: `${SECRET} assay` }];
  for (const [organisationId, country] of [
    [`${SECRET}-mining`, 'CL'],
    ['trader', 'JP'],
    ['maker', 'US'],
    ['stranger', 'US'],
    [`${SECRET}-auditor`, 'CL'],
  ] as const) {
    await ledger.record('organisations', {
      organisationId,
      name: `${organisationId} Limited`,
      country,
      roles: ['trader', 'attestor', 'regulator'],
      occurredAt: AT(1),
    });
  }
  for (const [organisation, siteId, country, location] of [
    [`${SECRET}-mining`, `${SECRET}-pit`, 'CL', { latitude: '-23.4321', longitude: '-68.1234' }],
    ['trader', 'works', 'JP', undefined],
    ['maker', 'plant', 'US', undefined],
    ['stranger', 'yard', 'US', undefined],
  ] as const) {
    await ledger.record(`organisations/${organisation}/sites`, {
      siteId,
      name: `The ${siteId}`,
      country,
      activities: ['mining', 'refining', 'cathode', 'recycling', 'battery'],
      ...(location && { location }),
      occurredAt: AT(1),
    });
  }
  await ledger.record(`organisations/${SECRET}-auditor/accreditations`, {
    scheme: 'rmap',
    from: AT(1),
    occurredAt: AT(1),
  });
  await ledger.record('attestations', {
    attestationId: `${SECRET}-attestation`,
    scheme: 'rmap',
    siteId: `${SECRET}-pit`,
    rights: ['child-labour'],
    validFrom: AT(1),
    validUntil: AT(9),
    issuerOrganisationId: `${SECRET}-auditor`,
    documentSha256: 'd'.repeat(64),
    occurredAt: AT(1),
  });
  await ledger.record('concerns', {
    concernId: `${SECRET}-concern`,
    siteId: `${SECRET}-pit`,
    rights: ['child-labour'],
    source: 'worker',
    occurredAt: AT(2),
  });
  await ledger.record(`concerns/${SECRET}-concern/admission`, { summary: 'Seen underground', occurredAt: AT(2) });
  await ledger.record(`sites/${SECRET}-pit/batches`, {
    batchId: `${SECRET}-ore`,
    material: 'polymetallic-ore',
    grossGrams: 1_000_000,
    contentGrams: { lithium: 30_000 },
    origin: { kind: 'extracted', country: 'CL', feedstock: `${SECRET} brine` },
    documents,
    occurredAt: AT(2),
  });
  await ledger.record(`sites/${SECRET}-pit/labels`, {
    batchId: `${SECRET}-ore`,
    labelId: `${SECRET}-label`,
    standard: 'gs1-128',
    carrier: 'barcode',
    value: `${SECRET}-0042`,
    occurredAt: AT(2, 9),
  });
  await ledger.record(`sites/${SECRET}-pit/assays`, {
    batchId: `${SECRET}-ore`,
    contentGrams: { lithium: 30_000 },
    method: `${SECRET} method`,
    laboratory: `${SECRET} laboratory`,
    occurredAt: AT(3),
  });
  await ledger.record(`sites/${SECRET}-pit/dispatches`, {
    shipmentId: `${SECRET}-shipment`,
    consigneeSiteId: 'works',
    batchIds: [`${SECRET}-ore`],
    transport: `MV ${SECRET}`,
    occurredAt: AT(4),
  });
  await ledger.record('sites/works/receipts', {
    shipmentId: `${SECRET}-shipment`,
    batches: [
      {
        batchId: `${SECRET}-ore`,
        grossGrams: 1_000_000,
        labels: [{ labelId: `${SECRET}-label`, condition: 'intact' }],
      },
    ],
    occurredAt: AT(5),
  });
  await ledger.record('sites/works/label-removals', {
    batchId: `${SECRET}-ore`,
    labelId: `${SECRET}-label`,
    reason: 'repacked',
    occurredAt: AT(5, 12),
  });
  await ledger.record('sites/works/transformations', {
    transformationId: 'refine',
    process: 'refining',
    chainOfCustody: 'segregated',
    inputs: [{ batchId: `${SECRET}-ore`, grossGrams: 1_000_000 }],
    outputs: [
      { batchId: 'salt', material: 'polymetallic-concentrate', grossGrams: 100_000, contentGrams: { lithium: 20_000 } },
      { batchId: 'kept', material: 'polymetallic-concentrate', grossGrams: 10_000, contentGrams: { lithium: 1_000 } },
    ],
    occurredAt: AT(6),
  });
  await ledger.record('sites/works/dispatches', {
    shipmentId: 'delivery',
    consigneeSiteId: 'plant',
    batchIds: ['salt'],
    occurredAt: AT(7),
  });
  await ledger.record('sites/plant/receipts', {
    shipmentId: 'delivery',
    batches: [{ batchId: 'salt', grossGrams: 100_000, labels: [] }],
    occurredAt: AT(8),
  });
  await ledger.record('sites/plant/transformations', {
    transformationId: 'make',
    process: 'conversion',
    chainOfCustody: 'segregated',
    inputs: [{ batchId: 'salt', grossGrams: 100_000 }],
    outputs: [
      {
        batchId: 'cathode',
        material: 'polymetallic-concentrate',
        grossGrams: 90_000,
        contentGrams: { lithium: 19_000 },
      },
    ],
    occurredAt: AT(9),
  });
  await ledger.record('sites/yard/batches', {
    batchId: 'own',
    material: 'polymetallic-ore',
    grossGrams: 1_100,
    contentGrams: { lithium: 10 },
    origin: { kind: 'extracted' },
    occurredAt: AT(9),
  });
  await ledger.record('sites/plant/products', packOf('cathode', 'pack'));
  return ledger.record('sites/yard/products', packOf('own', 'first-pack'));
}

function packOf(batchId: string, productId: string): object {
  const inputs = [{ batchId, grossGrams: 100 }];
  return { productId, kind: 'battery', model: `${productId}-model`, category: 'ev', inputs, occurredAt: AT(9, 12) };
}

/** Issues a key, or fails the test with the problem. */
export async function keyFor(ledger: RunningLedger, organisation: string, role: string): Promise<string> {
  const answer = await ledger.post(`organisations/${organisation}/api-keys`, { label: 'test', role });
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body['key'] as unknown as string;
}
