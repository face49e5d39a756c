import { decodeBase64, encodeBase64 } from './base64.js';
import { isKeyName, toHex, type NoteSigner, type VerifierKey } from './note-keys.js';
import { VerificationError } from './verification-error.js';

/** C2SP signed-note asks for at least 16 signatures, of up to 5 kB each. */
const MAX_NOTE_CHARS = 256 * 1024;
const MAX_SIGNATURES = 64;

/** A signature line, not verified yet. */
export interface NoteSignature {
  readonly name: string;
  /** 8 hexadecimal digits. */
  readonly keyId: string;
  /** What follows the key id: its form depends on the key's type. */
  readonly signature: Uint8Array;
}

/** A note taken apart. Nothing in it is verified. */
export interface SignedNote {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const utf8 = new TextEncoder();
// Half a surrogate pair has no UTF-8, and only the newline may stand below U+0020.
const FORBIDDEN = /[\0-\x09\x0b-\x1f\p{Surrogate}]/u;
const SIGNATURE_LINE = /^— ([^ ]+) ([A-Za-z0-9+/=]+)$/;
const KEY_ID_BYTES = 4;

/** Takes a signed note apart. C2SP signed-note, "Format". @throws VerificationError `note-malformed`. */
export function parseNote(note: string): SignedNote {
  if (typeof note !== 'string') throw new VerificationError('note-malformed', 'a note is text');
  if (note.length > MAX_NOTE_CHARS) throw new VerificationError('note-malformed', `over ${MAX_NOTE_CHARS} characters`);
  if (FORBIDDEN.test(note)) throw new VerificationError('note-malformed', 'a character that no note may hold');
  // The text may hold empty lines: the last one separates.
  const split = note.lastIndexOf('\n\n');
  if (split < 1 || !note.endsWith('\n')) throw new VerificationError('note-malformed', 'no text and signatures');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new VerificationError('note-malformed', `over ${MAX_SIGNATURES} signatures`);
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/** Reads a signature line, without its newline. @throws VerificationError `note-malformed`. */
export function parseSignatureLine(line: string): NoteSignature {
  const match = SIGNATURE_LINE.exec(line);
  const bytes = match === null ? undefined : decodeBase64(match[2]!);
  if (match === null || bytes === undefined || bytes.length <= KEY_ID_BYTES || !isKeyName(match[1]!)) {
    throw new VerificationError('note-malformed', 'not a signature line');
  }
  return {
    name: match[1]!,
    keyId: toHex(bytes.subarray(0, KEY_ID_BYTES)),
    signature: bytes.subarray(KEY_ID_BYTES),
  };
}

/** `— name base64(key id ‖ signature)`, with its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const id = [0, 2, 4, 6].map((at) => parseInt(keyId.slice(at, at + 2), 16));
  return `— ${name} ${encodeBase64(Uint8Array.of(...id, ...signature))}\n`;
}

/**
 * Signs a text with the keys of the log itself (type `ed25519`), one line each.
 * @param text with its last newline.
 * @throws VerificationError `note-malformed`, `key-malformed` (a witness's key signs by `cosign`).
 */
export function signNote(text: string, ...signers: readonly NoteSigner[]): string {
  const lines = signers.map(({ key, sign }) => {
    if (key.type !== 'ed25519') throw new VerificationError('key-malformed', `${key.name} is not a key of that type`);
    return formatSignatureLine({ name: key.name, keyId: key.keyId, signature: sign(utf8.encode(text)) });
  });
  const note = `${text}\n${lines.join('')}`;
  if (parseNote(note).text !== text) throw new VerificationError('note-malformed', 'not a text that can be signed');
  return note;
}

/**
 * Verifies every signature that one of these keys of type `ed25519` made. Signatures of other keys are ignored.
 * @returns the keys that signed, at least one.
 * @throws VerificationError `signature-missing`: none of these keys signed; `signature-invalid`: one did not sign this.
 */
export function verifyNote({ text, signatures }: SignedNote, keys: readonly VerifierKey[]): VerifierKey[] {
  const message = utf8.encode(text);
  const signedBy = keys.filter((key) => {
    if (key.type !== 'ed25519') return false;
    const own = signatures.filter((signature) => isBy(signature, key));
    if (!own.every(({ signature }) => key.verify(message, signature))) {
      throw new VerificationError('signature-invalid', `the signature of ${key.name} (${key.keyId}) is not valid`);
    }
    return own.length > 0;
  });
  if (signedBy.length === 0) throw new VerificationError('signature-missing', 'no signature of a key that is trusted');
  return signedBy;
}

/** Name and key id together say which key made a signature. */
export function isBy(signature: NoteSignature, key: VerifierKey): boolean {
  return signature.name === key.name && signature.keyId === key.keyId;
}
