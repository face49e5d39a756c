import {
  evolveOrganisation,
  initialOrganisation,
  type LedgerEvent,
  type Organisation,
  type OrganisationEvent,
} from '#custody';
import { type StoredEvent } from '#event-store';

/** An organisation as the events of its stream make it. */
export function organisationOf(events: readonly StoredEvent[]): Organisation {
  return events.reduce(
    (state, event) => evolveOrganisation(state, event as unknown as LedgerEvent<OrganisationEvent>),
    initialOrganisation(),
  );
}
