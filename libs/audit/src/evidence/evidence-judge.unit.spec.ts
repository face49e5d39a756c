import { describe, expect, it } from '@jest/globals';
import { isCorrecting, type GraphEvent } from '#claims';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { overRandomLedgers } from '../../../claims/src/graph/testing/random-properties.js';
import { BatchJudge } from './evidence-judge.js';

const programmes = ProgrammeLibrary.load(PROGRAMMES_FOLDER).newest('2037-01-01T00:00:00.000Z');

describe('A judge of a batch', () => {
  it('that folds records as they come says what one says that holds them all', () => {
    overRandomLedgers(20, 40, (events, seed) => {
      const plain = events.filter((event) => !isCorrecting(event));
      const validAt = plain.at(Math.abs(seed) % plain.length)!.metadata.occurredAt;
      const batchId = `b${Math.abs(seed) % 10}`;
      const judged = (isPlain: boolean): unknown => {
        const judge = new BatchJudge({ batchId, validAt }, programmes, isPlain);
        for (const event of plain) judge.note(event);
        return [...judge.verdict()];
      };
      expect(judged(true)).toEqual(judged(false));
    });
  });

  it('and was told that nothing is corrected or disclosed takes neither: the file is not the one that was looked at', () => {
    let corrections = 0;
    overRandomLedgers(20, 60, (events) => {
      const correcting = events.filter((event: GraphEvent) => isCorrecting(event));
      const judge = new BatchJudge({ batchId: 'b1', validAt: '2037-01-01T00:00:00.000Z' }, programmes, true);
      for (const event of correcting) expect(() => judge.note(event)).toThrow('changed while it was read');
      corrections += correcting.length;
      expect(() => judge.disclose('00', 1)).toThrow('changed while it was read');
    });
    expect(corrections).toBeGreaterThan(0);
  });
});
