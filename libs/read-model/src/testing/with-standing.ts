import { type GraphEvent } from '#claims';
import { type BatchesDispatched } from '#custody';

/** Numbers in [0, 1), the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0) >>> 0) / 2 ** 32;
}

/**
 * Attestations and concerns about the sites of a random ledger, and declarations of control, scattered among its
 * events.
 */
export function withStanding(events: GraphEvent[], random: () => number): GraphEvent[] {
  const month = (number: number): string => new Date(Date.UTC(2026, number, 1)).toISOString();
  let issued = 0;
  const found: GraphEvent[] = [];
  const dispatched: GraphEvent[] = [];
  return events.flatMap((event, index) => {
    if (event.type === 'BatchesDispatched') dispatched.push(event);
    if (index < 8 || random() > 0.2) return [event];
    const of = (stream: string, type: string, data: object): GraphEvent => ({
      ...event,
      id: `${stream}-${index}`,
      stream,
      type,
      data,
    });
    const siteId = `site${Math.floor(random() * 8)}`;
    const rights = ['child-labour', 'forced-labour'];
    const vouched = [...rights, 'site-facts', 'recovered-origin', 'control'];
    if (issued === 0 || random() < 0.5) {
      const id = issued++;
      const from = Math.floor(random() * 6) - 6;
      return [
        event,
        of(`attestation-a${id}`, 'AttestationIssued', {
          attestationId: `a${id}`,
          scheme: 'rmap',
          siteId,
          rights: vouched,
          validFrom: month(from),
          validUntil: month(from + 1 + Math.floor(random() * 30)),
          issuerOrganisationId: 'auditor',
          documentSha256: '0'.repeat(64),
          assurance: 'third-party',
        }),
        of(`concern-c${id}`, 'ConcernRaised', { concernId: `c${id}`, siteId, rights, source: 'worker' }),
      ];
    }
    const id = Math.floor(random() * issued);
    const change = { from: month(Math.floor(random() * 3) - 1), reason: 'found wanting' };
    const changes = [
      of(`attestation-a${id}`, 'AttestationSuspended', change),
      of(`attestation-a${id}`, 'AttestationReinstated', change),
      of(`attestation-a${id}`, 'AttestationRevoked', change),
      of(`concern-c${id}`, 'InvestigationOpened', { by: 'inspectorate' }),
      of(`concern-c${id}`, 'FindingRecorded', { substantiated: random() < 0.5, rights, from: change.from }),
      of(`concern-c${id}`, 'ConcernClosed', { outcome: 'settled' }),
      ...found.slice(-1).map((finding) => annulmentOf(finding)),
      of(`site-${siteId}`, 'SiteHeld', { authority: 'customs', reason: 'inspection' }),
      of(`site-${siteId}`, 'SiteReleased', { authority: 'customs' }),
      ...dispatched.slice(-1).flatMap(({ data }) => shipmentHolds(data as BatchesDispatched)),
      of(`organisation-org${Math.floor(random() * 4)}`, 'ControlDeclared', {
        kind: 'ownership',
        country: random() < 0.5 ? 'CN' : 'KR',
        share: random() < 0.5 ? '0' : '0.3',
        from: change.from,
      }),
    ];
    const next = changes.slice(Math.floor(random() * changes.length)).slice(0, 1);
    found.push(...next.filter(({ type }) => type === 'FindingRecorded'));
    return [event, ...next];

    function shipmentHolds({ shipmentId, consigneeSiteId, batches }: BatchesDispatched): GraphEvent[] {
      const held = { shipmentId, batchIds: batches.map(({ batchId }) => batchId) };
      const stream = `site-${consigneeSiteId}`;
      return [
        of(stream, 'ShipmentHeld', { ...held, authority: 'customs', reason: 'inspection' }),
        of(stream, 'ShipmentReleased', held),
      ];
    }

    function annulmentOf({ stream, id: eventId }: GraphEvent): GraphEvent {
      return of(stream, 'FindingAnnulled', { eventId, reason: 'set aside' });
    }
  });
}
