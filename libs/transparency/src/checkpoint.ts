import { decodeBase64, encodeBase64 } from './base64.js';
import { KeyRing } from './key-ring.js';
import { EMPTY_ROOT, MAX_TREE_SIZE } from './merkle.js';
import { equalBytes } from './merkle-verification.js';
import { type VerifierKey } from './note-keys.js';
import { HASH_BYTES } from './primitives.js';
import { parseNote, verifyNote, type SignedNote } from './signed-note.js';
import { VerificationError } from './verification-error.js';

/** The state of a log at one size. C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Which log. */
  readonly origin: string;
  /** Leaves. */
  readonly size: bigint;
  readonly root: Uint8Array;
  /** Opaque further lines. This ledger writes none. */
  readonly extensions: readonly string[];
}

/** A checkpoint with the note it stands in. Not verified. */
export interface ParsedCheckpoint extends Checkpoint {
  readonly note: SignedNote;
}

const DECIMAL = /^(0|[1-9][0-9]{0,18})$/;
const FORBIDDEN = /[\0-\x1f\p{Surrogate}]/u;

/** The text to sign: origin, size and root, each with a newline. @throws VerificationError `checkpoint-malformed`. */
export function formatCheckpoint(checkpoint: Omit<Checkpoint, 'extensions'> & Partial<Checkpoint>): string {
  const { origin, size, root, extensions = [] } = checkpoint;
  if ([origin, ...extensions].some((line) => line === '' || FORBIDDEN.test(line))) {
    throw new VerificationError('checkpoint-malformed', 'origin and extensions are lines that are not empty');
  }
  const text = `${[origin, size.toString(), encodeBase64(root), ...extensions].join('\n')}\n`;
  parseBody(text);
  return text;
}

/**
 * Reads a signed checkpoint without verifying it. C2SP tlog-checkpoint, "Note text".
 * @throws VerificationError `note-malformed`, `checkpoint-malformed`.
 */
export function parseCheckpoint(text: string): ParsedCheckpoint {
  const note = parseNote(text);
  return { ...parseBody(note.text), note };
}

/**
 * Reads a signed checkpoint and verifies that the log signed it: with this key, or with the key of the ring that was valid
 * at its size. Signatures of unknown keys are ignored, as the note specification wants.
 * @param key a verifier key, in its text form or read already, or a ring of the keys one log has had. Its name is the
 *   origin that the checkpoint must have.
 * @throws VerificationError `key-malformed`, `note-malformed`, `checkpoint-malformed`, `origin-mismatch`,
 *   `signature-missing`, `signature-invalid`.
 */
export function verifyCheckpoint(text: string, key: VerifierKey | string | KeyRing): VerifiedCheckpoint {
  const ring = key instanceof KeyRing ? key : KeyRing.of(key);
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.origin !== ring.origin) {
    throw new VerificationError('origin-mismatch', `a checkpoint of another log than ${ring.origin}`);
  }
  return { ...checkpoint, signedBy: verifyNote(checkpoint.note, ring.keysAt(checkpoint.size)) };
}

export interface VerifiedCheckpoint extends ParsedCheckpoint {
  /** Keys of the log whose signatures were verified. */
  readonly signedBy: readonly VerifierKey[];
}

function parseBody(text: string): Checkpoint {
  const lines = text.slice(0, -1).split('\n');
  const [origin, decimal, base64, ...extensions] = lines;
  if (origin === undefined || decimal === undefined || base64 === undefined || lines.includes('')) {
    throw new VerificationError('checkpoint-malformed', 'a checkpoint has at least three lines, none of them empty');
  }
  const size = DECIMAL.test(decimal) ? BigInt(decimal) : -1n;
  if (size < 0n || size > MAX_TREE_SIZE) {
    throw new VerificationError('checkpoint-malformed', 'the second line is not a tree size');
  }
  const root = decodeBase64(base64);
  if (root?.length !== HASH_BYTES) {
    throw new VerificationError('checkpoint-malformed', 'the third line is not the base64 of a root');
  }
  if (size === 0n && !equalBytes(root, EMPTY_ROOT)) {
    throw new VerificationError('checkpoint-malformed', 'not the root of an empty tree');
  }
  return { origin, size, root, extensions };
}
