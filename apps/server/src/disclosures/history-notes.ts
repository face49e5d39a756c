import { Injectable } from '@nestjs/common';
import { type Principal } from '#access';
import { isInForce, type CommandSignature } from '#custody';
import { EVENT_ANSWER, HISTORY_ENTRY, type HistoryEntry } from '#read-model';
import { Signatures } from '#recording';
import { parseDetached } from '#transparency';
import { instant, json, LEGAL_BASES, list, object, oneOf, term, type ReadonlyOf } from '#vocabulary';
import { Disclosures } from './disclosures.js';

const DISCLOSURE = {
  path: term({ description: 'JSON pointer into the event’s data' }),
  commitment: term({ description: 'Hex' }),
  salt: term({ description: '128 bits, base64url' }),
  value: json(),
  legalBasis: oneOf(LEGAL_BASES),
  until: instant(),
};
const SIGNATURE = { keyId: term(), status: oneOf(['in-force', 'signature-revoked']) };
const NOTES = {
  disclosures: list('HistoryDisclosure', DISCLOSURE, {
    optional: true,
    description: 'What it withholds and you may see',
  }),
  signature: object('HistorySignature', SIGNATURE, {
    optional: true,
    description:
      'Of a signed command: by which key, and whether that key has been revoked since from a moment before `recordedAt`',
  }),
};
type Notes = ReadonlyOf<typeof NOTES>;

/** A recorded event with the notes beside its record. */
export type Noted<Entry extends HistoryEntry> = Entry & Notes;
export const NOTED_ENTRY = { name: HISTORY_ENTRY.name, fields: { ...HISTORY_ENTRY.fields, ...NOTES } };
export const NOTED_EVENT = { name: EVENT_ANSWER.name, fields: { ...EVENT_ANSWER.fields, ...NOTES } };

/** Adds notes beside the records of a history, and leaves the records as they are hashed. */
@Injectable()
export class HistoryNotes {
  readonly #disclosures: Disclosures;
  readonly #signatures: Signatures;

  constructor(disclosures: Disclosures, signatures: Signatures) {
    this.#disclosures = disclosures;
    this.#signatures = signatures;
  }

  async noted<Entry extends HistoryEntry>(entry: Entry, principal: Principal): Promise<Noted<Entry>> {
    // If a record is shown in part, only what that part withholds.
    const disclosures = this.#disclosures.openingsIn(entry.record.data, principal);
    const signature = await this.#signature(entry);
    return {
      ...entry,
      ...(disclosures.length > 0 && { disclosures }),
      ...(signature && { signature }),
    };
  }

  async #signature({ record: { metadata } }: HistoryEntry): Promise<Notes['signature']> {
    const signature = metadata['signature'] as CommandSignature | undefined;
    if (signature === undefined) return undefined;
    const { keyId } = parseDetached(signature.jws);
    const { keys } = await this.#signatures.of(signature.organisationId);
    const key = keys.find((each) => each.keyId === keyId);
    const stands = key !== undefined && isInForce(key, metadata['recordedAt'] as string);
    return { keyId, status: stands ? 'in-force' : 'signature-revoked' };
  }
}
