import { readFileSync, statSync } from 'node:fs';
import { KeyRing, verifyCheckpoint, type VerifiedCheckpoint } from '#transparency';
import { EXIT, fail } from './exit.js';

/** Reads a checkpoint from a file and verifies it. Ends the process when it is not one of this log. */
export function checkpointIn(path: string, ring: KeyRing | undefined): VerifiedCheckpoint {
  if (ring === undefined) fail('--checkpoint needs the log’s key: give --key', EXIT.usedWrongly);
  sizeOf(path);
  try {
    return verifyCheckpoint(readFileSync(path, 'utf8'), ring);
  } catch (error) {
    fail(`the checkpoint ${path} does not verify: ${(error as Error).message}`);
  }
}

/** A key ring with the key given on the command line. Ends the process when that is not a key. */
export function ringOf(key: string): KeyRing {
  try {
    return KeyRing.of(key);
  } catch (error) {
    fail(`--key is no verifier key: ${(error as Error).message}`, EXIT.usedWrongly);
  }
}

/** Size of a file in bytes. Ends the process when there is no such file. */
export function sizeOf(path: string): number {
  try {
    const stats = statSync(path);
    if (stats.isFile()) return stats.size;
  } catch {
    // told below
  }
  fail(`there is no file ${path}`, EXIT.usedWrongly);
}
