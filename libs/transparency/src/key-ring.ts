import { MAX_TREE_SIZE } from './merkle.js';
import { formatVerifierKey, parseVerifierKey, type NoteSigner, type VerifierKey } from './note-keys.js';
import { parseNote, signNote, verifyNote } from './signed-note.js';
import { VerificationError } from './verification-error.js';

interface Tenure {
  readonly key: VerifierKey;
  /** Sizes of the checkpoints that the key may sign, both inclusive. */
  readonly from: bigint;
  readonly until: bigint;
}

/** From `size` on the log signs with another key. */
export interface KeyRotation {
  readonly origin: string;
  /** The last checkpoint under the old key has at most, the first under the new key at least so many leaves. */
  readonly size: bigint;
  readonly nextKey: VerifierKey;
}

const ROTATION_HEADER = 'lodebook-key-rotation/v1';
const ROTATION = /^lodebook-key-rotation\/v1\n(.+)\nfrom (0|[1-9][0-9]{0,18})\n(.+)\n$/;

/**
 * The keys that one log has signed with, each for the sizes at which it was in use. Whoever trusts the first key follows the
 * rotation records to the present one, and can verify checkpoints of any time.
 */
export class KeyRing {
  readonly #tenures: readonly Tenure[];

  private constructor(
    /** Name of every key in the ring, and origin of the log. */
    readonly origin: string,
    tenures: readonly Tenure[],
  ) {
    this.#tenures = tenures;
  }

  /** A ring of the one key that is trusted to begin with. @throws VerificationError `key-malformed`. */
  static of(key: VerifierKey | string): KeyRing {
    const first = typeof key === 'string' ? parseVerifierKey(key) : key;
    if (first.type !== 'ed25519') throw new VerificationError('key-malformed', 'not the key of a log');
    return new KeyRing(first.name, [{ key: first, from: 0n, until: MAX_TREE_SIZE }]);
  }

  /** The key that signs now. */
  get current(): VerifierKey {
    return this.#tenures.at(-1)!.key;
  }

  /** Whether the log has ever signed with this key, given in its text form. */
  has(key: string): boolean {
    return this.#tenures.some((tenure) => formatVerifierKey(tenure.key) === key);
  }

  /** Keys in use at a size: one, or two where a rotation took place. */
  keysAt(size: bigint): VerifierKey[] {
    return this.#tenures.filter(({ from, until }) => from <= size && size <= until).map(({ key }) => key);
  }

  /**
   * The ring after a rotation. The record must be signed by the key that is current, and by the next one: nobody can appoint
   * a key without holding it.
   * @throws VerificationError `note-malformed`, `key-malformed`, `origin-mismatch`, `size-out-of-range` (before an earlier
   *   rotation), `signature-missing`, `signature-invalid`.
   */
  rotated(record: string): KeyRing {
    const note = parseNote(record);
    const { origin, size, nextKey } = readRotation(note.text);
    if (origin !== this.origin) throw new VerificationError('origin-mismatch', `a rotation of another log's key`);
    verifyNote(note, [this.current]);
    verifyNote(note, [nextKey]);
    const last = this.#tenures.at(-1)!;
    if (size < last.from) throw new VerificationError('size-out-of-range', 'a rotation before the one before it');
    return new KeyRing(this.origin, [
      ...this.#tenures.slice(0, -1),
      { ...last, until: size },
      { key: nextKey, from: size, until: MAX_TREE_SIZE },
    ]);
  }
}

/**
 * The record of a rotation, to be kept in the log's `checkpoint-` category: a note signed by the old and the new key.
 * Its first line keeps it apart from a checkpoint, whose third line no `from …` can be.
 * @throws VerificationError `key-malformed` (names differ), `size-out-of-range`.
 */
export function signKeyRotation(size: bigint, oldSigner: NoteSigner, newSigner: NoteSigner): string {
  const origin = oldSigner.key.name;
  const text = `${ROTATION_HEADER}\n${origin}\nfrom ${size}\n${formatVerifierKey(newSigner.key)}\n`;
  readRotation(text);
  return signNote(text, oldSigner, newSigner);
}

/** Reads a rotation record without verifying it. @throws VerificationError `note-malformed`, `key-malformed`, …. */
export function parseKeyRotation(record: string): KeyRotation {
  return readRotation(parseNote(record).text);
}

function readRotation(text: string): KeyRotation {
  const match = ROTATION.exec(text);
  if (match === null) throw new VerificationError('note-malformed', 'not the record of a key rotation');
  const [, origin, decimal, vkey] = match as unknown as [string, string, string, string];
  const size = BigInt(decimal);
  if (size > MAX_TREE_SIZE) throw new VerificationError('size-out-of-range', 'no such tree size');
  const nextKey = parseVerifierKey(vkey);
  if (nextKey.name !== origin || nextKey.type !== 'ed25519') {
    throw new VerificationError('key-malformed', 'the next key must be a key of the same log');
  }
  return { origin, size, nextKey };
}
