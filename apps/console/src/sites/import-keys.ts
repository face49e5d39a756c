import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Kept when the tab is closed: the same file, dropped again tomorrow, doubles nothing. */
const STORED = 'lodebook-import-key';

/**
 * Gives an idempotency key to every line of a file that has none, derived from what the line says: the same file again is
 * the same commands, and the same line twice in a file is two. The secret keeps whoever guesses a line from deriving its key.
 */
export class ImportKeys {
  readonly #seen = new Map<string, number>();
  readonly #secret: Uint8Array;
  readonly #siteId: string;

  constructor(siteId: string, secret = storedSecret()) {
    this.#siteId = siteId;
    this.#secret = secret;
  }

  /** @param text NDJSON @returns the same, with a key; what is no command goes to the ledger as it is */
  keyed(text: string): string {
    const command = objectIn(text);
    if (command === undefined || command['idempotencyKey'] !== undefined) return text;
    const said = utf8ToBytes(JSON.stringify([this.#siteId, command]));
    const hash = bytesToHex(hmac(sha256, this.#secret, said)).slice(0, 32);
    const times = (this.#seen.get(hash) ?? 0) + 1;
    this.#seen.set(hash, times);
    return JSON.stringify({ ...command, idempotencyKey: `import:${hash}:${times}` });
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
