import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, randomBytes } from '@noble/hashes/utils.js';
import { canonicalBytes } from '#transparency';
import { LineKeys } from '#vocabulary';

/** Survives closing the tab, so that importing the same file again tomorrow records nothing twice. */
const STORED = 'lodebook-import-key';

/**
 * Gives an idempotency key to every line that has none, as `lodebook import` does. The secret prevents anyone who guesses
 * the content of a line from deriving its key.
 */
export class ImportKeys {
  readonly #keys: LineKeys;
  readonly #siteId: string;

  constructor(siteId: string, secret = storedSecret()) {
    this.#siteId = siteId;
    this.#keys = new LineKeys((line) => bytesToHex(hmac(sha256, secret, canonicalBytes(line))));
  }

  /**
   * @param text NDJSON @returns the same line with a key; a line that is not a command is returned unchanged, for the
   * ledger to refuse
   */
  keyed(text: string): string {
    const command = objectIn(text);
    if (command === undefined || command['idempotencyKey'] !== undefined) return text;
    const idempotencyKey = this.#keys.keyOf({ site: this.#siteId, ...command });
    return JSON.stringify({ ...command, idempotencyKey });
  }
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function storedSecret(): Uint8Array {
  const stored = localStorage.getItem(STORED);
  if (stored !== null && /^[0-9a-f]{64}$/.test(stored)) return hexToBytes(stored);
  const made = randomBytes(32);
  localStorage.setItem(STORED, bytesToHex(made));
  return made;
}
