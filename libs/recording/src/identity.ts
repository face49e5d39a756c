import { createHash, hash, randomBytes, randomUUID } from 'node:crypto';
import { canonicalBytes } from '#transparency';
import { type JsonValue } from '#event-store';

/** Namespace of Lodebook's derived ids; fixed for ever, since retries must derive the same ids. */
const NAMESPACE = '7f0f6a52-7c0e-5e0b-9d55-0d8f1a7f6b11';

/** With a key: the same for each retry by the same principal. Without: new. */
export function commandIdOf(principal: string, idempotencyKey: string | undefined): string {
  return idempotencyKey === undefined ? randomUUID() : uuidV5(`${principal}\n${idempotencyKey}`, NAMESPACE);
}

/** A retry after an ambiguous failure appends under the same ids, which the store knows. */
export function eventIdOf(commandId: string, part: number | string): string {
  return uuidV5(String(part), commandId);
}

/** A signed command that comes again without a key of its own is the same command. */
export function signedKey(jws: string): string {
  return `signed:${createHash('sha256').update(jws).digest('hex')}`;
}

/** What an Idempotency-Key stands for: where the request went and what it said, SHA-256 over the canonical form. */
export function requestSha256(target: string, body: JsonValue): string {
  return createHash('sha256').update(target).update('\n').update(canonicalBytes(body)).digest('hex');
}

const SALT_BYTES = 16;
const SALTS_AT_ONCE = 256;
let salts: Buffer = Buffer.alloc(0);

/** 128 random bits, base64url. They are drawn many at a time: one call to the system for each would show in a stream. */
export function newSalt(): string {
  if (salts.length === 0) salts = randomBytes(SALT_BYTES * SALTS_AT_ONCE);
  const salt = salts.toString('base64url', 0, SALT_BYTES);
  salts = salts.subarray(SALT_BYTES);
  return salt;
}

/** Room for a namespace and a name of usual length: an id is made in one go, and nothing of it stays. */
const named = Buffer.alloc(256);
const NAMESPACE_BYTES = 16;

/** RFC 9562, 5.5: SHA-1 over the namespace's bytes and the name, version 5 and the variant in their places. */
export function uuidV5(name: string, namespace: string): string {
  const bytes = NAMESPACE_BYTES + Buffer.byteLength(name);
  const message = bytes <= named.length ? named : Buffer.alloc(bytes);
  message.write(namespace.replaceAll('-', ''), 'hex');
  message.write(name, NAMESPACE_BYTES);
  const digest = hash('sha1', message.subarray(0, bytes));
  const variant = ((parseInt(digest[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
