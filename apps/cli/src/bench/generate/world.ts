import { ATTESTED_CRITERIA, type AttestationScheme } from '#attestation';
import { type Activity, type OrganisationRole } from '#custody';
import { type SeededRandom } from './seeded-random.js';
import { SPAN_MS, type SimulatedLedger } from './simulated-ledger.js';

const ATTESTOR = 'attestor-1';
/** The scheme of the generated ledger: its attestations last for all of the generated time and well beyond. */
export const GENERATED_SCHEME: AttestationScheme = {
  id: 'generated-inspection',
  title: 'Inspection in the generated world',
  source: 'https://example.org/',
  assurance: 'third-party',
  covers: ATTESTED_CRITERIA,
  longestValidityMonths: 120,
  longestBackdatingMonths: 1,
};
/** The countries of the Agreement's parties come first: most sites of a generated chain are there. */
const COUNTRIES = ['JP', 'US', 'AU', 'CA', 'FI', 'CL', 'ID'] as const;

interface Facility {
  readonly siteId: string;
  readonly name: string;
  readonly role: OrganisationRole;
  readonly activities: Activity[];
}

/** Founds the organisation that attests; must come before any site. */
export function foundAttestor(ledger: SimulatedLedger): void {
  const from = ledger.now;
  ledger.organisation(ATTESTOR, {
    kind: 'organisations',
    body: { organisationId: ATTESTOR, name: 'Attestors of the generated ledger', country: 'JP', roles: ['attestor'] },
  });
  ledger.organisation(ATTESTOR, { kind: 'accreditations', body: { scheme: GENERATED_SCHEME.id, from } });
}

/** A site with an organisation of its own. */
export function open(ledger: SimulatedLedger, random: SeededRandom, facility: Facility): void {
  const { siteId, name, role, activities } = facility;
  const country = random.pick(COUNTRIES);
  const organisationId = `${siteId}-owner`;
  ledger.organisation(organisationId, {
    kind: 'organisations',
    body: { organisationId, name: `${name} Company`, country, roles: [role] },
  });
  ledger.openSite({ siteId, organisationId, name, country, activities });
}

/** An attestation of every right and criterion, for all the time of the generated world. */
export function attest(ledger: SimulatedLedger, random: SeededRandom, siteId: string): void {
  const validFrom = ledger.now;
  const issued = {
    attestationId: `${siteId}-attestation`,
    scheme: GENERATED_SCHEME.id,
    siteId,
    rights: [...ATTESTED_CRITERIA],
    validFrom,
    validUntil: new Date(Date.parse(validFrom) + 4 * SPAN_MS).toISOString(),
    issuerOrganisationId: ATTESTOR,
    documentSha256: random.sha256(),
  };
  ledger.attest(issued, GENERATED_SCHEME);
}

/** A GS1 Digital Link on a batch, as a QR code. */
export function label(ledger: SimulatedLedger, siteId: string, batchId: string): void {
  ledger.at(siteId, {
    kind: 'labels',
    body: {
      batchId,
      labelId: `${batchId}-label`,
      standard: 'gs1-digital-link',
      carrier: 'qr',
      value: `https://id.example/01/${batchId}`,
    },
  });
}

/** Sends batches on their way. */
export function dispatch(
  ledger: SimulatedLedger,
  from: string,
  to: string,
  shipmentId: string,
  batchIds: string[],
): void {
  const tradeTerms = { exportDuty: false, quantitativeRestriction: false };
  ledger.at(from, { kind: 'dispatches', body: { shipmentId, consigneeSiteId: to, batchIds, tradeTerms } });
}
