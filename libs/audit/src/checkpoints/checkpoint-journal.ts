import { v4 } from 'uuid';
import { EventStoreError, type EventStore, type JsonObject, type StoredEvent } from '#event-store';
import {
  appendCosignature,
  formatVerifierKey,
  KeyRing,
  parseVerifierKey,
  signKeyRotation,
  VerificationError,
  type NoteSigner,
} from '#transparency';
import { type LedgerClock } from '#recording';
import { AlteredLogError } from '../log/altered-log-error.js';
import {
  CHECKPOINT_STREAM,
  checkpointOf,
  KEY_STREAM,
  readKeyRing,
  textOf,
  type SignedCheckpoint,
} from './checkpoint-events.js';

/** Checkpoints and the keys that sign them, kept as events of the log itself: they survive every rebuild. */
export class CheckpointJournal {
  #last: SignedCheckpoint | undefined;
  #cosigned = '';
  #revision: bigint | undefined;
  /** Where the last checkpoint is in the log. */
  #place: Pick<StoredEvent, 'id' | 'revision'> | undefined;

  readonly #store: EventStore;
  readonly #clock: LedgerClock;
  #keys: KeyRing;

  private constructor(store: EventStore, clock: LedgerClock, keys: KeyRing) {
    this.#store = store;
    this.#clock = clock;
    this.#keys = keys;
  }

  /**
   * @param establish names the first key of a log that never had one
   * @throws AlteredLogError when what the log keeps does not verify
   */
  static async open(store: EventStore, clock: LedgerClock, establish: () => NoteSigner): Promise<CheckpointJournal> {
    const ring = (await readKeyRing(store)) ?? (await establishKey(store, clock, establish()));
    const journal = new CheckpointJournal(store, clock, ring);
    await journal.#readLast();
    return journal;
  }

  get ring(): KeyRing {
    return this.#keys;
  }

  /** The last checkpoint that was signed. */
  get last(): SignedCheckpoint | undefined {
    return this.#last;
  }

  /** The last checkpoint with the cosignatures of its witnesses. */
  get note(): string | undefined {
    return this.#last === undefined ? undefined : this.#cosigned;
  }

  /**
   * Keeps a checkpoint. When another server of the same log was faster, its checkpoint becomes the last one.
   * @returns false when it was
   */
  async add(note: string, size: bigint): Promise<boolean> {
    const kept = await this.#append('CheckpointSigned', { size: String(size), note });
    if (kept === undefined) return false;
    this.#place = kept;
    this.#last = checkpointOf(kept, this.#keys);
    this.#cosigned = this.#last.text;
    return true;
  }

  /**
   * Adds a witness's line to the last checkpoint (C2SP tlog-cosignature).
   * @param witness its verifier key
   * @throws VerificationError `key-malformed`, `key-unknown`, `note-malformed`, `signature-malformed`, `signature-invalid`
   */
  async cosign(line: string, witness: string): Promise<string> {
    const last = this.#last;
    if (last === undefined) throw new VerificationError('signature-invalid', 'there is no checkpoint yet');
    const before = this.#cosigned;
    const note = appendCosignature(before, line, [parseVerifierKey(witness)]);
    if (note === before) return note;
    const kept = await this.#append('CheckpointCosigned', { size: String(last.size), witness, line: line.trimEnd() });
    if (kept === undefined || this.#last !== last) {
      throw new VerificationError('signature-invalid', 'the checkpoint has been followed by another meanwhile');
    }
    this.#cosigned = note;
    return note;
  }

  /** Appoints the next key, from the last checkpoint's size on. */
  async rotate(current: NoteSigner, next: NoteSigner): Promise<bigint> {
    const size = this.#last?.size ?? 0n;
    const record = signKeyRotation(size, current, next);
    const ring = this.#keys.rotated(record);
    let revision = 0n;
    for await (const event of this.#store.readStream(KEY_STREAM, { direction: 'backwards', limit: 1 })) {
      revision = event.revision;
    }
    await this.#store.append(KEY_STREAM, [this.#event('SigningKeyRotated', { record })], revision);
    this.#keys = ring;
    return size;
  }

  async #requirePlace(): Promise<void> {
    const place = this.#place;
    if (!place) return;
    for await (const { id } of this.#store.readStream(CHECKPOINT_STREAM, { from: place.revision, limit: 1 })) {
      if (id === place.id) return;
    }
    const finding = `the checkpoint over ${this.#last?.size ?? 0n} events, revision ${place.revision} of ${CHECKPOINT_STREAM}, is no longer there.`;
    throw new AlteredLogError(finding, undefined);
  }

  async #append(type: string, data: JsonObject): Promise<StoredEvent | undefined> {
    const event = this.#event(type, data);
    try {
      const { revision } = await this.#store.append(CHECKPOINT_STREAM, [event], this.#revision ?? 'no-stream');
      this.#revision = revision;
      return { ...event, stream: CHECKPOINT_STREAM, revision, position: 0n, record: new Uint8Array(0) };
    } catch (error) {
      if (!(error instanceof EventStoreError) || error.code !== 'revision-conflict') throw error;
      await this.#readLast();
      // Every reader skips what others append after the last of its own events.
      if (error.actualRevision !== undefined) this.#revision = error.actualRevision;
      return undefined;
    }
  }

  #event(type: string, data: JsonObject): { id: string; type: string; data: JsonObject; metadata: JsonObject } {
    return { id: v4(), type, data, metadata: { recordedAt: this.#clock.now(), schemaVersion: 1 } };
  }

  /** Adopts what another server of the same log has signed. */
  async refresh(): Promise<void> {
    await this.#readLast();
  }

  /** @throws AlteredLogError when the log no longer has the last checkpoint where it was kept */
  async #readLast(): Promise<void> {
    await this.#requirePlace();
    const added: StoredEvent[] = [];
    this.#revision = undefined;
    this.#keys = (await readKeyRing(this.#store)) ?? this.#keys;
    for await (const event of this.#store.readStream(CHECKPOINT_STREAM, { direction: 'backwards' })) {
      this.#revision ??= event.revision;
      if (event.type !== 'CheckpointSigned') {
        added.unshift(event);
        continue;
      }
      this.#place = event;
      this.#last = checkpointOf(event, this.#keys);
      this.#cosigned = added.reduce(withCosignature, this.#last.text);
      return;
    }
  }
}

function withCosignature(note: string, event: StoredEvent): string {
  if (event.type !== 'CheckpointCosigned') return note;
  try {
    return appendCosignature(note, textOf(event, 'line'), [parseVerifierKey(textOf(event, 'witness'))]);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    throw new AlteredLogError(`the cosignature at revision ${event.revision} of ${event.stream} is wrong.`, undefined);
  }
}

async function establishKey(store: EventStore, clock: LedgerClock, { key }: NoteSigner): Promise<KeyRing> {
  const event = {
    id: v4(),
    type: 'SigningKeyEstablished',
    data: { origin: key.name, key: formatVerifierKey(key) },
    metadata: { recordedAt: clock.now(), schemaVersion: 1 },
  };
  try {
    await store.append(KEY_STREAM, [event], 'no-stream');
    return KeyRing.of(key);
  } catch (error) {
    if (!(error instanceof EventStoreError) || error.code !== 'revision-conflict') throw error;
    return (await readKeyRing(store))!; // another server began the log at the same moment
  }
}
