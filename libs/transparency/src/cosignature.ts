import { parseCheckpoint } from './checkpoint.js';
import { type NoteSigner, type VerifierKey } from './note-keys.js';
import { ED25519_SIGNATURE_BYTES } from './primitives.js';
import { formatSignatureLine, isBy, parseNote, parseSignatureLine, type NoteSignature } from './signed-note.js';
import { VerificationError } from './verification-error.js';

/** A witness saw the log at this checkpoint, consistent with all it saw before. C2SP tlog-cosignature. */
export interface Cosignature {
  readonly witness: VerifierKey;
  /** POSIX time in seconds at which the witness signed, as it says. */
  readonly timestamp: bigint;
}

const TIMESTAMP_BYTES = 8;
const MAX_TIMESTAMP = (1n << 63n) - 1n;
const utf8 = new TextEncoder();

/**
 * A witness's signature line for a checkpoint, with its newline.
 * @param timestamp POSIX time in seconds.
 * @throws VerificationError `note-malformed`, `checkpoint-malformed`, `key-malformed`, `signature-malformed`.
 */
export function cosign(checkpoint: string, { key, sign }: NoteSigner, timestamp: bigint): string {
  requireWitness(key);
  if (timestamp < 0n || timestamp > MAX_TIMESTAMP) {
    throw new VerificationError('signature-malformed', 'no such time');
  }
  const signature = new Uint8Array(TIMESTAMP_BYTES + ED25519_SIGNATURE_BYTES);
  new DataView(signature.buffer).setBigUint64(0, timestamp);
  signature.set(sign(cosignedMessage(parseCheckpoint(checkpoint).note.text, timestamp)), TIMESTAMP_BYTES);
  return formatSignatureLine({ name: key.name, keyId: key.keyId, signature });
}

/**
 * The cosignatures of these witnesses on a checkpoint, verified. Lines of others are ignored.
 * @returns none when no witness signed: how many are enough is the caller's policy.
 * @throws VerificationError `note-malformed`, `checkpoint-malformed`, `key-malformed`, `signature-malformed`,
 *   `signature-invalid`.
 */
export function verifyCosignatures(checkpoint: string, witnesses: readonly VerifierKey[]): Cosignature[] {
  const { text, signatures } = parseCheckpoint(checkpoint).note;
  return witnesses.flatMap((witness) =>
    signatures.filter((signature) => isBy(signature, witness)).map((signature) => verify(text, signature, witness)),
  );
}

/**
 * Adds a witness's line to a checkpoint after verifying it. A line by the same witness that is there already is replaced
 * if it is older and kept if it is not, so that a note does not grow with repeated visits.
 * @param line with or without its newline.
 * @throws VerificationError as {@link verifyCosignatures}, and `key-unknown` for a line of none of these witnesses.
 */
export function appendCosignature(checkpoint: string, line: string, witnesses: readonly VerifierKey[]): string {
  const { text, signatures } = parseCheckpoint(checkpoint).note;
  if (typeof line !== 'string') throw new VerificationError('note-malformed', 'not a signature line');
  const added = parseSignatureLine(line.endsWith('\n') ? line.slice(0, -1) : line);
  const witness = witnesses.find((key) => isBy(added, key));
  if (witness === undefined) throw new VerificationError('key-unknown', 'no witness of that name and key id');
  const { timestamp } = verify(text, added, witness);
  const present = signatures.filter((signature) => isBy(signature, witness));
  if (present.some((signature) => timestampOf(signature) >= timestamp)) return checkpoint;
  const kept = signatures.filter((signature) => !present.includes(signature));
  const note = `${text}\n${[...kept, added].map(formatSignatureLine).join('')}`;
  parseNote(note); // there may be one too many now
  return note;
}

function verify(text: string, signature: NoteSignature, witness: VerifierKey): Cosignature {
  requireWitness(witness);
  const timestamp = timestampOf(signature);
  const bytes = signature.signature.subarray(TIMESTAMP_BYTES);
  if (!witness.verify(cosignedMessage(text, timestamp), bytes)) {
    throw new VerificationError('signature-invalid', `the cosignature of ${witness.name} is not valid`);
  }
  return { witness, timestamp };
}

function timestampOf({ signature }: NoteSignature): bigint {
  if (signature.length !== TIMESTAMP_BYTES + ED25519_SIGNATURE_BYTES) {
    throw new VerificationError('signature-malformed', 'a cosignature is 8 bytes of time and 64 of signature');
  }
  const timestamp = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  if (timestamp > MAX_TIMESTAMP) throw new VerificationError('signature-malformed', 'no such time');
  return timestamp;
}

/** C2SP tlog-cosignature, "Ed25519 signed message". */
function cosignedMessage(text: string, timestamp: bigint): Uint8Array {
  return utf8.encode(`cosignature/v1\ntime ${timestamp}\n${text}`);
}

function requireWitness(key: VerifierKey): void {
  if (key.type !== 'cosignature') throw new VerificationError('key-malformed', `${key.name} is not a witness's key`);
}
