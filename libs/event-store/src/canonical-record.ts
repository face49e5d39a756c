import { canonicalText } from '#transparency';
import { type JsonObject, type NewEvent, type StoredEvent } from './stored-event.js';

/** A record's bytes without its revision, which is known only when the record is about to be written. */
export interface RecordFrame {
  readonly beforeRevision: string;
  readonly afterRevision: string;
}

/**
 * The canonical text around the revision: of the members `data`, `id`, `metadata`, `revision`, `stream`, `type` all but
 * the fourth, so that the costly part is done before the append takes its turn.
 * @throws VerificationError when the event is not canonical JSON (a lone surrogate, a number that is not finite, …).
 */
export function frameRecord(stream: string, event: NewEvent): RecordFrame {
  return {
    beforeRevision:
      `{"data":${canonicalText(event.data)},"id":${canonicalText(event.id)},` +
      `"metadata":${canonicalText(event.metadata)},"revision":"`,
    afterRevision: `","stream":${canonicalText(stream)},"type":${canonicalText(event.type)}}`,
  };
}

/** The record's canonical text. */
export function fillRecord(frame: RecordFrame, revision: bigint | number): string {
  return `${frame.beforeRevision}${revision}${frame.afterRevision}`;
}

/**
 * RFC 8785 bytes of `{ data, id, metadata, revision, stream, type }`, the revision as a decimal string: what every adapter
 * gives as {@link StoredEvent.record} and what is hashed.
 * @throws VerificationError as {@link frameRecord}.
 */
export function canonicalRecord(stream: string, revision: bigint, event: NewEvent): Uint8Array {
  return Buffer.from(fillRecord(frameRecord(stream, event), revision), 'utf8');
}

/** The content of a record's text. */
export interface ParsedRecord {
  data: JsonObject;
  id: string;
  metadata: JsonObject;
  revision: string;
  stream: string;
  type: string;
}

/** The event that a record's bytes hold. @throws SyntaxError or TypeError when they are not a record. */
export function eventOfRecord(record: Buffer, position: bigint): StoredEvent {
  const { data, id, metadata, revision, stream, type } = JSON.parse(record.toString('utf8')) as ParsedRecord;
  return { id, type, data, metadata, stream, revision: BigInt(revision), position, record };
}
