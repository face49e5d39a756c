import { decodeBase64Url } from './base64.js';
import { isObject, type EvidenceRecord } from './bundle-format.js';
import { type BundleLine } from './bundle-line.js';
import { verifyCommitment } from './commitment.js';

const COMMITMENT = /^[0-9a-f]{64}$/;

/** The record that the last line of another kind held, and the path of the last commitment in it that was opened. */
export interface Opening {
  readonly record: EvidenceRecord;
  readonly path: string;
}

interface Opened {
  /** Hex, as the record has it. */
  readonly commitment: string;
  readonly value: unknown;
  readonly opening: Opening;
}

/**
 * Checks that a line of kind `disclosure` opens a commitment of the record before it.
 * @param opening undefined: no record stands before it
 * @throws BundleError `order-violated` (another record, a path twice), `commitment-malformed` (nothing is withheld at the
 *   path), `commitment-mismatch` (wrong value or salt), `field-malformed`.
 */
export function requireOpened(line: BundleLine, opening: Opening | undefined): Opened {
  const { record, path: last } = opening ?? line.fail('order-violated', 'kind', 'no record stands before');
  if (line.requireText('event') !== record.id) line.fail('order-violated', 'event', 'not the record before');
  const path = line.requireText('path');
  if (path <= last) line.fail('order-violated', 'path', 'not above the path before');
  const commitment = commitmentAt(record.data, path);
  if (commitment === undefined) line.fail('commitment-malformed', 'path', 'the record has no commitment there');
  const salt = decodeBase64Url(line.requireText('salt'));
  if (salt === undefined) line.fail('field-malformed', 'salt', 'not canonical base64url');
  const { value } = line.content;
  line.at('value', () => verifyCommitment(bytesOf(commitment), value, salt));
  return { commitment, value, opening: { record, path } };
}

/** @param path JSON pointer, RFC 6901 §4 */
function commitmentAt(data: unknown, path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  let found = data;
  for (const token of path.slice(1).split('/')) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isObject(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  const commitment = isObject(found) ? found['commitment'] : undefined;
  return typeof commitment === 'string' && COMMITMENT.test(commitment) ? commitment : undefined;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
