import {
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type StoredEvent,
  type StreamFinding,
} from '#event-store';
import { type NoteSigner } from '#transparency';
import { AuditError } from '../log/audit-error.js';
import { ACCESS_CATEGORIES, KeysInOffice, signedAccessEvent } from './access-signatures.js';

/** The events that grant access: signed when they are appended, and checked against the signature when they are read. */
export class AccessLog {
  #keys = new KeysInOffice();
  #underWay: Promise<unknown> = Promise.resolve();

  readonly #store: EventStore;
  readonly #signer: () => NoteSigner | undefined;

  private constructor(store: EventStore, signer: () => NoteSigner | undefined) {
    this.#store = store;
    this.#signer = signer;
  }

  /** @param signer with the log's current key; undefined while this server does not have it */
  static async open(store: EventStore, signer: () => NoteSigner | undefined): Promise<AccessLog> {
    const log = new AccessLog(store, signer);
    await log.refresh();
    return log;
  }

  static isAccess(stream: string): boolean {
    return ACCESS_CATEGORIES.some((category) => stream.startsWith(`${category}-`));
  }

  /** The store's `append`, signed. @throws AuditError `signing-key-missing`, and what the store throws */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult> {
    return this.alone(async () => {
      const signer = this.#signer();
      if (signer === undefined) {
        throw new AuditError(
          'signing-key-missing',
          'The key of the log is not at this server, and no access can be granted or revoked without its signature.',
        );
      }
      return this.#store.append(
        stream,
        events.map((event) => signedAccessEvent(stream, event, signer)),
        expected,
      );
    });
  }

  /** Why an event is not the ledger's own ({@link KeysInOffice.against}); undefined: it is. */
  finding(event: StoredEvent): StreamFinding | undefined {
    const detail = this.#keys.against(event);
    if (detail === undefined) return undefined;
    const { stream, revision, position } = event;
    return { stream, revision, position, detail, kind: 'unsigned-key-event' };
  }

  /** Reads the keys that the log has had; call this before checking newly appended events against them. */
  async refresh(): Promise<void> {
    this.#keys = await KeysInOffice.read(this.#store);
  }

  /** One operation at a time, so that nothing signed by a key is appended after the rotation that replaces it. */
  alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#underWay.then(act, act);
    this.#underWay = done.catch(() => undefined);
    return done;
  }
}
