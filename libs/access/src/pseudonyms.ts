import { createCipheriv, createDecipheriv, createHmac, type Hmac } from 'node:crypto';
import { type IdKind } from '#vocabulary';

/** Bytes of the hash that a pseudonym shows: two of 2^64 things would have to be named before two share one. */
const SHOWN_BYTES = 16;
/** RFC 4648, section 6, in lower case and without padding: no sign of it needs escaping in an address. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LETTERS = Buffer.from(ALPHABET, 'latin1');
/** Filled anew for each pseudonym. */
const shown = new Uint8Array(SHOWN_BYTES);
/** A single block, always another one under the same key: what no chaining is needed for. */
const ONE_BLOCK = 'aes-128-ecb';
const FORM = /^([a-z]+)~([a-z2-7]{26})$/;

/**
 * Pseudonyms stand in for ids whose real names a reader may not see: HMAC-SHA256 (FIPS 198-1) under a secret of the ledger,
 * over reader, kind and id. All readers of one organisation get the same pseudonym, in every answer and permanently; another
 * organisation gets a different one. Without the secret nobody can make or match one, so whoever presents one was given it.
 */
export class Pseudonyms {
  readonly #secret: Uint8Array;

  /** @param secret of the ledger, 32 random bytes */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** @param readerId the organisation that reads. @returns e.g. `batch~k3f9…` */
  of(readerId: string, kind: Exclude<IdKind, 'event'>, id: string): string {
    // A digest as text costs two thirds of one as bytes, and of pseudonyms there is one for each batch that anybody sees.
    const digest = this.#hmac(readerId, kind, id).digest('binary');
    for (let at = 0; at < SHOWN_BYTES; at++) shown[at] = digest.charCodeAt(at);
    return `${kind}~${base32(shown)}`;
  }

  /**
   * The pseudonym of an event. There are too many events to store one for each, so it is the log index as one block of
   * AES-128 (FIPS 197) under a key of the reader's own: a reader can send it back in an address, and it is resolved without
   * a table. To anybody without the secret it looks random.
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
    // Two bits of the last character are not part of the block: accept only the canonical spelling.
    return this.ofEvent(readerId, logIndex) === pseudonym ? logIndex : undefined;
  }

  #hash(readerId: string, kind: IdKind, id: string): Buffer {
    return this.#hmac(readerId, kind, id).digest().subarray(0, SHOWN_BYTES);
  }

  #hmac(readerId: string, kind: IdKind, id: string): Hmac {
    // Length prefixes keep two different triples from concatenating to the same text.
    const text = [readerId, kind, id].map((part) => `${part.length}:${part}`).join('');
    return createHmac('sha256', this.#secret).update(text);
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
  const text = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5));
  let length = 0;
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text[length++] = LETTERS[(held >>> (bits - 5)) & 31]!;
  }
  if (bits > 0) text[length] = LETTERS[(held << (5 - bits)) & 31]!;
  return text.toString('latin1');
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
