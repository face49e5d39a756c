import { may, type Principal } from '#access';
import { type AttestationSchemes } from '#attestation';
import { isAccredited, underCommonControl, type ConfirmerFact } from '#custody';
import { type EventStore, type StoredEvent } from '#event-store';
import { withControllers } from './controllers.js';

/**
 * Whether the sender may confirm a correction that the organisation of a site has made. When the confirmation is recorded,
 * the sender's accreditation must be in force and the two must not be under common control. An accreditation for
 * self-declarations does not count.
 * @param now the ledger's own time
 */
export async function confirmerOf(
  { store, schemes, now }: { store: Pick<EventStore, 'readStream'>; schemes: AttestationSchemes; now: string },
  { role, organisation }: Principal,
  siteOrganisationId: string,
): Promise<ConfirmerFact> {
  const isAuthority = may(role, 'act-for-any-organisation');
  if (organisation === undefined) return { independent: true, entitled: isAuthority };
  const read = async (stream: string): Promise<StoredEvent[]> => {
    const events: StoredEvent[] = [];
    for await (const event of store.readStream(stream)) events.push(event);
    return events;
  };
  const known = await withControllers(read, [organisation, siteOrganisationId]);
  const controlOf = (id: string) => known.get(id)?.control ?? [];
  const own = known.get(organisation)!;
  const mayJudgeOthers = own.accreditations.some(
    ({ scheme }) => (schemes.get(scheme)?.assurance ?? 'self') !== 'self' && isAccredited(own, scheme, now),
  );
  return {
    independent: !underCommonControl(organisation, siteOrganisationId, controlOf, now),
    entitled: isAuthority || mayJudgeOthers,
  };
}
