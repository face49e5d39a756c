import { readFile, writeFile } from 'node:fs/promises';
import { LedgerScan } from '#event-store';
import { type SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';

/**
 * Kinds of damage to a file. `a bit of a record` changes one of an event's own bytes, wherever they are in `ledger.db`.
 */
export const DAMAGES = ['a bit of a record', 'a bit', 'a cut', 'zeros'] as const;
export type Damage = (typeof DAMAGES)[number];

/** Most zeros written: one SQLite page. */
const MOST_ZEROS = 4_096;

/** Damages a file. @returns what was done; undefined when the file has nothing to damage */
export async function strike(path: string, damage: Damage, random: SeededRandom): Promise<string | undefined> {
  const bytes = await readFile(path);
  const size = bytes.length;
  if (size === 0) return undefined;
  const at = random.integer(0, size - 1);
  const bit = random.integer(0, 7);
  switch (damage) {
    case 'a bit of a record': {
      const { position, record } = randomRecord(path, random);
      const within = random.integer(0, record.length - 1);
      // Split pages keep old copies in their free space: all copies must be damaged, because any could be the one that
      // is read.
      let copies = 0;
      for (let found = bytes.indexOf(record); found >= 0; found = bytes.indexOf(record, found + 1)) {
        bytes[found + within]! ^= 1 << bit;
        copies++;
      }
      if (copies === 0) throw new Error(`the record of event ${position} is not found in ${path}`);
      await writeFile(path, bytes);
      return `bit ${bit} of byte ${within} of the record at position ${position} flipped`;
    }
    case 'a bit':
      bytes[at]! ^= 1 << bit;
      await writeFile(path, bytes);
      return `bit ${bit} of byte ${at} of ${size} flipped`;
    case 'a cut':
      await writeFile(path, bytes.subarray(0, at));
      return `cut to ${at} of ${size} bytes`;
    case 'zeros': {
      const length = random.integer(1, Math.min(MOST_ZEROS, size - at));
      bytes.fill(0, at, at + length);
      await writeFile(path, bytes);
      return `${length} bytes from ${at} of ${size} set to zero`;
    }
  }
}

function randomRecord(path: string, random: SeededRandom): { position: number; record: Buffer } {
  const scan = new LedgerScan(path);
  try {
    const position = random.integer(0, scan.head());
    return { position, record: Buffer.from([...scan.rows(position)].at(-1)!.record) };
  } finally {
    scan.close();
  }
}
