import {
  type ConcernClosed,
  type FindingAnnulled,
  type FindingRecorded,
  type InvestigationOpened,
  type RemediationAccepted,
} from '#attestation';
import { type ConcernAnswer } from '../answers/index.js';
import { metadataOf } from './event-tables.js';
import { type Placed } from '../chains/evidence.js';

const CHANGES = [
  'InvestigationOpened',
  'FindingRecorded',
  'FindingAnnulled',
  'RemediationAccepted',
  'ConcernClosed',
] as const;
type ConcernChange = (typeof CHANGES)[number];

export function isConcernChange(type: string): type is ConcernChange {
  return (CHANGES as readonly string[]).includes(type);
}

/** Applies an event to the answer about its concern. */
export function advanceConcern(state: ConcernAnswer, placed: Placed, type: ConcernChange, data: unknown): void {
  switch (type) {
    case 'InvestigationOpened':
      state.investigation = { by: (data as InvestigationOpened).by, openedAt: metadataOf(placed.event).occurredAt };
      state.status = 'under-investigation';
      return;
    case 'FindingRecorded': {
      const { substantiated, rights, from, until } = data as FindingRecorded;
      state.findings.push({
        substantiated,
        rights,
        from,
        ...(until !== undefined && { until }),
        eventId: placed.event.id,
      });
      state.status = 'found';
      return;
    }
    case 'FindingAnnulled': {
      const { eventId, reason } = data as FindingAnnulled;
      const finding = state.findings.find((each) => each.eventId === eventId);
      if (finding === undefined) return;
      const annulledAt = metadataOf(placed.event).occurredAt;
      finding.annulled = { reason, annulledAt, eventId: placed.event.id };
      if (state.status !== 'closed') state.status = statusWithout(state);
      return;
    }
    case 'RemediationAccepted': {
      const { documentSha256 } = data as RemediationAccepted;
      state.remediation = {
        acceptedAt: metadataOf(placed.event).occurredAt,
        ...(documentSha256 !== undefined && { documentSha256 }),
      };
      return;
    }
    case 'ConcernClosed':
      state.closure = { outcome: (data as ConcernClosed).outcome, closedAt: metadataOf(placed.event).occurredAt };
      state.status = 'closed';
  }
}

/** The status of a concern after one of its findings was annulled. */
function statusWithout({ findings, investigation }: ConcernAnswer): ConcernAnswer['status'] {
  if (findings.some(({ annulled }) => annulled === undefined)) return 'found';
  return investigation === undefined ? 'raised' : 'under-investigation';
}
