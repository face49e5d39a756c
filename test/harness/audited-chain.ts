import { type RunningLedger } from './running-ledger.js';
import { AT, extracted, openTwoSites } from './two-sites.js';

/**
 * The two sites of `openTwoSites` with an attestation each; `batches` batches of ore, a tenth of them shipped to the works;
 * afterwards the mass of the first batch is corrected.
 * @returns the position of the last event
 */
export async function auditedChain(ledger: RunningLedger, batches = 10): Promise<string> {
  await openTwoSites(ledger);
  await ledger.record('organisations', {
    organisationId: 'auditor',
    name: 'Auditor — Prüfstelle \u{1f50d}',
    country: 'JP',
    roles: ['attestor'],
    occurredAt: AT(1),
  });
  await ledger.record('organisations/auditor/accreditations', { scheme: 'sa8000', from: AT(1), occurredAt: AT(1) });
  for (const siteId of ['pit', 'works']) {
    await ledger.record('attestations', {
      attestationId: `att-${siteId}`,
      scheme: 'sa8000',
      siteId,
      rights: ['forced-labour', 'child-labour'],
      validFrom: AT(1),
      validUntil: '2029-03-01T00:00:00.000Z',
      issuerOrganisationId: 'auditor',
      documentSha256: 'ab'.repeat(32),
      occurredAt: AT(1),
    });
  }
  let eventId = '';
  for (let i = 0; i < batches; i++) {
    const answer = await ledger.post('sites/pit/batches', extracted(`ore-${i}`));
    if (i === 0) eventId = (answer.body['events'] as unknown as { eventId: string }[])[0]!.eventId;
    if (i % 10 !== 0) continue;
    await ledger.record('sites/pit/dispatches', {
      shipmentId: `s-${i}`,
      consigneeSiteId: 'works',
      batchIds: [`ore-${i}`],
      transport: 'sea',
      occurredAt: AT(4),
    });
    await ledger.record('sites/works/receipts', {
      shipmentId: `s-${i}`,
      batches: [{ batchId: `ore-${i}`, grossGrams: 999_000, labels: [] }],
      occurredAt: AT(20),
    });
  }
  const replacement = { ...extracted('ore-0', 1_000_000, 27_000) };
  delete replacement['occurredAt'];
  return ledger.record('sites/pit/corrections', { eventId, reason: 'assay misread', replacement, occurredAt: AT(21) });
}
