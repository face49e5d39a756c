import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The last checkpoint, beside the log: a log that is cut back, checkpoints and all, is still found out. */
export const KEPT_CHECKPOINT_FILE = 'checkpoint.txt';

/** @returns undefined when there is none */
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
