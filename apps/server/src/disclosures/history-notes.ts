import { Injectable } from '@nestjs/common';
import { type Principal } from '#access';
import { isInForce, type CommandSignature } from '#custody';
import { type HistoryEntry } from '#read-model';
import { Signatures, type Disclosure } from '#recording';
import { parseDetached } from '#transparency';
import { Disclosures } from './disclosures.js';

/** A recorded event with what stands beside its record. */
export type Noted<Entry extends HistoryEntry> = Entry & Notes;

interface Notes {
  /** What it withholds and the caller may see. */
  readonly disclosures?: readonly Disclosure[];
  /** Of a signed command: by which key, and whether that key has been revoked since from a moment before `recordedAt`. */
  readonly signature?: { readonly keyId: string; readonly status: 'in-force' | 'signature-revoked' };
}

/** Adds to the records of a history what is not in them, and leaves them as they are hashed. */
@Injectable()
export class HistoryNotes {
  readonly #disclosures: Disclosures;
  readonly #signatures: Signatures;

  constructor(disclosures: Disclosures, signatures: Signatures) {
    this.#disclosures = disclosures;
    this.#signatures = signatures;
  }

  async noted<Entry extends HistoryEntry>(entry: Entry, principal: Principal): Promise<Noted<Entry>> {
    // Of a record that is shown in part, only what is shown.
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
