import { describe, expect, it } from '@jest/globals';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { overRandomLedgers } from '../../../claims/src/graph/testing/random-properties.js';
import { FIRST, HELPER, SharedWork } from './shared-work.js';
import { GatheredCorrections, VerdictFold } from './verdict-fold.js';

const programmes = ProgrammeLibrary.load(PROGRAMMES_FOLDER).newest('2037-01-01T00:00:00.000Z');

describe('Work that two threads share', () => {
  it('is each chunk one’s, whoever comes first, in the memory of both', () => {
    const work = new SharedWork();
    const other = new SharedWork(work.memory);
    expect([work.take(0, FIRST), other.take(0, HELPER), other.take(1, HELPER), work.take(1, FIRST)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([work.isOf(1, HELPER), work.isOf(0, HELPER), work.hasOf(HELPER, 1), work.hasOf(HELPER, 2)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(work.takenOf(4)).toBe(2);
    // More than there is memory for is the first one's alone.
    expect([work.take(2 ** 20, HELPER), work.take(2 ** 20, FIRST)]).toEqual([false, true]);
  });

  it('is asked for chunk by chunk, and all chunks are all batches, in memory or on disk', () => {
    overRandomLedgers(5, 120, (events) => {
      const gathered = new GatheredCorrections();
      for (const event of events) gathered.take(event);
      const validAt = events.at(-1)!.metadata.occurredAt;
      const judged = (nodesKept: number | undefined, isWanted?: (chunk: number) => boolean): string[] => {
        const corrections = gathered.upTo(Number.MAX_SAFE_INTEGER);
        const fold = new VerdictFold({ corrections, validAt }, nodesKept);
        for (const event of events) fold.take(event);
        const batches = fold.batches;
        const ids = [...fold.verdicts(programmes.slice(0, 1), validAt, isWanted)].map(({ batchId }) => batchId);
        if (isWanted === undefined) expect(batches).toBe(new Set(ids).size);
        fold.close();
        return ids;
      };
      const asked: number[] = [];
      for (const nodesKept of [undefined, 4]) {
        const all = judged(nodesKept);
        expect(judged(nodesKept, (chunk) => asked.push(chunk) > 0)).toEqual(all);
        expect(judged(nodesKept, () => false)).toEqual([]);
      }
      expect(asked).toEqual([0, 0]);
    });
  });
});
