import { decodeBase64, encodeBase64 } from './base64.js';
import {
  ED25519_KEY_BYTES,
  ed25519Signer,
  ed25519Verifier,
  sha256,
  type Ed25519Signer,
  type Ed25519Verifier,
} from './primitives.js';
import { VerificationError } from './verification-error.js';

/** Signature type bytes of C2SP signed-note that are taken: the log's own signature, and a witness's timestamped one. */
const TYPE_BYTES = { ed25519: 0x01, cosignature: 0x04 } as const;
export type NoteKeyType = keyof typeof TYPE_BYTES;
const KEY_TYPES = ['ed25519', 'cosignature'] as const;

/** A public key under the name it signs with. */
export interface VerifierKey {
  readonly name: string;
  readonly type: NoteKeyType;
  /** SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4], 8 hexadecimal digits. A hint which key it was, not an identity. */
  readonly keyId: string;
  readonly publicKey: Uint8Array;
  /** Plain Ed25519 over the message. What the message is depends on the type. */
  readonly verify: Ed25519Verifier;
}

/** A key that can sign, with its public side. */
export interface NoteSigner {
  readonly key: VerifierKey;
  readonly sign: Ed25519Signer['sign'];
}

const utf8 = new TextEncoder();
const MAX_KEY_CHARS = 1024;
// C2SP signed-note: no Unicode space, no plus; no control character may stand in a note at all.
const NAME = /^[^\s\p{White_Space}\p{Cc}\p{Surrogate}+]+$/u;

/** @throws VerificationError `key-malformed`: a name that cannot stand in a note, or a key that is not 32 bytes. */
export function verifierKey(name: string, publicKey: Uint8Array, type: NoteKeyType = 'ed25519'): VerifierKey {
  requireName(name);
  requireKeyBytes(publicKey);
  const typed = Uint8Array.of(TYPE_BYTES[type], ...publicKey);
  const keyId = toHex(sha256(Uint8Array.of(...utf8.encode(name), 0x0a, ...typed)).subarray(0, 4));
  return { name, type, keyId, publicKey: Uint8Array.from(publicKey), verify: ed25519Verifier(publicKey) };
}

/** `name+keyId+base64(type ‖ public key)`, the "vkey" of C2SP signed-note. */
export function formatVerifierKey({ name, type, keyId, publicKey }: VerifierKey): string {
  return `${name}+${keyId}+${encodeBase64(Uint8Array.of(TYPE_BYTES[type], ...publicKey))}`;
}

/** @throws VerificationError `key-malformed`. */
export function parseVerifierKey(text: string): VerifierKey {
  const { name, keyId, type, bytes } = splitKey(text);
  const key = verifierKey(name, bytes, type);
  if (key.keyId !== keyId) throw new VerificationError('key-malformed', 'the key id is not that of the key');
  return key;
}

/**
 * @param seed 32 random bytes, the Ed25519 private key of RFC 8032 §5.1.5.
 * @throws VerificationError `key-malformed`.
 */
export function noteSigner(name: string, seed: Uint8Array, type: NoteKeyType = 'ed25519'): NoteSigner {
  requireName(name);
  requireKeyBytes(seed);
  const { publicKey, sign } = ed25519Signer(seed);
  return { key: verifierKey(name, publicKey, type), sign };
}

const SECRET_PREFIX = 'PRIVATE+KEY+';

/** A signing key as `golang.org/x/mod/sumdb/note` writes it: `PRIVATE+KEY+name+keyId+base64(type ‖ seed)`. A secret. */
export function formatSigningKey(name: string, seed: Uint8Array, type: NoteKeyType = 'ed25519'): string {
  const { key } = noteSigner(name, seed, type);
  return `${SECRET_PREFIX}${name}+${key.keyId}+${encodeBase64(Uint8Array.of(TYPE_BYTES[type], ...seed))}`;
}

/** Reads {@link formatSigningKey}. @throws VerificationError `key-malformed`, never with the key in its message. */
export function parseSigningKey(text: string): NoteSigner {
  if (typeof text !== 'string' || !text.startsWith(SECRET_PREFIX)) {
    throw new VerificationError('key-malformed', 'not a signing key');
  }
  const { name, keyId, type, bytes } = splitKey(text.slice(SECRET_PREFIX.length));
  const signer = noteSigner(name, bytes, type);
  if (signer.key.keyId !== keyId) throw new VerificationError('key-malformed', 'the key id is not that of the key');
  return signer;
}

function splitKey(text: string): { name: string; keyId: string; type: NoteKeyType; bytes: Uint8Array } {
  if (typeof text !== 'string' || text.length > MAX_KEY_CHARS) {
    throw new VerificationError('key-malformed', 'not a key');
  }
  // The name holds no plus, but base64 may: only the first two separate.
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  const typed = second < 0 ? undefined : decodeBase64(text.slice(second + 1));
  if (typed === undefined) throw new VerificationError('key-malformed', 'not of the form name+keyId+base64');
  const type = KEY_TYPES.find((known) => TYPE_BYTES[known] === typed[0]);
  if (type === undefined) throw new VerificationError('key-malformed', 'the key is of no type that is known here');
  return { name: text.slice(0, first), keyId: text.slice(first + 1, second), type, bytes: typed.subarray(1) };
}

export function isKeyName(name: string): boolean {
  return NAME.test(name);
}

function requireName(name: string): void {
  if (typeof name !== 'string' || name.length > MAX_KEY_CHARS || !isKeyName(name)) {
    throw new VerificationError('key-malformed', 'a key name has no spaces, pluses or control characters');
  }
}

function requireKeyBytes(bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array) || bytes.length !== ED25519_KEY_BYTES) {
    throw new VerificationError('key-malformed', `an Ed25519 key has ${ED25519_KEY_BYTES} bytes`);
  }
}

export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}
