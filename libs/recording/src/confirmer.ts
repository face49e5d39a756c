import { may, type Principal } from '#access';
import { underCommonControl, type ConfirmerFact, type DeclaredControl, type Organisation } from '#custody';
import { type EventStore, type StoredEvent } from '#event-store';
import { organisationOf } from './organisation-of.js';
import { organisationStream } from './stream-names.js';

type Reading = Pick<EventStore, 'readStream'>;

/**
 * Who confirms what the organisation of a site has corrected.
 * @param now the ledger's own time: the accreditation must stand, and no common control, as the confirmation is recorded
 */
export async function confirmerOf(
  store: Reading,
  { role, organisation }: Principal,
  siteOrganisationId: string,
  now: string,
): Promise<ConfirmerFact> {
  const isAuthority = may(role, 'act-for-any-organisation');
  if (organisation === undefined) return { independent: true, entitled: isAuthority };
  const accreditations = (await organisationNamed(store, organisation)).accreditations;
  const isAccredited = accreditations.some(
    ({ from, until, withdrawnFrom }) =>
      from <= now && (until === undefined || now < until) && (withdrawnFrom === undefined || now < withdrawnFrom),
  );
  return {
    independent: !(await areUnderCommonControl(store, organisation, siteOrganisationId, now)),
    entitled: isAuthority || isAccredited,
  };
}

/** {@link underCommonControl} by what the log says of both organisations and of all that control them. */
export async function areUnderCommonControl(store: Reading, one: string, other: string, at: string): Promise<boolean> {
  const declared = new Map<string, readonly DeclaredControl[]>();
  const ahead = new Set([one, other]);
  // A set is walked to its end, also through what is added meanwhile.
  for (const organisationId of ahead) {
    const { control } = await organisationNamed(store, organisationId);
    declared.set(organisationId, control);
    for (const { controller } of control) if (controller !== undefined) ahead.add(controller);
  }
  return underCommonControl(one, other, (organisationId) => declared.get(organisationId) ?? [], at);
}

async function organisationNamed(store: Reading, organisationId: string): Promise<Organisation> {
  const events: StoredEvent[] = [];
  for await (const event of store.readStream(organisationStream(organisationId))) events.push(event);
  return organisationOf(events);
}
