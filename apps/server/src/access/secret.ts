import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key is recognised on sight, by people and by secret scanners. */
export const KEY_PREFIX = 'lodebook_';

/** 256 random bits. */
export function newSecret(): string {
  return KEY_PREFIX + randomBytes(32).toString('base64url');
}

/** All that is kept of a secret: enough to recognise it, and useless to whoever reads it. */
export function sha256Of(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

export function sameHash(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
