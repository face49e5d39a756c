import { equalBytes, verifyCheckpoint, VerificationError, type KeyRing, type VerifiedCheckpoint } from '#transparency';
import { AlteredLogError } from '../log/altered-log-error.js';

/**
 * Checkpoints that were kept elsewhere, verified. Nothing else detects a log that was rolled back together with
 * everything kept beside it.
 * @param notes with or without cosignatures
 * @param ring undefined: the log has never had a key
 * @throws AlteredLogError when one is not of this log
 */
export function trustedCheckpoints(notes: readonly string[], ring: KeyRing | undefined): VerifiedCheckpoint[] {
  return notes.map((note) => {
    if (ring === undefined) {
      throw new AlteredLogError('there is a trusted checkpoint of it, and the log has never had a key.', undefined);
    }
    try {
      return verifyCheckpoint(note, ring);
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      const finding = `a trusted checkpoint is not one of this log (${error.code}: ${error.message}).`;
      throw new AlteredLogError(finding, undefined);
    }
  });
}

/**
 * Checks the tree against them: sizes at once, roots as far as the stored nodes allow.
 * @returns whether the nodes agree with all; if not, the log has to be read
 * @throws AlteredLogError when the log is shorter than one of them
 */
export function agreesWith(
  trusted: readonly VerifiedCheckpoint[],
  tree: { readonly size: bigint; rootAt(size: bigint): Uint8Array },
): boolean {
  for (const { size } of trusted) {
    if (size <= tree.size) continue;
    const finding = `it has ${tree.size} events, and had ${size} when the trusted checkpoint was signed: it was rolled back.`;
    throw new AlteredLogError(finding, tree.size);
  }
  return trusted.every(({ size, root }) => equalBytes(tree.rootAt(size), root));
}

/** Two ascending lists of checkpoints as one. */
export async function* merged<C extends { readonly size: bigint }>(
  signed: AsyncIterable<C>,
  trusted: readonly C[],
): AsyncGenerator<C> {
  const waiting = [...trusted].sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
  for await (const checkpoint of signed) {
    while (waiting[0] !== undefined && waiting[0].size <= checkpoint.size) yield waiting.shift()!;
    yield checkpoint;
  }
  yield* waiting;
}
