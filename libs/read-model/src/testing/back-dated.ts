import { type GraphEvent } from '#claims';

const RIGHTS = ['child-labour', 'forced-labour', 'water', 'site-facts', 'recovered-origin', 'control'];
const SITES = 8;
const DAY_MS = 86_400_000;
const BEGINNING = Date.UTC(2026, 0, 1);

/** For all sites of the ledger but one: an attestation from before the beginning, and a concern. */
export function attestedThroughout(events: readonly GraphEvent[]): GraphEvent[] {
  const opened = events.slice(0, SITES);
  const [first] = opened;
  if (first === undefined) return [];
  const granted = { scheme: 'rmap', from: '2020-01-01' };
  const told = Array.from({ length: SITES - 1 }, (_, site) => [
    of(first, `attestation-a${site}`, 'AttestationIssued', `issued-${site}`, {
      attestationId: `a${site}`,
      scheme: 'rmap',
      siteId: `site${site}`,
      rights: RIGHTS,
      validFrom: '2020-01-01',
      validUntil: '2040-01-01',
      issuerOrganisationId: `auditor${site % 2}`,
      documentSha256: '0'.repeat(64),
      assurance: 'third-party',
    }),
    of(first, `concern-c${site}`, 'ConcernRaised', `raised-${site}`, {
      concernId: `c${site}`,
      siteId: `site${site}`,
      rights: ['child-labour', 'forced-labour'],
      source: 'worker',
    }),
  ]).flat();
  const accredited = [0, 1].map((auditor) =>
    of(first, `organisation-auditor${auditor}`, 'AccreditationGranted', `granted-${auditor}`, granted),
  );
  return [...opened, ...accredited, ...told, ...events.slice(SITES)];
}

/** Facts recorded at the end about times long before. */
export function backDated(events: readonly GraphEvent[], random: () => number, count: number): GraphEvent[] {
  const last = events.at(-1);
  if (last === undefined) return [];
  const findings: string[] = [];
  return Array.from({ length: count }, (_, index) => {
    const site = Math.floor(random() * (SITES - 1));
    // Within the hours of the ledger's events, or before them.
    const from = new Date(BEGINNING + Math.floor((random() - 0.3) * 0.2 * DAY_MS)).toISOString();
    const change = { from, reason: 'found wanting' };
    const annulled = findings.at(-1);
    const told: (() => [stream: string, type: string, data: object])[] = [
      () => [`attestation-a${site}`, 'AttestationSuspended', change],
      () => [`attestation-a${site}`, 'AttestationReinstated', change],
      () => [`attestation-a${site}`, 'AttestationRevoked', change],
      () => [`organisation-auditor${site % 2}`, 'AccreditationWithdrawn', { scheme: 'rmap', ...change }],
      () => [`concern-c${site}`, 'InvestigationOpened', { by: 'inspectorate' }],
      () => {
        findings.push(`back-${index} concern-c${site}`);
        return [`concern-c${site}`, 'FindingRecorded', { substantiated: true, rights: ['child-labour'], from }];
      },
      () => [
        `organisation-org${site % 4}`,
        'ControlDeclared',
        { kind: 'ownership', country: 'KR', share: '0.3', from },
      ],
      ...(annulled === undefined
        ? []
        : [
            (): [string, string, object] => {
              const [eventId, stream = ''] = annulled.split(' ');
              return [stream, 'FindingAnnulled', { eventId, reason: 'set aside' }];
            },
          ]),
    ];
    const [stream, type, data] = told[Math.floor(random() * told.length)]!();
    return of(last, stream, type, `back-${index}`, data);
  });
}

function of(like: GraphEvent, stream: string, type: string, id: string, data: object): GraphEvent {
  return { ...like, id, stream, type, data };
}
