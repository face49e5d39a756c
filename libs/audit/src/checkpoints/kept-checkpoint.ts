import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  VerificationError,
  verifyCheckpoint,
  type Checkpoint,
  type KeyRing,
  type VerifiedCheckpoint,
} from '#transparency';
import { AlteredLogError } from '../log/altered-log-error.js';

/** The last checkpoint, kept beside the log: it still reveals a log that was cut back together with its checkpoints. */
const KEPT_CHECKPOINT_FILE = 'checkpoint.txt';

/**
 * Read before the end of the log is determined: whatever the checkpoint covers then lies before that end, however fast
 * the log grows.
 * @returns undefined when there is none
 */
export function readKeptCheckpoint(dataFolder: string): string | undefined {
  try {
    return readFileSync(join(dataFolder, KEPT_CHECKPOINT_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces it in one step. */
export function keepCheckpoint(dataFolder: string, note: string): void {
  const path = join(dataFolder, KEPT_CHECKPOINT_FILE);
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, note);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

/**
 * Checkpoints of the log, and after them the one kept beside it, should that be later.
 * @param note as {@link readKeptCheckpoint} gave it, before `ring` and the end of the log were read
 * @throws AlteredLogError when that one was not signed by this log
 */
export async function* withKept<C extends Pick<Checkpoint, 'size' | 'root'>>(
  checkpoints: AsyncIterable<C>,
  note: string | undefined,
  ring: KeyRing,
): AsyncGenerator<C | VerifiedCheckpoint> {
  let size = 0n;
  for await (const checkpoint of checkpoints) {
    yield checkpoint;
    ({ size } = checkpoint);
  }
  if (note === undefined) return;
  const kept = verified(note, ring);
  if (kept.size >= size) yield kept;
}

function verified(note: string, ring: KeyRing): VerifiedCheckpoint {
  try {
    return verifyCheckpoint(note, ring);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    throw new AlteredLogError(
      `the checkpoint in ${KEPT_CHECKPOINT_FILE} is not one of this log (${error.code}: ${error.message}).`,
      undefined,
    );
  }
}
