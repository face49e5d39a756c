/** What is answered of withheld values, and of a recorded event with what stands beside its record. */
import { EVENT_ANSWER, HISTORY_ENTRY, type HistoryEntry } from '#read-model';
import { instant, json, LEGAL_BASES, list, object, oneOf, term, uuid, type ReadonlyOf } from '#vocabulary';

const DISCLOSURE = {
  path: term({ description: 'JSON pointer into the event’s data' }),
  commitment: term({ description: 'SHA-256 over salt and canonical value, hex: what the record holds' }),
  salt: term({ description: '128 bits, base64url' }),
  value: json({ description: 'The value' }),
  legalBasis: oneOf(LEGAL_BASES),
  until: instant(),
};
export const EVENT_DISCLOSURES = {
  name: 'EventDisclosures',
  fields: { eventId: uuid(), disclosures: list('Disclosure', DISCLOSURE) },
};
export type EventDisclosures = ReadonlyOf<(typeof EVENT_DISCLOSURES)['fields']>;

const SIGNATURE = { keyId: term(), status: oneOf(['in-force', 'signature-revoked']) };
const NOTES = {
  disclosures: list('Disclosure', DISCLOSURE, { optional: true, description: 'What it withholds and you may see' }),
  signature: object('HistorySignature', SIGNATURE, {
    optional: true,
    description:
      'Of a signed command: by which key, and whether that key has been revoked since from a moment before `recordedAt`',
  }),
};
export type Notes = ReadonlyOf<typeof NOTES>;

/** A recorded event with the notes beside its record. */
export type Noted<Entry extends HistoryEntry> = Entry & Notes;
export const NOTED_ENTRY = { name: HISTORY_ENTRY.name, fields: { ...HISTORY_ENTRY.fields, ...NOTES } };
export const NOTED_EVENT = { name: EVENT_ANSWER.name, fields: { ...EVENT_ANSWER.fields, ...NOTES } };
export type NotedEvent = ReadonlyOf<(typeof NOTED_EVENT)['fields']>;
