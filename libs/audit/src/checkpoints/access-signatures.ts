import { createHash } from 'node:crypto';
import { type EventStore, type NewEvent, type StoredEvent } from '#event-store';
import {
  canonicalBytes,
  KeyRing,
  parseNote,
  signNote,
  VerificationError,
  verifyNote,
  type NoteSigner,
  type VerifierKey,
} from '#transparency';
import { KEY_STREAM, textOf } from './checkpoint-events.js';

/** Categories of the streams that grant access: each of their events is signed by the log's key. */
export const ACCESS_CATEGORIES: readonly string[] = ['access', 'administrator'];

/** Where the signature is in an event's metadata: a signature line of a C2SP signed note, without its newline. */
const FIELD = 'ledgerSignature';

/** A key of the log, with the position from which it is valid. */
interface Office {
  readonly key: VerifierKey;
  readonly after: bigint;
}

/** The key that was valid at each position of a log, from the events that name the keys. */
export class KeysInOffice {
  #ring: KeyRing | undefined;
  readonly #offices: Office[] = [];

  /** @param trusted the log's first key, from elsewhere; default: the one that the log itself names */
  constructor(trusted?: string) {
    if (trusted === undefined) return;
    this.#ring = KeyRing.of(trusted);
    this.#offices.push({ key: this.#ring.current, after: -1n });
  }

  static async read(store: Pick<EventStore, 'readStream'>): Promise<KeysInOffice> {
    const keys = new KeysInOffice();
    for await (const event of store.readStream(KEY_STREAM)) keys.take(event);
    return keys;
  }

  /** Takes the next event of {@link KEY_STREAM}. A key that was not appointed by the one before it is not accepted. */
  take(event: StoredEvent): void {
    const before = this.#ring;
    try {
      if (event.type === 'SigningKeyEstablished') this.#ring ??= KeyRing.of(textOf(event, 'key'));
      else if (event.type === 'SigningKeyRotated') this.#ring = before?.rotated(textOf(event, 'record'));
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
    }
    if (this.#ring && this.#ring !== before) this.#offices.push({ key: this.#ring.current, after: event.position });
  }

  /**
   * Why an event of an access stream is not the ledger's own: not signed, or not by the key that was valid at its
   * position. An old key grants no access once it has been replaced.
   * @returns undefined when it is the ledger's
   */
  against(event: StoredEvent): string | undefined {
    const { [FIELD]: line, ...metadata } = event.metadata;
    if (typeof line !== 'string') return `${event.type} without a signature of the ledger`;
    const office = this.#offices.findLast(({ after }) => after < event.position);
    if (office === undefined) return `${event.type} before the log had a key`;
    try {
      const statement = statementOf(office.key.name, event.stream, { ...event, metadata });
      verifyNote(parseNote(`${statement}\n${line}\n`), [office.key]);
      return undefined;
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      return `${event.type} that the log’s key in office did not sign (${error.code})`;
    }
  }
}

/**
 * An event with a signature by the log's key over all of it but its revision. The signature binds id and stream, so the
 * event means the same wherever in its stream it is put.
 */
export function signedAccessEvent<E extends NewEvent>(stream: string, event: E, signer: NoteSigner): E {
  const note = signNote(statementOf(signer.key.name, stream, event), signer);
  return { ...event, metadata: { ...event.metadata, [FIELD]: note.slice(note.lastIndexOf('\n\n') + 2, -1) } };
}

/** What is signed. The first line keeps it apart from a checkpoint, whose first line is the origin, and from a rotation. */
function statementOf(origin: string, stream: string, { data, id, metadata, type }: NewEvent): string {
  const record = canonicalBytes({ data, id, metadata, stream, type });
  return `lodebook-access/v1\n${origin}\n${createHash('sha256').update(record).digest('hex')}\n`;
}
