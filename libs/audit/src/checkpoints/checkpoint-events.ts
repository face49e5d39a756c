import { type EventStore, type StoredEvent } from '#event-store';
import { KeyRing, VerificationError, verifyCheckpoint, type VerifiedCheckpoint } from '#transparency';
import { AlteredLogError } from '../log/altered-log-error.js';

/**
 * The category `checkpoint` holds what the ledger signs, apart from the evidence: no leaf of the tree.
 * - `checkpoint-keys`: `SigningKeyEstablished` { origin, key }, then a `SigningKeyRotated` { record } for each rotation;
 * - `checkpoint-log`: `CheckpointSigned` { size, note }, each with more leaves than the one before, and
 *   `CheckpointCosigned` { size, witness, line } for what witnesses add to the last one.
 */
export const KEY_STREAM = 'checkpoint-keys';
export const CHECKPOINT_STREAM = 'checkpoint-log';

/** A checkpoint that the ledger signed, as its log keeps it. */
export interface SignedCheckpoint extends VerifiedCheckpoint {
  /** The note, without the cosignatures of witnesses. */
  readonly text: string;
}

/**
 * The keys that a log has signed with.
 * @param trusted first key, from elsewhere than the log; default: the one that the log itself names.
 * @returns undefined when the log has never had a key
 * @throws AlteredLogError when a key was put in that the one before did not appoint
 */
export async function readKeyRing(store: EventStore, trusted?: string): Promise<KeyRing | undefined> {
  let ring = trusted === undefined ? undefined : KeyRing.of(trusted);
  for await (const event of store.readStream(KEY_STREAM)) {
    try {
      if (event.type === 'SigningKeyEstablished') ring ??= KeyRing.of(textOf(event, 'key'));
      else if (event.type === 'SigningKeyRotated') ring = ring?.rotated(textOf(event, 'record'));
    } catch (error) {
      throw unsigned(event, error);
    }
  }
  return ring;
}

/**
 * Every checkpoint that the ledger signed, oldest first, each verified.
 * @param through position up to which the log counts
 * @throws AlteredLogError for one that no key of the log has signed
 */
export async function* signedCheckpoints(
  store: EventStore,
  ring: KeyRing,
  through: bigint,
): AsyncGenerator<SignedCheckpoint> {
  for await (const event of store.readStream(CHECKPOINT_STREAM)) {
    if (event.position > through) return;
    if (event.type === 'CheckpointSigned') yield checkpointOf(event, ring);
  }
}

/** @throws AlteredLogError */
export function checkpointOf(event: StoredEvent, ring: KeyRing): SignedCheckpoint {
  const text = textOf(event, 'note');
  try {
    return { ...verifyCheckpoint(text, ring), text };
  } catch (error) {
    throw unsigned(event, error);
  }
}

export function textOf(event: StoredEvent, field: string): string {
  const value = event.data[field];
  return typeof value === 'string' ? value : '';
}

function unsigned({ stream, revision }: StoredEvent, error: unknown): unknown {
  if (!(error instanceof VerificationError)) return error;
  return new AlteredLogError(
    `${stream} at revision ${revision} does not verify (${error.code}: ${error.message}).`,
    undefined,
  );
}
