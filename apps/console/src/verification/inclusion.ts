import { canonicalBytes, equalBytes, KeyRing, leafHash, toHex, verifyCheckpoint, verifyInclusion } from '#transparency';
import { type Inclusion, type LedgerEvent, type LogKeys } from '../api/answers.js';
import { type Client } from '../api/client.js';
import { type Included } from './messages.js';

/**
 * Verifies in the browser that an event, as it is shown, is in the log that the ledger signed: the signature of the
 * checkpoint by the keys of the log, the hash of the record, and the inclusion proof up to the signed root (RFC 9162
 * §2.1.3).
 * @throws VerificationError or Error, saying which check failed
 */
export async function proveInclusion(
  { record, logIndex, whole, ...event }: LedgerEvent,
  client: Client,
): Promise<Included> {
  const { first, rotations } = await client.get<LogKeys>('/v1/audit/keys');
  const note = await (await client.open('/v1/audit/checkpoint')).text();
  const ring = rotations.reduce((rotated, rotation) => rotated.rotated(rotation), KeyRing.of(first));
  const checkpoint = verifyCheckpoint(note, ring);
  if (BigInt(logIndex) >= checkpoint.size)
    throw new Error('No checkpoint covers the event yet: try again in a moment.');
  const query = `index=${logIndex}&size=${checkpoint.size}`;
  const claim = await client.get<Inclusion>(`/v1/audit/proofs/inclusion?${query}`);
  const leaf = whole ? leafHash(canonicalBytes(record)) : bytesOf(event.leafHash);
  if (!equalBytes(leaf, bytesOf(claim.leafHash)))
    throw new Error('The record that you see is not the one that was signed.');
  verifyInclusion({
    leafHash: leaf,
    leafIndex: BigInt(logIndex),
    treeSize: checkpoint.size,
    proof: claim.proof.map(bytesOf),
    root: checkpoint.root,
  });
  return { origin: checkpoint.origin, size: String(checkpoint.size), root: toHex(checkpoint.root), key: first };
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
