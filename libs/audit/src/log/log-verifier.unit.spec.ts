import { describe, expect, it } from '@jest/globals';
import { leafHash, rootOf } from '#transparency';
import { AlteredLogError } from './altered-log-error.js';
import { LogVerifier } from './log-verifier.js';

const RECORDS = Array.from({ length: 81 }, (_, index) => new TextEncoder().encode(`record ${index}`));
const LEAVES = RECORDS.map((record) => leafHash(record));

/** What is signed of the untouched log at these sizes. */
async function* signedAt(...sizes: number[]): AsyncGenerator<{ size: bigint; root: Uint8Array }> {
  for (const size of sizes) yield { size: BigInt(size), root: rootOf(LEAVES.slice(0, size)) };
}

/** Reads a log and gives the first wrong index that is named, or undefined when it is sound. */
async function firstWrong(
  records: readonly Uint8Array[],
  sizes: readonly number[],
  stored: readonly Uint8Array[] = [],
  follows?: (index: number) => boolean,
): Promise<bigint | undefined> {
  const verifier = new LogVerifier(signedAt(...sizes), (index) => stored[Number(index)]);
  try {
    await verifier.begin();
    for (const [index, record] of records.entries()) {
      verifier.take(record, follows?.(index));
      if (verifier.due) await verifier.settle();
    }
    verifier.finish();
    return undefined;
  } catch (error) {
    if (error instanceof AlteredLogError) return error.logIndex;
    throw error;
  }
}

const WITHOUT_40 = RECORDS.filter((_, index) => index !== 40);
const CUT_AT_60 = RECORDS.slice(0, 60);

describe('the first wrong index of a log', () => {
  it('is none while it is what was signed', async () => {
    expect(await firstWrong(RECORDS, [20, 50, 81])).toBeUndefined();
    expect(await firstWrong(RECORDS, [20, 50, 81], LEAVES)).toBeUndefined();
    expect(await firstWrong(RECORDS, [20, 50], LEAVES)).toBeUndefined(); // not all is signed yet
  });

  it.each([
    ['one removed, signed once at the end', WITHOUT_40, [81], 0n],
    ['one removed, signed before it', WITHOUT_40, [20, 81], 20n],
    ['one removed, signed right before it', WITHOUT_40, [40, 81], 40n],
    ['one removed, signed behind it', WITHOUT_40, [20, 50, 81], 20n],
    ['the tail cut back', CUT_AT_60, [20, 81], 20n],
    ['the tail cut back to what was signed', CUT_AT_60, [60, 81], 60n],
  ])('is never named behind the wrong one by signatures alone: %s', async (_, records, sizes, index) => {
    expect(await firstWrong(records, sizes)).toBe(index);
  });

  it.each([
    ['one removed', WITHOUT_40, [81], LEAVES, 40n],
    ['the tail cut back', CUT_AT_60, [20, 81], LEAVES, 60n],
  ])(
    'is exact where the nodes of the tree are those that were signed: %s',
    async (_, records, sizes, stored, index) => {
      expect(await firstWrong(records, sizes, stored)).toBe(index);
    },
  );

  it.each([
    ['that were cut back as well', CUT_AT_60, LEAVES.slice(0, 60)],
    ['that end before the wrong one', WITHOUT_40, LEAVES.slice(0, 30)],
    ['that were made to agree', WITHOUT_40, LEAVES.filter((_, index) => index !== 40)],
    ['that were made to agree and filled up', WITHOUT_40, [...LEAVES.filter((_, index) => index !== 40), LEAVES[0]!]],
  ])('is not taken from nodes %s', async (_, records, stored) => {
    expect(await firstWrong(records, [20, 81], stored)).toBe(20n);
  });

  it.each([
    ['one removed, with a gap where it was', WITHOUT_40, [81], 40, 40n],
    ['one removed, found at a checkpoint behind it', WITHOUT_40, [50, 81], 40, 40n],
    ['the tail cut back, without a gap', CUT_AT_60, [20, 81], undefined, 60n],
    ['the tail cut back, and a gap that a checkpoint has passed', CUT_AT_60, [20, 81], 10, 60n],
  ])('is told by the order of the log: %s', async (_, records, sizes, gap, index) => {
    expect(await firstWrong(records, sizes, [], (at) => at !== gap)).toBe(index);
  });
});
