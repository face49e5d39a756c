import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { type IdKind } from '#vocabulary';

/** Bytes of the hash that a pseudonym shows: two of 2^64 things would have to be named before two share one. */
const SHOWN_BYTES = 16;
/** RFC 4648, section 6, in lower case and without padding: no sign of it needs escaping in an address. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** A single block, always another one under the same key: what no chaining is needed for. */
const ONE_BLOCK = 'aes-128-ecb';
const FORM = /^([a-z]+)~([a-z2-7]{26})$/;

/**
 * Names for what a reader may know of without knowing what it is: HMAC-SHA256 under a secret of the ledger (FIPS 198-1)
 * over reader, kind and id. The same for all who read for one organisation, in every answer and for ever; another
 * organisation's are others, and nobody without the secret can make or match one: whoever shows one was given it.
 */
export class Pseudonyms {
  readonly #secret: Uint8Array;

  /** @param secret of the ledger, 32 random bytes */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** @param readerId the organisation that reads. @returns e.g. `batch~k3f9…` */
  of(readerId: string, kind: Exclude<IdKind, 'event'>, id: string): string {
    return `${kind}~${base32(this.#hash(readerId, kind, id))}`;
  }

  /**
   * An event's, of which there are too many to keep: its log index as one block of AES-128 (FIPS 197) under a key of the
   * reader's own, so that it can be given back in an address and found without a table. As unlike as hashes to whoever
   * lacks the secret.
   * @returns e.g. `event~k3f9…`
   */
  ofEvent(readerId: string, logIndex: number): string {
    const block = Buffer.alloc(SHOWN_BYTES);
    block.writeBigUInt64BE(BigInt(logIndex), SHOWN_BYTES - 8);
    const cipher = createCipheriv(ONE_BLOCK, this.#hash(readerId, 'event', ''), null).setAutoPadding(false);
    return `event~${base32(Buffer.concat([cipher.update(block), cipher.final()]))}`;
  }

  /** The log index behind a pseudonym of {@link ofEvent}; undefined when it was not given to this reader. */
  logIndexOf(readerId: string, pseudonym: string): number | undefined {
    if (!isPseudonym('event', pseudonym)) return undefined;
    const decipher = createDecipheriv(ONE_BLOCK, this.#hash(readerId, 'event', ''), null).setAutoPadding(false);
    const block = Buffer.concat([decipher.update(bytesOf(pseudonym.slice('event~'.length))), decipher.final()]);
    const logIndex = Number(block.readBigUInt64BE(SHOWN_BYTES - 8));
    if (block.readBigUInt64BE(0) !== 0n || !Number.isSafeInteger(logIndex)) return undefined;
    // Of the last letter two bits are no part of the block: one text only is the pseudonym.
    return this.ofEvent(readerId, logIndex) === pseudonym ? logIndex : undefined;
  }

  #hash(readerId: string, kind: IdKind, id: string): Buffer {
    // Lengths first: no two of such triples run together into the same text.
    const text = [readerId, kind, id].map((part) => `${part.length}:${part}`).join('');
    return createHmac('sha256', this.#secret).update(text).digest().subarray(0, SHOWN_BYTES);
  }

  /** Tells one secret from another, and nothing else about it. */
  get fingerprint(): string {
    return base32(createHmac('sha256', this.#secret).update('fingerprint').digest().subarray(0, SHOWN_BYTES));
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

/** What {@link base32} was made of; bits that fill no byte are left out. */
function bytesOf(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    held = ((held << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >>> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
