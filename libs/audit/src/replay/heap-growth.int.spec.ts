import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const PROGRAM = join(process.cwd(), 'dist/libs/audit/src/testing/heap-growing-process.js');

/** What there was at most, for each byte in use. */
async function grownSlowly(): Promise<number> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: it runs from the build (npm run build)`);
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM]);
  const { inUse, most } = JSON.parse(stdout) as { inUse: number; most: number };
  return most / inUse;
}

describe('the heap of a replay', () => {
  it('is collected when it has grown to two and a half times what is in use', async () => {
    // And the young generation. Otherwise it is more than four.
    expect(await grownSlowly()).toBeLessThan(3.6);
  }, 60_000);
});
