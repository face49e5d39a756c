import { evolveAccount, type EventMetadata, type IdReserved, type SiteAccount, type SiteEvent } from '#custody';
import { type JsonObject, type NewEvent } from '#event-store';
import { eventIdOf, newSalt } from './identity.js';
import { reservationStream, siteStream } from './stream-names.js';

/**
 * The events of one command as they are appended.
 * @param salt of each event: no two records share theirs
 */
export function newEvents(
  facts: readonly { readonly type: string; readonly data: unknown }[],
  metadata: EventMetadata,
  salt: () => string = newSalt,
): NewEvent[] {
  return facts.map(({ type, data }, index) => ({
    id: eventIdOf(metadata.commandId, index),
    type,
    data: data as JsonObject,
    metadata: { ...metadata, salt: salt() } as unknown as JsonObject,
  }));
}

/** The only event of the stream that keeps an id for a site. */
export function newReservation(
  reserved: IdReserved,
  metadata: EventMetadata,
  salt: () => string = newSalt,
): { readonly stream: string; readonly event: NewEvent } {
  const { kind, id } = reserved;
  const event = {
    id: eventIdOf(metadata.commandId, `${kind} ${id}`),
    type: 'IdReserved',
    data: { ...reserved },
    metadata: { ...unsigned(metadata), salt: salt() } as unknown as JsonObject,
  };
  return { stream: reservationStream(kind, id), event };
}

/** The account once these events stand in its stream, without a correction: that changes what was folded before. */
export function accountBehind(
  account: SiteAccount,
  siteId: string,
  facts: readonly SiteEvent[],
  events: readonly NewEvent[],
  metadata: EventMetadata,
): SiteAccount {
  const stream = siteStream(siteId);
  return facts.reduce((state, fact, index) => {
    if (fact.type === 'RecordCorrected') return state;
    return evolveAccount(state, { ...fact, stream, revision: state.revision + 1n, id: events[index]!.id, metadata });
  }, account);
}

/** A signature is kept once, with the event that uses the ids: a transformation may take a thousand. */
function unsigned(metadata: EventMetadata): EventMetadata {
  if (metadata.signature === undefined) return metadata;
  const copy = { ...metadata };
  delete copy.signature;
  return copy;
}
