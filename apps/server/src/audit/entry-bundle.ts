import { type Visibility } from '#access';
import { type LedgerQueries } from '#read-model';
import { encodeEntryBundle, TILE_WIDTH, VerificationError, type TileId } from '#transparency';
import { Problem } from '../problem/problem.js';

/**
 * The records under a tile of level 0 (C2SP tlog-tiles, "Log entries").
 * @throws Problem `not-found` when the read model has not reached these records, or one of them is too long for an
 * entry
 */
export async function entryBundle(
  visibility: Visibility,
  ledger: LedgerQueries,
  { index, width }: TileId,
): Promise<Uint8Array> {
  const from = Number(index) * TILE_WIDTH;
  const records: Uint8Array[] = [];
  for await (const { record } of ledger.events(visibility, { from, to: from + width - 1 }))
    records.push(Buffer.from(record, 'utf8'));
  if (records.length < width) throw new Problem('not-found', 'There is no such tile yet.');
  try {
    return encodeEntryBundle(records);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    throw new Problem(
      'not-found',
      `This tile cannot be written (${error.message}); read /v1/audit/events?from=${from}.`,
    );
  }
}
