import { decodeBase64Url, encodeBase64Url } from './base64.js';
import { canonicalBytes, canonicalText } from './canonical-json.js';
import {
  ED25519_KEY_BYTES,
  ED25519_SIGNATURE_BYTES,
  ed25519Signer,
  ed25519Verifier,
  ed25519VerifierElsewhere,
  type Ed25519Verifier,
} from './primitives.js';
import { VerificationError } from './verification-error.js';

/** Longest compact form taken: a header of some key id, two dots, 86 characters of signature. */
const MAX_JWS_CHARS = 1024;
const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A detached JWS taken apart, not verified. */
export interface DetachedJws {
  /** Which key, as the signer says. */
  readonly keyId: string;
  /** The protected header as it was sent: it is part of what is signed. */
  readonly encodedHeader: string;
  readonly signature: Uint8Array;
}

/**
 * Signs the canonical bytes of a value: a compact JWS without its payload (RFC 7515 App. F), algorithm EdDSA (RFC 8037),
 * header `{"alg":"EdDSA","kid":…}`.
 * @param seed Ed25519 private key, 32 bytes.
 * @throws VerificationError `key-malformed`, or why the value has no canonical form.
 */
export function signDetached(value: unknown, keyId: string, seed: Uint8Array): string {
  requireKey(seed);
  const encodedHeader = encodeBase64Url(canonicalBytes({ alg: 'EdDSA', kid: keyId }));
  const jws = `${encodedHeader}..${encodeBase64Url(ed25519Signer(seed).sign(signingInput(encodedHeader, value)))}`;
  parseDetached(jws);
  return jws;
}

/**
 * Takes a detached JWS apart. Only one spelling is taken: canonical base64url, a canonical header of `alg` and `kid` and
 * nothing else, so that `none`, `crit`, embedded keys and the like never come to be considered.
 * @throws VerificationError `signature-malformed`.
 */
export function parseDetached(jws: string): DetachedJws {
  if (typeof jws !== 'string' || jws.length > MAX_JWS_CHARS) throw malformed('not a detached JWS');
  const [encodedHeader, payload, encodedSignature, ...more] = jws.split('.');
  if (encodedHeader === undefined || payload !== '' || encodedSignature === undefined || more.length > 0) {
    throw malformed('not a compact JWS without its payload');
  }
  const signature = decodeBase64Url(encodedSignature);
  if (signature?.length !== ED25519_SIGNATURE_BYTES) throw malformed('not the base64url of an Ed25519 signature');
  return { keyId: keyIdIn(encodedHeader), encodedHeader, signature };
}

/**
 * Verifies a detached JWS over the canonical bytes of a value.
 * @param key from {@link publicKeyVerifier}: keep it, its making costs as much as a verification.
 * @throws VerificationError `signature-malformed`, `signature-invalid`, or why the value has no canonical form.
 */
export function verifyDetached(jws: string, value: unknown, key: Ed25519Verifier): DetachedJws {
  const parsed = parseDetached(jws);
  if (!key(signingInput(parsed.encodedHeader, value), parsed.signature)) {
    throw new VerificationError('signature-invalid', 'the signature is not of this value by this key');
  }
  return parsed;
}

/**
 * The bytes that a detached JWS over a value signs, for whoever verifies many of them by means of their own.
 * @throws VerificationError `signature-malformed`, or why the value has no canonical form.
 */
export function detachedInput(jws: string, value: unknown): Uint8Array {
  return signingInput(parseDetached(jws).encodedHeader, value);
}

/** @param publicKey Ed25519, 32 bytes. @throws VerificationError `key-malformed`. */
export function publicKeyVerifier(publicKey: Uint8Array): Ed25519Verifier {
  requireKey(publicKey);
  return ed25519Verifier(publicKey);
}

/** As {@link publicKeyVerifier}, on another thread where there is one. */
export function publicKeyVerifierElsewhere(
  publicKey: Uint8Array,
): (message: Uint8Array, signature: Uint8Array) => Promise<boolean> {
  requireKey(publicKey);
  return ed25519VerifierElsewhere(publicKey);
}

function signingInput(encodedHeader: string, value: unknown): Uint8Array {
  return utf8.encode(`${encodedHeader}.${encodeBase64Url(canonicalBytes(value))}`);
}

function keyIdIn(encodedHeader: string): string {
  const bytes = decodeBase64Url(encodedHeader);
  if (bytes === undefined) throw malformed('the header is not canonical base64url');
  let header: unknown;
  let text: string;
  try {
    text = strictUtf8.decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    throw new VerificationError('signature-malformed', 'the header is not JSON', { cause: error });
  }
  const keyId = typeof header === 'object' && header !== null ? (header as { kid?: unknown }).kid : undefined;
  if (typeof keyId !== 'string' || keyId === '' || !isCanonicalHeader(text, keyId)) {
    throw malformed('the header must be {"alg":"EdDSA","kid":…} in canonical form');
  }
  return keyId;
}

function isCanonicalHeader(text: string, keyId: string): boolean {
  try {
    return text === canonicalText({ alg: 'EdDSA', kid: keyId });
  } catch {
    return false; // a key id with half a surrogate pair
  }
}

function requireKey(bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array) || bytes.length !== ED25519_KEY_BYTES) {
    throw new VerificationError('key-malformed', `an Ed25519 key has ${ED25519_KEY_BYTES} bytes`);
  }
}

function malformed(message: string): VerificationError {
  return new VerificationError('signature-malformed', message);
}
