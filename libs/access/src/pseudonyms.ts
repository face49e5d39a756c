import { createHmac } from 'node:crypto';
import { type IdKind } from '#vocabulary';

/** Bytes of the hash that a pseudonym shows: two of 2^64 things would have to be named before two share one. */
const SHOWN_BYTES = 16;
/** RFC 4648, section 6, in lower case and without padding: no sign of it needs escaping in an address. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const FORM = /^([a-z]+)~([a-z2-7]{26})$/;

/**
 * Names for what a reader may know of without knowing what it is: HMAC-SHA256 under a secret of the ledger (FIPS 198-1)
 * over reader, kind and id. The same for all who read for one organisation, in every answer and for ever; another
 * organisation's are others, and nobody without the secret can make or match one: whoever shows one was given it.
 */
export class Pseudonyms {
  /** @param secret of the ledger, 32 random bytes */
  constructor(private readonly secret: Uint8Array) {}

  /** @param readerId the organisation that reads. @returns e.g. `batch~k3f9…` */
  of(readerId: string, kind: IdKind, id: string): string {
    // Lengths first: no two of such triples run together into the same text.
    const text = [readerId, kind, id].map((part) => `${part.length}:${part}`).join('');
    const hash = createHmac('sha256', this.secret).update(text).digest();
    return `${kind}~${base32(hash.subarray(0, SHOWN_BYTES))}`;
  }

  /** Tells one secret from another, and nothing else about it. */
  get fingerprint(): string {
    return base32(createHmac('sha256', this.secret).update('fingerprint').digest().subarray(0, SHOWN_BYTES));
  }
}

/** Whether a text has the form of a pseudonym of that kind: an id that has it too is still an id. */
export function isPseudonym(kind: IdKind, text: string): boolean {
  return FORM.exec(text)?.[1] === kind;
}

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(held >>> (bits - 5)) & 31];
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}
