import { rootAt } from '#transparency';
import { readThrough, type Reading } from '../checkpoints/read-through.js';
import { type LedgerPlace } from '../checkpoints/log-identity.js';
import { TreeFile } from '../tree/tree-file.js';
import { openReadOnlyLog } from './read-only-log.js';

/**
 * Reads a whole log while its owner follows it and adds to its tree.
 * @returns whether the stored tree nodes match the log
 * @throws AlteredLogError; what opening the log throws
 */
export async function readThroughBeside(
  place: LedgerPlace,
  { trusted, mayBeTakenBack }: Reading,
  isClosing: () => boolean,
): Promise<boolean> {
  const log = await openReadOnlyLog(place);
  const { store, ring } = log;
  const file = TreeFile.openReadOnly(place.dataFolder);
  try {
    if (ring === undefined) throw new Error('The log names no key by which it was signed');
    if (file === undefined) return false;
    const tree = {
      get size() {
        return file.state()?.size ?? 0n;
      },
      rootAt: (size: bigint) => rootAt(size, file),
    };
    const { dataFolder } = place;
    return await readThrough({ store, dataFolder, file, tree, ring, trusted, mayBeTakenBack, isClosing });
  } finally {
    file?.close();
    await log.close();
  }
}
