import {
  evolveAccount,
  type CommandSignature,
  type EventMetadata,
  type IdReserved,
  type SiteAccount,
  type SiteEvent,
} from '#custody';
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
    metadata: recordedMetadata(metadata, salt(), metadata.signature),
  }));
}

/** The only event of the stream that keeps an id for a site. */
export function newReservation(
  reserved: IdReserved,
  metadata: EventMetadata,
  salt: () => string = newSalt,
): { readonly stream: string; readonly event: NewEvent } {
  const { kind, id, siteId, afterRevision } = reserved;
  const event = {
    id: eventIdOf(metadata.commandId, `${kind} ${id}`),
    type: 'IdReserved',
    data: { afterRevision, id, kind, siteId },
    // A signature is kept once, with the event that uses the ids: a transformation may take a thousand.
    metadata: recordedMetadata(metadata, salt(), undefined),
  };
  return { stream: reservationStream(kind, id), event };
}

/** Members in the order of the canonical form, so that writing the record sorts nothing. */
function recordedMetadata(
  { actor, commandId, occurredAt, recordedAt, requestSha256, schemaVersion }: EventMetadata,
  salt: string,
  signature: CommandSignature | undefined,
): JsonObject {
  const recorded: JsonObject = { actor, commandId, occurredAt, recordedAt };
  if (requestSha256 !== undefined) recorded['requestSha256'] = requestSha256;
  recorded['salt'] = salt;
  recorded['schemaVersion'] = schemaVersion;
  if (signature !== undefined) recorded['signature'] = signature as unknown as JsonObject;
  return recorded;
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
  return facts.reduce((state, { type, data }, index) => {
    if (type === 'RecordCorrected') return state;
    const event = { id: events[index]!.id, stream, revision: state.revision + 1n, type, data, metadata };
    return evolveAccount(state, event);
  }, account);
}
