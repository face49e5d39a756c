import { readFileSync, statSync } from 'node:fs';
import { KeyRing, verifyCheckpoint, type VerifiedCheckpoint } from '#transparency';
import { EXIT, fail } from './exit.js';

/** A checkpoint of a file, verified. Ends the process when it is not one of this log. */
export function checkpointIn(path: string, ring: KeyRing | undefined): VerifiedCheckpoint {
  if (ring === undefined) fail('--checkpoint needs the log’s key: give --key', EXIT.usedWrongly);
  sizeOf(path);
  try {
    return verifyCheckpoint(readFileSync(path, 'utf8'), ring);
  } catch (error) {
    fail(`the checkpoint ${path} does not verify: ${(error as Error).message}`);
  }
}

/** A ring of the key given on the command line. Ends the process when it is not a key. */
export function ringOf(key: string): KeyRing {
  try {
    return KeyRing.of(key);
  } catch (error) {
    fail(`--key is no verifier key: ${(error as Error).message}`, EXIT.usedWrongly);
  }
}

/** Bytes of a file. Ends the process when there is none. */
export function sizeOf(path: string): number {
  try {
    const stats = statSync(path);
    if (stats.isFile()) return stats.size;
  } catch {
    // told below
  }
  fail(`there is no file ${path}`, EXIT.usedWrongly);
}
