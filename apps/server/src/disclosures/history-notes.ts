import { Injectable } from '@nestjs/common';
import { type Principal } from '#access';
import { isInForce, type CommandSignature } from '#custody';
import { type HistoryEntry } from '#read-model';
import { Signatures } from '#recording';
import { parseDetached } from '#transparency';
import { type Noted, type Notes } from '../answers/disclosure-answers.js';
import { Disclosures } from './disclosures.js';

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
